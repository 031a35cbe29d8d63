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
	known := facts{sender: "anna@example.com", class: email.ClassPersonal, matches: []customer.Customer{anna, {ID: "c2"}}}
	unknown := facts{sender: "new@example.com", class: email.ClassPersonal}
	with := func(f facts, change func(*facts)) facts { change(&f); return f }
	creates := Account{CreateCustomer: true}

	for name, tc := range map[string]struct {
		account Account
		facts   facts
		outcome Outcome
		create  bool
		bound   string
	}{
		"known sender":                      {Account{}, known, Uploaded, false, "c1"},
		"known sender, creation on":         {creates, known, Uploaded, false, "c1"},
		"known sender's newsletter":         {Account{}, with(known, func(f *facts) { f.class = email.ClassBulk }), Uploaded, false, "c1"},
		"unknown sender":                    {Account{}, unknown, Unmatched, false, ""},
		"unknown sender, creation on":       {creates, unknown, Uploaded, true, ""},
		"unknown newsletter":                {creates, with(unknown, func(f *facts) { f.class = email.ClassBulk }), Unmatched, false, ""},
		"unknown list":                      {creates, with(unknown, func(f *facts) { f.class = email.ClassList }), Unmatched, false, ""},
		"unknown bounce":                    {creates, with(unknown, func(f *facts) { f.class = email.ClassBounce }), Unmatched, false, ""},
		"unknown auto-reply":                {creates, with(unknown, func(f *facts) { f.class = email.ClassAutoReply }), Unmatched, false, ""},
		"unknown no-reply address":          {creates, with(unknown, func(f *facts) { f.noReply = true }), Unmatched, false, ""},
		"newsletter where the account asks": {Account{CreateCustomer: true, CreateFor: []Class{email.ClassBulk}}, with(unknown, func(f *facts) { f.class = email.ClassBulk }), Uploaded, true, ""},
		"own address":                       {creates, with(known, func(f *facts) { f.own = true }), Ignored, false, ""},
		"unreadable sender":                 {creates, with(unknown, func(f *facts) { f.sender = "" }), Quarantined, false, ""},
		"same bytes again":                  {creates, with(known, func(f *facts) { f.duplicateOf = "e1" }), Duplicate, false, ""},
		"before the start":                  {creates, with(known, func(f *facts) { f.notBefore, f.arrived = day, day.Add(-time.Second) }), Ignored, false, ""},
		"at the start":                      {creates, with(known, func(f *facts) { f.notBefore, f.arrived = day, day }), Uploaded, false, "c1"},
		"no date, with a start":             {creates, with(known, func(f *facts) { f.notBefore = day }), Uploaded, false, "c1"},
		"too large":                         {creates, with(known, func(f *facts) { f.truncated = true }), Uploaded, false, "c1"},
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
