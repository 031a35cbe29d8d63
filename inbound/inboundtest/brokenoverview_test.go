package inboundtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mutant"
)

func TestStoreSuiteCatchesBrokenOverviews(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"ForgetsSince": store(forgetsSince{memstore.New()}, "Accounts/Health", "Health of shop gave"),
		"FirstThousandOnly": store(&firstThousandOnly{memstore.New()}, "Overview/AllHealth",
			"as it was recorded last"),
		"CountsTheUnassigned": store(&countsTheUnassigned{memstore.New()}, "Overview/WaitingCustomers",
			"at a pending stage"),
		"CountsTheDueOnly": store(countsTheDue{memstore.New()}, "Overview/PendingNotifications",
			"what is tried again later"),
		"TakesTheFirstAdded": store(takesTheFirstAdded{memstore.New()}, "Overview/PendingNotifications",
			"not by its place"),
	})
}

type forgetsSince struct{ inbound.Store }

func (s forgetsSince) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	h.Since = time.Time{}
	return s.Store.SetHealth(ctx, account, h)
}

type firstThousandOnly struct{ inbound.Store }

func (s *firstThousandOnly) AllHealth(ctx context.Context) (map[string]inbound.Health, error) {
	all, err := s.Store.AllHealth(ctx)
	for account := range all {
		if len(all) > 1000 {
			delete(all, account)
		}
	}
	return all, err
}

type countsTheUnassigned struct{ inbound.Store }

func (s *countsTheUnassigned) SetAssignments(ctx context.Context, assignments []assign.Assignment) error {
	for _, a := range assignments {
		if a.Stage == assign.StageUnassigned {
			a.Stage = assign.StageWaiting
			return s.Store.SetAssignments(ctx, []assign.Assignment{a})
		}
	}
	return s.Store.SetAssignments(ctx, assignments)
}

type countsTheDue struct{ inbound.Store }

func (s countsTheDue) PendingNotifications(ctx context.Context) (map[string]inbound.Backlog, error) {
	return s.backlogs(ctx, func(b *inbound.Backlog, at time.Time) {
		if b.Count++; b.Count == 1 || at.Before(b.Oldest) {
			b.Oldest = at
		}
	})
}

// backlogs adds up what is due now.
func (s countsTheDue) backlogs(
	ctx context.Context, add func(*inbound.Backlog, time.Time),
) (map[string]inbound.Backlog, error) {
	due, err := s.Due(ctx, time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), 100)
	all := make(map[string]inbound.Backlog)
	for _, e := range due {
		b := all[e.AccountID]
		add(&b, e.At)
		all[e.AccountID] = b
	}
	return all, err
}

type takesTheFirstAdded struct{ inbound.Store }

func (s takesTheFirstAdded) PendingNotifications(ctx context.Context) (map[string]inbound.Backlog, error) {
	return countsTheDue(s).backlogs(ctx, func(b *inbound.Backlog, at time.Time) {
		if b.Count++; b.Count == 1 {
			b.Oldest = at
		}
	})
}
