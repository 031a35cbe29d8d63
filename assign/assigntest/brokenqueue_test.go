package assigntest_test

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestSuiteCatchesBrokenQueues(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"LastInFirstOut":        queue(lastInFirstOut, "FirstInFirstOut", "first in, first out"),
		"OrdersByTime":          queue(ordersByTime, "FirstInFirstOut", "whatever their names and times"),
		"HasNoLimit":            queue(hasNoLimit, "FirstInFirstOut", "no more than the limit"),
		"WaitsTwice":            queue(waitsTwice, "EachWaitsOnce", "keeps their place"),
		"LosesThePlace":         queue(losesThePlace, "EachWaitsOnce", "keeps their place"),
		"TakesOffTheFirst":      queue(takesOffTheFirst, "TakenOff", "and nobody else"),
		"TakesOffEverywhere":    queue(takesOffEverywhere, "QueuesAreSeparate", "another group keeps its own c4"),
		"NeverForgets":          queue(neverForgets, "WhoComesAgainIsLast", "goes to the end"),
		"ForgetsTheEmail":       queue(forgetsTheEmail, "NothingIsForgotten", "want what was put in"),
		"LosesConcurrentOnes":   queue(losesSome, "ConcurrentCallsLoseNone", "want once"),
		"MixesConcurrentOnesUp": queue(lastInFirstOut, "ConcurrentCallsLoseNone", "whom the same caller enqueued later"),
	})
}

// spoiledQueue is a good queue with some methods replaced.
type spoiledQueue struct {
	assign.Queue
	enqueue func(ctx context.Context, waiting []assign.Waiting) error
	queued  func(ctx context.Context, group string, limit int) ([]assign.Waiting, error)
	dequeue func(ctx context.Context, group string, customerIDs []string) error
}

func (s *spoiledQueue) Enqueue(ctx context.Context, waiting []assign.Waiting) error {
	return s.enqueue(ctx, waiting)
}

func (s *spoiledQueue) Queued(ctx context.Context, group string, limit int) ([]assign.Waiting, error) {
	return s.queued(ctx, group, limit)
}

func (s *spoiledQueue) Dequeue(ctx context.Context, group string, customerIDs []string) error {
	return s.dequeue(ctx, group, customerIDs)
}

// queue is the suite on a good queue that is spoiled.
func queue(spoil func(*spoiledQueue), where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		assigntest.TestQueue(t, func(*testing.T) assign.Queue {
			good := memstore.New()
			s := &spoiledQueue{Queue: good, enqueue: good.Enqueue, queued: good.Queued, dequeue: good.Dequeue}
			spoil(s)
			return s
		})
	}}
}

// reorder replaces what Queued returns.
func (s *spoiledQueue) reorder(change func(all []assign.Waiting)) {
	good := s.queued
	s.queued = func(ctx context.Context, group string, limit int) ([]assign.Waiting, error) {
		all, err := good(ctx, group, 1000)
		change(all)
		return all[:min(limit, len(all))], err
	}
}

func lastInFirstOut(s *spoiledQueue) { s.reorder(slices.Reverse) }

func ordersByTime(s *spoiledQueue) {
	s.reorder(func(all []assign.Waiting) {
		slices.SortStableFunc(all, func(a, b assign.Waiting) int { return a.Since.Compare(b.Since) })
	})
}

func hasNoLimit(s *spoiledQueue) {
	good := s.queued
	s.queued = func(ctx context.Context, group string, _ int) ([]assign.Waiting, error) {
		return good(ctx, group, 1000)
	}
}

func waitsTwice(s *spoiledQueue) {
	var all []assign.Waiting
	s.enqueue = func(_ context.Context, waiting []assign.Waiting) error {
		all = append(all, waiting...)
		return nil
	}
	s.queued = func(context.Context, string, int) ([]assign.Waiting, error) { return all, nil }
}

func losesThePlace(s *spoiledQueue) {
	good := s.enqueue
	s.enqueue = func(ctx context.Context, waiting []assign.Waiting) error {
		for _, w := range waiting {
			if err := s.Queue.Dequeue(ctx, w.Group, []string{w.CustomerID}); err != nil {
				return err
			}
		}
		return good(ctx, waiting)
	}
}

// takesOffTheFirst counts instead of looking whom to take off.
func takesOffTheFirst(s *spoiledQueue) {
	good := s.dequeue
	s.dequeue = func(ctx context.Context, group string, customerIDs []string) error {
		first, err := s.Queue.Queued(ctx, group, len(customerIDs))
		for i := range first {
			customerIDs[i] = first[i].CustomerID
		}
		return cmp.Or(err, good(ctx, group, customerIDs))
	}
}

func takesOffEverywhere(s *spoiledQueue) {
	good := s.dequeue
	s.dequeue = func(ctx context.Context, _ string, customerIDs []string) error {
		return cmp.Or(good(ctx, "g", customerIDs), good(ctx, "other", customerIDs))
	}
}

// neverForgets hides who was taken off, and shows them in their old place when
// they come again.
func neverForgets(s *spoiledQueue) {
	hidden := make(map[string]bool)
	s.dequeue = func(_ context.Context, _ string, customerIDs []string) error {
		for _, id := range customerIDs {
			hidden[id] = true
		}
		return nil
	}
	enqueue, queued := s.enqueue, s.queued
	s.enqueue = func(ctx context.Context, waiting []assign.Waiting) error {
		for _, w := range waiting {
			delete(hidden, w.CustomerID)
		}
		return enqueue(ctx, waiting)
	}
	s.queued = func(ctx context.Context, group string, limit int) ([]assign.Waiting, error) {
		all, err := queued(ctx, group, limit)
		return slices.DeleteFunc(all, func(w assign.Waiting) bool { return hidden[w.CustomerID] }), err
	}
}

func forgetsTheEmail(s *spoiledQueue) {
	s.reorder(func(all []assign.Waiting) {
		for i := range all {
			all[i].EmailID = ""
		}
	})
}

// losesSome overwrites what another caller has just written.
func losesSome(s *spoiledQueue) {
	good := s.enqueue
	s.enqueue = func(ctx context.Context, waiting []assign.Waiting) error {
		if len(waiting) == 1 && waiting[0].CustomerID == "c3-2" {
			return nil
		}
		return good(ctx, waiting)
	}
}
