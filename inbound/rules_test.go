package inbound

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound/email"
)

// The time of arrival is the server's, then that of the topmost Received. The Date,
// which the sender writes, counts only for a start by date.
func TestRules_TimeOfArrival(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	for name, tc := range map[string]struct {
		server, header time.Time
		now            bool
		want           time.Time
		wasThere       bool
	}{
		"the server":           {day(1), day(2), true, day(1), false},
		"the header":           {time.Time{}, day(2), true, day(2), false},
		"the Date":             {time.Time{}, time.Time{}, false, day(3), false},
		"start now, undated":   {time.Time{}, time.Time{}, true, time.Time{}, true},
		"start by date, dated": {day(1), time.Time{}, false, day(1), false},
	} {
		r := rules{senders: senders{account: Account{Start: Start{Now: tc.now}}}, sizes: map[int64]bool{700: true}}
		it := &item{ref: Ref{Size: 700, Received: tc.server},
			message: &email.Message{Received: tc.header, Date: day(3)}}
		f := r.facts(it, sender{address: "iris@example.com"})
		assert.Equal(t, tc.want, f.arrived, name)
		assert.Equal(t, tc.wasThere, f.wasThere, "%s: a size that was there at the start", name)
	}
}

// A wrong clock must not make mail of today look like mail from before the start, or the
// other way round.
func TestRules_WrongClocks(t *testing.T) {
	epoch, past := time.Unix(0, 0), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	future := time.Now().AddDate(1, 0, 0)
	for name, tc := range map[string]struct{ received, date, want time.Time }{
		"the sender's":                {past, epoch, past},
		"the sender's, in the future": {past, future, past},
		"the server's":                {epoch, past, past},
		"both":                        {epoch, epoch, time.Time{}},
		"the sender's alone":          {time.Time{}, epoch, time.Time{}},
	} {
		r := rules{}
		it := &item{message: &email.Message{Received: tc.received, Date: tc.date}}
		assert.Equal(t, tc.want, r.facts(it, sender{}).arrived, name)
	}
	for _, m := range []email.Message{{Received: future}, {Date: future}} {
		r := rules{}
		f := r.facts(&item{message: &m, notBefore: future.AddDate(0, -1, 0)}, sender{address: "iris@example.com"})
		assert.WithinDuration(t, time.Now(), f.arrived, time.Minute)
		assert.True(t, r.decide(f).BeforeStart, "it is here before the start")
	}
}

// Replay creates the one customer that it was asked for, and no other.
func TestRules_ReplayCreatesTheCustomer(t *testing.T) {
	r := rules{senders: senders{account: Account{ID: "shop"}}, replayed: "iris@example.com"}
	for sender, want := range map[string]Outcome{"iris@example.com": Uploaded, "noor@example.com": Unmatched} {
		d := r.decide(facts{sender: sender, class: email.ClassBulk})
		assert.Equal(t, want, d.Outcome, sender)
		assert.Equal(t, want == Uploaded, d.Create, sender)
	}
	assert.False(t, r.account.CreateCustomer, "the settings stay as they are")
}
