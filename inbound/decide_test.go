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
	earlier := day.Add(-time.Second)
	anna := customer.Customer{ID: "c1", Email: "anna@example.com", ManagerID: "m1"}
	known := facts{sender: "anna@example.com", class: email.ClassPersonal,
		matches: []customer.Customer{anna, {ID: "c2"}}}
	unknown := facts{sender: "new@example.com", class: email.ClassPersonal}
	with := func(f facts, change func(*facts)) facts { change(&f); return f }
	of := func(f facts, class email.Class) facts { f.class = class; return f }
	noReply := with(unknown, func(f *facts) { f.noReply = true })
	own := with(known, func(f *facts) { f.owner = f.sender })
	unreadable := with(unknown, func(f *facts) { f.sender = "" })
	same := func(o original, extent Extent) facts {
		return with(known, func(f *facts) { f.original, f.extent, f.size, f.listed = o, extent, 100, 100 })
	}
	sameBytes := original{emailID: "e1", bytes: true}
	sameMessage, sameKept := original{emailID: "e1"}, original{emailID: "e1", whole: true}
	samePart := original{emailID: "e1", part: true}
	tooLarge := with(known, func(f *facts) { f.extent, f.size = ExtentTooLarge, 50 })
	read := func(f facts, size, listed int64, confirmed bool) facts {
		f.extent, f.size, f.listed, f.confirmed = ExtentShort, size, listed, confirmed
		return f
	}
	empty := with(known, func(f *facts) { f.extent = ExtentWhole })
	starting := func(f facts, at, arrived time.Time) facts { f.notBefore, f.arrived = at, arrived; return f }
	creates := Account{CreateCustomer: true}
	createsForSpam := Account{CreateCustomer: true, CreateFor: []Class{email.ClassPersonal, email.ClassSpam}}
	createsForBulk := Account{CreateCustomer: true, CreateFor: []Class{email.ClassBulk}}

	for name, tc := range map[string]struct {
		account Account
		facts   facts
		outcome Outcome
		create  bool
		bound   string
		keep    bool
	}{
		"known sender":                 {Account{}, known, Uploaded, false, "c1", false},
		"known sender, creation on":    {creates, known, Uploaded, false, "c1", false},
		"known sender's newsletter":    {Account{}, of(known, email.ClassBulk), Uploaded, false, "c1", false},
		"unknown sender":               {Account{}, unknown, Unmatched, false, "", false},
		"unknown sender, creation on":  {creates, unknown, Uploaded, true, "", false},
		"unknown newsletter":           {creates, of(unknown, email.ClassBulk), Unmatched, false, "", false},
		"unknown list":                 {creates, of(unknown, email.ClassList), Unmatched, false, "", false},
		"unknown bounce":               {creates, of(unknown, email.ClassBounce), Unmatched, false, "", false},
		"unknown auto-reply":           {creates, of(unknown, email.ClassAutoReply), Unmatched, false, "", false},
		"unknown sender's spam":        {creates, of(unknown, email.ClassSpam), Unmatched, false, "", false},
		"known sender's spam":          {creates, of(known, email.ClassSpam), Uploaded, false, "c1", false},
		"spam, CreateFor has it":       {createsForSpam, of(unknown, email.ClassSpam), Uploaded, true, "", false},
		"unknown no-reply address":     {creates, noReply, Unmatched, false, "", false},
		"newsletter, CreateFor has it": {createsForBulk, of(unknown, email.ClassBulk), Uploaded, true, "", false},
		"own address":                  {creates, own, Ignored, false, "", false},
		"unreadable sender":            {creates, unreadable, Quarantined, false, "", false},
		"same bytes again":             {creates, same(sameBytes, ExtentWhole), Duplicate, false, "", false},
		"same bytes, short":            {creates, same(sameBytes, ExtentShort), Duplicate, false, "", true},
		"same message":                 {creates, same(sameMessage, ExtentWhole), Duplicate, false, "", false},
		"same message, short":          {creates, same(sameMessage, ExtentShort), Duplicate, false, "", true},
		"same message, kept whole":     {creates, same(sameKept, ExtentShort), Duplicate, false, "", false},
		"same message as far as known": {creates, same(samePart, ExtentWhole), Duplicate, false, "", true},
		"short, read once":             {creates, read(known, 99, 100, false), Failed, false, "", true},
		"short, read twice":            {creates, read(known, 99, 100, true), Uploaded, false, "c1", true},
		"a tenth, read twice":          {creates, read(known, 10, 100, true), Uploaded, false, "c1", true},
		"less than a tenth":            {creates, read(known, 10, 101, true), Failed, false, "", true},
		"short, unknown, read twice":   {creates, read(unknown, 99, 100, true), Uploaded, true, "", true},
		"short, own":                   {creates, read(own, 99, 100, false), Ignored, false, "", true},
		"short, unreadable sender":     {creates, read(unreadable, 99, 100, true), Failed, false, "", true},
		"empty":                        {creates, empty, Failed, false, "", false},
		"before the start":             {creates, starting(known, day, earlier), Ignored, false, "", false},
		"at the start":                 {creates, starting(known, day, day), Uploaded, false, "c1", false},
		"no date, with a start":        {creates, starting(known, day, time.Time{}), Uploaded, false, "c1", false},
		"too large":                    {creates, tooLarge, Uploaded, false, "c1", true},
	} {
		t.Run(name, func(t *testing.T) {
			d := decide(tc.account, tc.facts)
			assert.Equal(t, tc.outcome, d.Outcome)
			assert.Equal(t, tc.create, d.Create)
			assert.Equal(t, tc.bound, d.Customer.ID)
			assert.Equal(t, tc.keep, d.Keep, "only what is not known to be kept whole stays on the server for good")
			assert.NotEmpty(t, d.Reasons)
			assert.Equal(t, d, decide(tc.account, tc.facts), "a decision depends on nothing but its arguments")
		})
	}
}
