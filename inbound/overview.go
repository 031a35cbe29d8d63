package inbound

import (
	"context"
	"time"
)

// Overview sums up a store, for all accounts together: the number of statements of a method
// does not grow with the number of accounts.
type Overview interface {
	// AllHealth returns the health of every account of which some is recorded, by account,
	// including accounts that no Syncer has any longer.
	AllHealth(ctx context.Context) (map[string]Health, error)
	// WaitingCustomers returns how many customers wait for a manager, by the account that
	// they wrote to (those at a pending assign.Stage). An account without any is absent.
	WaitingCustomers(ctx context.Context) (map[string]int, error)
	// PendingNotifications returns what is pending in the outbox, by account. An account
	// without any is absent.
	PendingNotifications(ctx context.Context) (map[string]Backlog, error)
}

// Backlog is how much is pending.
type Backlog struct {
	Count  int
	Oldest time.Time // when the oldest was added; zero: there is none
}

// AccountHealth is how an account of a Syncer is doing, with what is pending of it.
type AccountHealth struct {
	ID, Name, Shop string
	Protocol       Protocol
	Health
	WaitingCustomers int     // for a manager
	Notifications    Backlog // not delivered yet

	username string
}

// Health returns how all accounts are doing, in the order of the configuration. This includes
// accounts that are inactive or paused, those that have wrong settings in their AccountSource,
// and those without a pass so far. The State is the recorded one, unless it is HealthInactive,
// HealthPaused, HealthMisconfigured by such settings, or HealthWaiting. Health calls the store
// three times, whatever the number of accounts.
func (s *Syncer) Health(ctx context.Context) ([]AccountHealth, error) {
	recorded, err := s.store.AllHealth(ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := s.store.WaitingCustomers(ctx)
	if err != nil {
		return nil, err
	}
	pending, err := s.store.PendingNotifications(ctx)
	if err != nil {
		return nil, err
	}
	if s.settings.Load().unread {
		if err := s.Reload(ctx); err != nil {
			return nil, err
		}
	}
	st := s.settings.Load()
	all := make([]AccountHealth, 0, len(st.order))
	for _, id := range st.order {
		a, h := st.configured(id), recorded[id]
		since, waits := s.waiting.Load(id)
		switch {
		case a.Inactive:
			h = h.shownAs(HealthInactive)
		case a.Paused:
			h = h.shownAs(HealthPaused)
		case st.accounts[id].ID == "":
			h = h.shownAs(HealthMisconfigured)
			h.LastError, h.Cause, h.Hint = boundedText(st.refused[id].err.Error()), CauseSettings, hintSettings
		case waits:
			h.State, h.Since = HealthWaiting, since.(time.Time)
		}
		all = append(all, AccountHealth{ID: id, Name: a.Name, Shop: a.Shop, Protocol: a.Protocol, Health: h,
			WaitingCustomers: waiting[id], Notifications: pending[id], username: a.Username})
	}
	return all, nil
}

// shownAs returns the health of an account that Run does not collect from.
func (h Health) shownAs(state HealthState) Health {
	h.State, h.Since, h.NextAttempt = state, time.Time{}, time.Time{}
	return h
}
