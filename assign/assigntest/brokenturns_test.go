package assigntest_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestSuiteCatchesBrokenTurns(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"AlwaysStartsOver": turns(alwaysStartsOver, "FirstTurnsInOrder", `gave ["m2"], want ["m3"]`),
		"OrdersByName":     turns(ordersByName, "FirstTurnsInOrder", `want ["m2" "m1"]`),
		"GoesRoundEligible": turns(goesRoundEligible(), "LongestAgoComesNext",
			"each time the one whose last turn is longest ago"),
		"EvensOutAbsences":   turns(evensOutAbsences(), "NotEligibleKeepsPlace", "not for all that it missed"),
		"NewcomersComeLast":  turns(newcomersComeLast(), "NewcomerComesFirst", "who never had a turn comes first"),
		"MixesGroups":        turns(mixesGroups, "GroupsAreSeparate", "turns of another group do not count"),
		"OneTurnEach":        turns(oneTurnEach, "MoreTurnsThanManagers", "want 34, 33 and 33"),
		"ReadsBeforeItLocks": turns(readsBeforeItLocks(), "ConcurrentClaimsAreEven", "two of them saw the same state"),
		"IgnoresContexts":    turns(claimsWithoutContext, "EndedContextTakesNoTurn", "gave [\"m1\"] and no error"),
		"TakesTheTurnAndFails": turns(takesTheTurnAndFails, "EndedContextTakesNoTurn",
			"a claim that failed has given out no turn"),
	})
}

// claimer is Turns as a function, in front of good ones.
type claimer func(ctx context.Context, good assign.Turns, group string, eligible []string, n int) ([]string, error)

type spoiledTurns struct {
	assign.Turns
	claim claimer
}

func (s spoiledTurns) Claim(ctx context.Context, group string, eligible []string, n int) ([]string, error) {
	return s.claim(ctx, s.Turns, group, eligible, n)
}

// turns is the suite on good turns that are spoiled; a test of it has them for
// itself.
func turns(claim claimer, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		assigntest.TestTurns(t, func(*testing.T) assign.Turns { return spoiledTurns{memstore.New(), claim} })
	}}
}

func alwaysStartsOver(ctx context.Context, _ assign.Turns, group string, eligible []string, n int) ([]string, error) {
	return memstore.New().Claim(ctx, group, eligible, n)
}

func ordersByName(ctx context.Context, good assign.Turns, group string, eligible []string, n int) ([]string, error) {
	eligible = slices.Clone(eligible)
	slices.Sort(eligible)
	return good.Claim(ctx, group, eligible, n)
}

// goesRoundEligible keeps a number, and counts it up.
func goesRoundEligible() claimer {
	next := 0
	return func(_ context.Context, _ assign.Turns, _ string, eligible []string, n int) (chosen []string, err error) {
		for range n {
			chosen = append(chosen, eligible[next%len(eligible)])
			next++
		}
		return chosen, nil
	}
}

// evensOutAbsences gives the turn to the one who has had the fewest.
func evensOutAbsences() claimer {
	had := make(map[string]int)
	return func(_ context.Context, _ assign.Turns, _ string, eligible []string, n int) (chosen []string, err error) {
		for range n {
			best := slices.MinFunc(eligible, func(a, b string) int { return had[a] - had[b] })
			had[best]++
			chosen = append(chosen, best)
		}
		return chosen, nil
	}
}

func newcomersComeLast() claimer {
	known := make(map[string]bool)
	return func(ctx context.Context, good assign.Turns, group string, eligible []string, n int) ([]string, error) {
		var before []string
		for _, id := range eligible {
			if known[id] {
				before = append(before, id)
			}
			known[id] = true
		}
		if before != nil {
			eligible = before
		}
		return good.Claim(ctx, group, eligible, n)
	}
}

func mixesGroups(ctx context.Context, good assign.Turns, _ string, eligible []string, n int) ([]string, error) {
	return good.Claim(ctx, "all", eligible, n)
}

func oneTurnEach(ctx context.Context, good assign.Turns, group string, eligible []string, n int) ([]string, error) {
	return good.Claim(ctx, group, eligible, min(n, len(eligible)))
}

// readsBeforeItLocks has the first two claims look at whose turn it is before
// either has taken one. The first waits for the second: it is no race, which a
// test might win.
func readsBeforeItLocks() claimer {
	var calls atomic.Int32
	looked := make(chan struct{})
	return func(ctx context.Context, good assign.Turns, group string, eligible []string, n int) ([]string, error) {
		switch calls.Add(1) {
		case 1:
			<-looked
		case 2:
			defer close(looked)
			return eligible[:n], nil
		}
		return good.Claim(ctx, group, eligible, n)
	}
}

func claimsWithoutContext(
	ctx context.Context, good assign.Turns, group string, eligible []string, n int,
) ([]string, error) {
	return good.Claim(context.WithoutCancel(ctx), group, eligible, n)
}

func takesTheTurnAndFails(
	ctx context.Context, good assign.Turns, group string, eligible []string, n int,
) ([]string, error) {
	chosen, err := good.Claim(context.WithoutCancel(ctx), group, eligible, n)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return chosen, err
}
