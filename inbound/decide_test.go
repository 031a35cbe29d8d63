package inbound

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/email"
)

func TestDecide(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	anna := customer.Customer{ID: "c1", Email: "anna@example.com", ManagerID: "m1"}
	known := facts{sender: "anna@example.com", class: email.ClassPersonal,
		matches: []customer.Customer{anna, {ID: "c2"}}}
	unknown := facts{sender: "new@example.com", class: email.ClassPersonal}
	with := func(f facts, change func(*facts)) facts { change(&f); return f }
	of := func(f facts, class email.Class) facts { f.class = class; return f }
	noReply := with(unknown, func(f *facts) { f.noReply = true })
	own := with(known, func(f *facts) { f.owner = f.sender })
	unreadable := with(unknown, func(f *facts) { f.sender = "" })
	sameBytes := with(known, func(f *facts) { f.duplicateOf = "e1" })
	tooLarge := with(known, func(f *facts) { f.truncated = true })
	starting := func(f facts, at, arrived time.Time) facts { f.notBefore, f.arrived = at, arrived; return f }
	creates := Account{CreateCustomer: true}
	createsForBulk := Account{CreateCustomer: true, CreateFor: []Class{email.ClassBulk}}

	for name, tc := range map[string]struct {
		account Account
		facts   facts
		outcome Outcome
		create  bool
		bound   string
	}{
		"known sender":                 {Account{}, known, Uploaded, false, "c1"},
		"known sender, creation on":    {creates, known, Uploaded, false, "c1"},
		"known sender's newsletter":    {Account{}, of(known, email.ClassBulk), Uploaded, false, "c1"},
		"unknown sender":               {Account{}, unknown, Unmatched, false, ""},
		"unknown sender, creation on":  {creates, unknown, Uploaded, true, ""},
		"unknown newsletter":           {creates, of(unknown, email.ClassBulk), Unmatched, false, ""},
		"unknown list":                 {creates, of(unknown, email.ClassList), Unmatched, false, ""},
		"unknown bounce":               {creates, of(unknown, email.ClassBounce), Unmatched, false, ""},
		"unknown auto-reply":           {creates, of(unknown, email.ClassAutoReply), Unmatched, false, ""},
		"unknown no-reply address":     {creates, noReply, Unmatched, false, ""},
		"newsletter, CreateFor has it": {createsForBulk, of(unknown, email.ClassBulk), Uploaded, true, ""},
		"own address":                  {creates, own, Ignored, false, ""},
		"unreadable sender":            {creates, unreadable, Quarantined, false, ""},
		"same bytes again":             {creates, sameBytes, Duplicate, false, ""},
		"before the start":             {creates, starting(known, day, day.Add(-time.Second)), Ignored, false, ""},
		"at the start":                 {creates, starting(known, day, day), Uploaded, false, "c1"},
		"no date, with a start":        {creates, starting(known, day, time.Time{}), Uploaded, false, "c1"},
		"too large":                    {creates, tooLarge, Uploaded, false, "c1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := decide(tc.account, tc.facts)
			assert.Equal(t, tc.outcome, d.Outcome)
			assert.Equal(t, tc.create, d.Create)
			assert.Equal(t, tc.bound, d.Customer.ID)
			assert.Equal(t, tc.facts.truncated, d.Keep, "only what was cut off is kept on the server for good")
			assert.NotEmpty(t, d.Reasons)
			assert.Equal(t, d, decide(tc.account, tc.facts), "a decision depends on nothing but its arguments")
		})
	}
}
