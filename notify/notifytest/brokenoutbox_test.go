package notifytest_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/internal/mutant"
	"github.com/postroom/postroom/notify"
	"github.com/postroom/postroom/notify/notifytest"
)

func TestOutbox_CatchesBrokenOutboxes(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"ForgetsTheSubject":      outbox(forgetsTheSubject, "AddStoresEveryField", "want {Notification:"),
		"AddsAgain":              outbox(addsAgain, "AddAgain", "want each ID once"),
		"GivesNewestFirst":       outbox(givesNewestFirst, "DueInOrder", "in the order in which they were added"),
		"HasNoLimit":             outbox(hasNoLimit, "DueInOrder", "Due with limit 2"),
		"LetsLaterOvertake":      outbox(letsLaterOvertake, "LaterEntriesDoNotOvertake", "a2 does not overtake it"),
		"BlocksEverybody":        outbox(blocksEverybody, "LaterEntriesDoNotOvertake", "a2 does not overtake it"),
		"GivesTheDead":           outbox(givesTheDead, "DeadDoesNotBlock", "a dead entry blocks no other one"),
		"DropsTheDead":           outbox(dropsTheDead, "DeadDoesNotBlock", "want the dead a1"),
		"ForgetsAttempts":        outbox(forgetsAttempts, "NextTryIsKeptExactly", "and one attempt"),
		"KeepsTheError":          outbox(keepsTheError, "NextTryIsKeptExactly", "want no next try and no error"),
		"ListsInOrderOfArrival":  outbox(listsInOrderOfArrival, "ListedInDeliveryOrder", "in the order of delivery"),
		"PagesByNumber":          outbox(pagesByNumber, "PagesCoverEverything", "pages of 4 gave"),
		"PagesFromTheStart":      outbox(pagesFromTheStart, "PageAfterUnknownID", "and no error, want an error"),
		"AddsWhatItUpdates":      outbox(addsWhatItUpdates, "UpdateOfUnknownID", "want only n1"),
		"TakesDeliveryBack":      outbox(takesDeliveryBack, "DeliveredStaysDelivered", "want n1 delivered, first"),
		"CountsLateAttempts":     outbox(countsLateAttempts, "DeliveredStaysDelivered", "want n1 delivered, first"),
		"UpdatesThousand":        outbox(updatesThousand, "LargeBatch", "all are delivered"),
		"LosesConcurrentUpdates": outbox(losesConcurrentUpdates, "ConcurrentUpdates", "want it delivered"),
		"CountsTheDelivered":     outbox(countsTheDelivered, "UndeliveredAreCounted", "want 2 and 1"),
		"WaitsForTheClock":       outbox(waitsForTheClock, "ClockSetBack", "a1 does not wait for it"),
	})
}

// spoiledOutbox is a correct outbox with some methods replaced.
type spoiledOutbox struct {
	good   notify.Outbox
	add    func(context.Context, []notify.Notification) error
	due    func(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error)
	update func(context.Context, []notify.Entry) error
	list   func(ctx context.Context, after string, limit int) ([]notify.Entry, error)
	count  func(context.Context) (pending, dead int, err error)
}

func (s *spoiledOutbox) Add(ctx context.Context, ns []notify.Notification) error {
	return s.add(ctx, ns)
}

func (s *spoiledOutbox) Due(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
	return s.due(ctx, now, limit)
}

func (s *spoiledOutbox) Update(ctx context.Context, entries []notify.Entry) error {
	return s.update(ctx, entries)
}

func (s *spoiledOutbox) Notifications(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
	return s.list(ctx, after, limit)
}

func (s *spoiledOutbox) Undelivered(ctx context.Context) (pending, dead int, err error) {
	return s.count(ctx)
}

// outbox runs the suite on a correct outbox that spoil has broken.
func outbox(spoil func(*spoiledOutbox), where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		notifytest.TestOutbox(t, func(*testing.T) notify.Outbox {
			good := memstore.New()
			s := &spoiledOutbox{
				good: good, add: good.Add, due: good.Due, update: good.Update, list: good.Notifications,
				count: good.Undelivered,
			}
			spoil(s)
			return s
		})
	}}
}

