package inboundtest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mutant"
	"github.com/postroom/postroom/notify"
)

// These stores do what they are asked, except for an ID that is not there, or for a
// large number of them.
func TestStoreSuiteCatchesBrokenAnswers(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"TriesAgain": store(triesAgain{memstore.New()}, "Atomic/CallsItsFunctionOnce", "2 times"),
		"AddsTheFirst500": store(addsTheFirst500{memstore.New()}, "Emails/AddOfAThousand",
			"AddEmails of 1000 added 500"),
		"ListsEmailsFromTheStart": store(listsFromTheStart{memstore.New()}, "Emails/UnknownIsNotFound",
			"ListEmails after an unknown ID gave 1 emails"),
		"ListsNoNotifications": store(listsNoNotifications{memstore.New()}, "Emails/UnknownIsNotFound",
			"Notifications after an unknown ID gave 0 entries"),
		"HasAbsentEmailsAsFalse": store(hasAbsentAsFalse{memstore.New()}, "Emails/HaveEmails",
			"want an ID without an email absent"),
		"HasAbsentIntentsAsFalse": store(intendsAbsentAsFalse{memstore.New()}, "Accounts/Intents",
			"want an address that is not noted absent"),
		"IntendsTheFirst500": store(intendsTheFirst500{memstore.New()}, "Accounts/Intents", "all are noted"),
		"FinishesTheFirst500": store(finishesTheFirst500{memstore.New()}, "Accounts/Intents",
			"all others are finished"),
		"MarksTheFirst500": store(marksTheFirst500{memstore.New()}, "Ledger/MarkDeletedOfAThousand",
			"MarkDeleted has marked all"),
		"EntriesAfterRecordsOnly": store(entriesAfterRecords{memstore.New()}, "Ledger/EntriesAfterAnyID",
			"Entries after an ID without a record"),
	})
}

// triesAgain repeats a transaction that failed for a while.
type triesAgain struct{ inbound.Store }

func (s triesAgain) Atomic(ctx context.Context, fn func(context.Context) error) error {
	err := s.Store.Atomic(ctx, fn)
	if errors.Is(err, inbound.ErrTemporary) {
		err = s.Store.Atomic(ctx, fn)
	}
	return err
}

type addsTheFirst500 struct{ inbound.Store }

func (s addsTheFirst500) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	return s.Store.AddEmails(ctx, emails[:min(len(emails), 500)])
}

// listsFromTheStart begins again after an ID that it does not find.
type listsFromTheStart struct{ inbound.Store }

func (s listsFromTheStart) ListEmails(
	ctx context.Context, filter inbound.EmailFilter, after string, limit int,
) ([]inbound.Email, error) {
	list, err := s.Store.ListEmails(ctx, filter, after, limit)
	if errors.Is(err, inbound.ErrNotFound) {
		return s.Store.ListEmails(ctx, filter, "", limit)
	}
	return list, err
}

type listsNoNotifications struct{ inbound.Store }

func (s listsNoNotifications) Notifications(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
	list, err := s.Store.Notifications(ctx, after, limit)
	if errors.Is(err, inbound.ErrNotFound) {
		return nil, nil
	}
	return list, err
}

type hasAbsentAsFalse struct{ inbound.Store }

func (s hasAbsentAsFalse) HaveEmails(ctx context.Context, ids []string) (map[string]bool, error) {
	have, err := s.Store.HaveEmails(ctx, ids)
	return withAbsent(have, ids), err
}

type intendsAbsentAsFalse struct{ inbound.Store }

func (s intendsAbsentAsFalse) IntendedCustomers(
	ctx context.Context, account, shop string, addresses []string,
) (map[string]bool, error) {
	intended, err := s.Store.IntendedCustomers(ctx, account, shop, addresses)
	return withAbsent(intended, addresses), err
}

func withAbsent(found map[string]bool, asked []string) map[string]bool {
	all := make(map[string]bool)
	for _, one := range asked {
		all[one] = found[one]
	}
	return all
}

type intendsTheFirst500 struct{ inbound.Store }

func (s intendsTheFirst500) IntendCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return s.Store.IntendCustomers(ctx, account, shop, addresses[:min(len(addresses), 500)])
}

type finishesTheFirst500 struct{ inbound.Store }

func (s finishesTheFirst500) FinishCustomers(ctx context.Context, account, shop string, addresses []string) error {
	return s.Store.FinishCustomers(ctx, account, shop, addresses[:min(len(addresses), 500)])
}

type marksTheFirst500 struct{ inbound.Store }

func (s marksTheFirst500) MarkDeleted(ctx context.Context, account string, ids []inbound.SourceID) error {
	return s.Store.MarkDeleted(ctx, account, ids[:min(len(ids), 500)])
}

// entriesAfterRecords looks for the record of the ID to begin after.
type entriesAfterRecords struct{ inbound.Store }

func (s entriesAfterRecords) Entries(
	ctx context.Context, account string, outcome inbound.Outcome, after inbound.SourceID, limit int,
) ([]inbound.LedgerEntry, error) {
	have, err := s.Lookup(ctx, account, []inbound.SourceID{after})
	if _, known := have[after]; err == nil && !known && after != (inbound.SourceID{}) {
		err = inbound.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return s.Store.Entries(ctx, account, outcome, after, limit)
}
