package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// most is a limit that no listing of the sample mailbox reaches.
const most = 1000

// facts is what the program has seen, from the kill to the second pass.
type facts struct {
	total         int  // messages that were delivered into the mailbox
	killed        bool // the first process was killed before it was finished
	first, second result
	rung          []notify.Notification // in the order of delivery
	managers      []assign.Manager

	atKill, afterFirst, afterSecond snapshot
}

// snapshot is what the store has.
type snapshot struct {
	entries       []inbound.LedgerEntry
	emails        []inbound.Email
	notifications []notify.Entry
	customers     sqlstore.CustomerCounts
	assigned      map[string]int // new customers, by manager
}

func takeSnapshot(ctx context.Context, store *sqlstore.Store) (s snapshot, err error) {
	for entry, err := range inbound.AllEntries(ctx, store, account, "") {
		if err != nil {
			return s, err
		}
		s.entries = append(s.entries, entry)
	}
	for email, err := range inbound.AllEmails(ctx, store, inbound.EmailFilter{}) {
		if err != nil {
			return s, err
		}
		s.emails = append(s.emails, email)
	}
	if s.notifications, err = store.Notifications(ctx, "", most); err != nil {
		return s, err
	}
	if s.customers, err = store.Customers().Counts(ctx); err != nil {
		return s, err
	}
	s.assigned, err = store.Customers().CountByManager(ctx)
	return s, err
}

// broken returns what the program has seen that the SDK promises not to happen, or
// nil.
func (f *facts) broken() error {
	return errors.Join(f.withoutOutcome(), f.changed(), f.lost(), f.twice())
}

// withoutOutcome compares the messages that were delivered, those on the server and
// those in the ledger.
func (f *facts) withoutOutcome() error {
	r := f.second.compared
	recorded := 0
	for _, n := range r.Server {
		recorded += n
	}
	if !r.Complete || len(r.Gaps) > 0 || r.Total != f.total || recorded != f.total ||
		len(f.afterSecond.entries) != f.total {
		return fmt.Errorf("of %d messages, %d are on the server, %d of these and %d in all are in the ledger: %v",
			f.total, r.Total, recorded, len(f.afterSecond.entries), r.Gaps)
	}
	for _, e := range f.afterSecond.entries {
		if e.Outcome == inbound.Failed || e.Reason == "" {
			return fmt.Errorf("message %s has the outcome %q, reason %q", e.SourceID, e.Outcome, e.Reason)
		}
	}
	return nil
}

// changed compares the store before and after the second pass.
func (f *facts) changed() error {
	if len(f.second.pass.Outcomes) > 0 || !reflect.DeepEqual(f.afterFirst, f.afterSecond) {
		return errors.New("the second pass changed something")
	}
	return nil
}

// lost looks for what the killed process had committed, and for the bytes of every
// uploaded message.
func (f *facts) lost() error {
	emails := make(map[string]inbound.Email)
	for _, e := range f.afterSecond.emails {
		emails[e.ID] = e
	}
	entries := make(map[inbound.SourceID]inbound.LedgerEntry)
	for _, e := range f.afterSecond.entries {
		entries[e.SourceID] = e
		if e.Outcome != inbound.Uploaded {
			continue
		}
		if _, ok := emails[e.EmailID]; !ok {
			return fmt.Errorf("the email of message %s is lost", e.SourceID)
		}
	}
	for _, e := range f.atKill.entries {
		if now, ok := entries[e.SourceID]; !ok || !reflect.DeepEqual(now, e) {
			return fmt.Errorf("the record of message %s is not what it was when the process was killed", e.SourceID)
		}
	}
	for _, e := range f.atKill.emails {
		if emails[e.ID].SHA256 != e.SHA256 {
			return fmt.Errorf("the email %s is not what it was when the process was killed", e.ID)
		}
	}
	return nil
}

// twice looks for emails, assignments and notifications that are there twice.
func (f *facts) twice() error {
	uploaded := 0
	for _, e := range f.afterSecond.entries {
		if e.Outcome == inbound.Uploaded {
			uploaded++
		}
	}
	hashes := make(map[string]bool)
	for _, e := range f.afterSecond.emails {
		hashes[e.SHA256] = true
	}
	if len(hashes) != uploaded || len(f.afterSecond.emails) != uploaded {
		return fmt.Errorf("%d messages became %d emails with %d different texts",
			uploaded, len(f.afterSecond.emails), len(hashes))
	}
	assigned := 0
	for _, n := range f.afterSecond.assigned {
		assigned += n
	}
	if created := f.afterSecond.customers.Created; assigned != created {
		return fmt.Errorf("%d new customers were assigned %d times", created, assigned)
	}
	ids := make(map[string]bool)
	for _, n := range f.rung {
		ids[n.ID] = true
	}
	if all := len(f.afterSecond.notifications); len(ids) != all || len(f.rung) != all {
		return fmt.Errorf("%d notifications were delivered %d times, %d different ones", all, len(f.rung), len(ids))
	}
	return nil
}