// entries returns all entries of the correct outbox, in the order in which they
// were added.
func (s *spoiledOutbox) entries(ctx context.Context) []notify.Entry {
	all, _ := s.good.Notifications(ctx, "", 10_000)
	slices.SortStableFunc(all, func(a, b notify.Entry) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// redue replaces what Due returns.
func (s *spoiledOutbox) redue(due func(all []notify.Entry, now time.Time) []notify.Entry) {
	s.due = func(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
		some := due(s.entries(ctx), now)
		return some[:min(limit, len(some))], nil
	}
}

// reupdate changes what Update stores.
func (s *spoiledOutbox) reupdate(change func(e *notify.Entry)) {
	s.update = func(ctx context.Context, entries []notify.Entry) error {
		entries = slices.Clone(entries)
		for i := range entries {
			change(&entries[i])
		}
		return s.good.Update(ctx, entries)
	}
}

func forgetsTheSubject(s *spoiledOutbox) {
	s.add = func(ctx context.Context, ns []notify.Notification) error {
		ns = slices.Clone(ns)
		for i := range ns {
			ns[i].Subject = ""
		}
		return s.good.Add(ctx, ns)
	}
}

func addsAgain(s *spoiledOutbox) {
	s.add = func(ctx context.Context, ns []notify.Notification) error {
		ns = slices.Clone(ns)
		for i := range ns {
			if list, _ := s.good.Notifications(ctx, "", 10); len(list) > 1 {
				ns[i].ID += " again"
			}
		}
		return s.good.Add(ctx, ns)
	}
}

func givesNewestFirst(s *spoiledOutbox) {
	s.due = func(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
		due, err := s.good.Due(ctx, now, 10_000)
		slices.Reverse(due)
		return due[:min(limit, len(due))], err
	}
}

func hasNoLimit(s *spoiledOutbox) {
	s.due = func(ctx context.Context, now time.Time, _ int) ([]notify.Entry, error) {
		return s.good.Due(ctx, now, 10_000)
	}
}

func letsLaterOvertake(s *spoiledOutbox) {
	s.redue(func(all []notify.Entry, now time.Time) []notify.Entry {
		return slices.DeleteFunc(all, func(e notify.Entry) bool {
			return e.State != notify.Pending || e.NextTry.After(now)
		})
	})
}

func blocksEverybody(s *spoiledOutbox) {
	s.redue(func(all []notify.Entry, now time.Time) (due []notify.Entry) {
		for _, e := range all {
			if e.State == notify.Pending && e.NextTry.After(now) {
				break
			}
			due = append(due, e)
		}
		return due
	})
}

func givesTheDead(s *spoiledOutbox) {
	s.redue(func(all []notify.Entry, _ time.Time) []notify.Entry {
		return slices.DeleteFunc(all, func(e notify.Entry) bool { return e.State == notify.Delivered })
	})
}

func dropsTheDead(s *spoiledOutbox) {
	s.list = func(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
		list, err := s.good.Notifications(ctx, after, limit)
		return slices.DeleteFunc(list, func(e notify.Entry) bool { return e.State == notify.Dead }), err
	}
}

func forgetsAttempts(s *spoiledOutbox) { s.reupdate(func(e *notify.Entry) { e.Attempts = 0 }) }

func keepsTheError(s *spoiledOutbox) {
	s.reupdate(func(e *notify.Entry) {
		if e.LastError == "" {
			e.LastError = "refused"
		}
	})
}

func listsInOrderOfArrival(s *spoiledOutbox) {
	s.list = func(ctx context.Context, _ string, _ int) ([]notify.Entry, error) { return s.entries(ctx), nil }
}

// pagesByNumber assumes that the last ID is the greatest.
func pagesByNumber(s *spoiledOutbox) {
	s.list = func(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
		all := slices.DeleteFunc(s.entries(ctx), func(e notify.Entry) bool { return e.ID <= after })
		return all[:min(limit, len(all))], nil
	}
}

// pagesFromTheStart begins again after an ID that it does not find.
func pagesFromTheStart(s *spoiledOutbox) {
	s.list = func(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
		list, err := s.good.Notifications(ctx, after, limit)
		if err != nil {
			list, err = s.good.Notifications(ctx, "", limit)
		}
		return list, err
	}
}

func addsWhatItUpdates(s *spoiledOutbox) {
	s.update = func(ctx context.Context, entries []notify.Entry) error {
		for _, e := range entries {
			if err := s.good.Add(ctx, []notify.Notification{e.Notification}); err != nil {
				return err
			}
		}
		return s.good.Update(ctx, entries)
	}
}

// relist replaces what Notifications returns of the entries that were updated.
func (s *spoiledOutbox) relist(change func(e *notify.Entry, latest notify.Entry)) {
	latest := make(map[string]notify.Entry)
	s.update = func(ctx context.Context, entries []notify.Entry) error {
		for _, e := range entries {
			latest[e.ID] = e
		}
		return s.good.Update(ctx, entries)
	}
	s.list = func(ctx context.Context, after string, limit int) ([]notify.Entry, error) {
		list, err := s.good.Notifications(ctx, after, limit)
		for i := range list {
			if e, updated := latest[list[i].ID]; updated {
				change(&list[i], e)
			}
		}
		return list, err
	}
}

func takesDeliveryBack(s *spoiledOutbox) {
	s.relist(func(e *notify.Entry, latest notify.Entry) { e.State = latest.State })
}

func countsLateAttempts(s *spoiledOutbox) {
	s.relist(func(e *notify.Entry, latest notify.Entry) { e.Attempts = latest.Attempts })
}

func updatesThousand(s *spoiledOutbox) {
	s.update = func(ctx context.Context, entries []notify.Entry) error {
		return s.good.Update(ctx, entries[:min(len(entries), 1000)])
	}
}

func waitsForTheClock(s *spoiledOutbox) {
	s.due = func(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
		due, err := s.good.Due(ctx, now, limit)
		for _, e := range due {
			if e.NextTry.After(now) {
				return nil, err
			}
		}
		return due, err
	}
}

// losesConcurrentUpdates records nothing while it records something else.
func losesConcurrentUpdates(s *spoiledOutbox) {
	var recording sync.Mutex
	s.update = func(ctx context.Context, entries []notify.Entry) error {
		if !recording.TryLock() {
			return nil
		}
		defer recording.Unlock()
		time.Sleep(5 * time.Millisecond)
		return s.good.Update(ctx, entries)
	}
}

func countsTheDelivered(s *spoiledOutbox) {
	s.count = func(ctx context.Context) (pending, dead int, err error) {
		_, dead, err = s.good.Undelivered(ctx)
		return len(s.entries(ctx)) - dead, dead, err
	}
}
