package inboundtest_test

import (
	"context"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

type retriesTheFailed struct{ inbound.Store }

func (s retriesTheFailed) DueForRetry(
	ctx context.Context, account, folder, generation string, now time.Time, limit int,
) ([]inbound.LedgerEntry, error) {
	rows, err := s.Store.DueForRetry(ctx, account, folder, generation, now, limit)
	return slices.DeleteFunc(rows, func(e inbound.LedgerEntry) bool { return e.Outcome != inbound.Failed }), err
}

type forgetsFingerprints struct{ inbound.Store }

func (s forgetsFingerprints) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	emails = slices.Clone(emails)
	for i := range emails {
		emails[i].Fingerprint = ""
	}
	return s.Store.AddEmails(ctx, emails)
}

type mixesShops struct{ inbound.Store }

func (s mixesShops) EmailsByFingerprint(
	ctx context.Context, shop string, fingerprints []string,
) (map[string][]inbound.Email, error) {
	found, err := s.Store.EmailsByFingerprint(ctx, shop, fingerprints)
	more, moreErr := s.Store.EmailsByFingerprint(ctx, "other", fingerprints)
	for fingerprint, emails := range more {
		found[fingerprint] = append(found[fingerprint], emails...)
	}
	if err == nil {
		err = moreErr
	}
	return found, err
}

type findsTooMany struct{ inbound.Store }

func (s findsTooMany) StaleFingerprints(ctx context.Context, _ string, limit int) ([]string, error) {
	return s.Store.StaleFingerprints(ctx, "h1:a", limit)
}

type countsNoSources struct{ inbound.Store }

func (s countsNoSources) Email(ctx context.Context, id string) (inbound.Email, error) {
	e, err := s.Store.Email(ctx, id)
	e.Sources = 1
	return e, err
}

type reconsidersAll struct{ inbound.Store }

func (s reconsidersAll) Reconsider(ctx context.Context, accounts, fingerprints []string, at time.Time) error {
	if len(accounts) > 0 {
		accounts = append(slices.Clone(accounts), "third")
	}
	return s.Store.Reconsider(ctx, accounts, fingerprints, at)
}
