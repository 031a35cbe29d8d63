package assigntest_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestTurns_CatchesBrokenTurns(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"AlwaysStartsOver":     turns(alwaysStartsOver, "FirstTurnsInOrder", `gave ["m2"], want ["m3"]`),
		"OrdersByName":         turns(ordersByName, "FirstTurnsInOrder", `want ["m2" "m1"]`),
		"GoesRoundEligible":    turns(goesRoundEligible(), "LongestAgoComesNext", "each turn goes to the manager"),
		"EvensOutAbsences":     turns(evensOutAbsences(), "NotEligibleKeepsPlace", "not all the turns that it missed"),
		"NewManagersComeLast":  turns(newManagersComeLast(), "NewManagerComesFirst", "a manager who never had a turn"),
		"MixesGroups":          turns(mixesGroups, "GroupsAreSeparate", "turns of a different group"),
		"OneTurnEach":          turns(oneTurnEach, "MoreTurnsThanManagers", "want 34, 33 and 33"),
		"ReadsBeforeItLocks":   turns(readsBeforeItLocks(), "ConcurrentClaimsAreEven", "the same state"),
		"IgnoresContexts":      turns(claimsWithoutContext, "CanceledContextTakesNoTurn", "and no error"),
		"TakesTheTurnAndFails": turns(takesTheTurnAndFails, "CanceledContextTakesNoTurn", "a claim that failed"),

		"ForgetsUnclaimedTurns": unclaiming(forgetsUnclaimedTurns, "UnclaimedTurnsComeFirst", "before all others"),
		"GivesBackOneOfEach":    unclaiming(givesBackOneOfEach, "UnclaimedTurnsComeFirst", "each turn that was given back"),
		"GivesBackInEachGroup":  unclaiming(givesBackInEachGroup, "UnclaimedInTheGroupAlone", "in a different group"),
		"LosesTurnsOfTheAbsent": turns(losesTurnsOfTheAbsent, "UnclaimedTurnsWait", "waits until its manager"),
	})
}

// unclaimer is Unclaim as a function that can call a correct implementation.
type unclaimer func(ctx context.Context, good assign.Turns, group string, managerIDs []string) error

type spoiledUnclaim struct {
	assign.Turns
	unclaim unclaimer
}

func (s spoiledUnclaim) Unclaim(ctx context.Context, group string, managerIDs []string) error {
	return s.unclaim(ctx, s.Turns, group, managerIDs)
}

func unclaiming(unclaim unclaimer, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		assigntest.TestTurns(t, func(*testing.T) assign.Turns { return spoiledUnclaim{memstore.New(), unclaim} })
	}}
}

func forgetsUnclaimedTurns(context.Context, assign.Turns, string, []string) error { return nil }

func givesBackOneOfEach(ctx context.Context, good assign.Turns, group string, managerIDs []string) error {
	return good.Unclaim(ctx, group, slices.Compact(managerIDs))
}

func givesBackInEachGroup(ctx context.Context, good assign.Turns, _ string, managerIDs []string) error {
	return errors.Join(good.Unclaim(ctx, "g", managerIDs), good.Unclaim(ctx, "h", managerIDs))
}

// losesTurnsOfTheAbsent uses up turns of managers who are not eligible.
func losesTurnsOfTheAbsent(
	ctx context.Context, good assign.Turns, group string, eligible []string, n int,
) ([]string, error) {
	for _, id := range []string{"m1", "m2", "m3"} {
		if slices.Contains(eligible, id) {
			continue
		}
		if _, err := good.Claim(ctx, group, []string{id}, 1); err != nil {
			return nil, err
		}
	}
	return good.Claim(ctx, group, eligible, n)
}

// claimer is Turns as a function that can call a correct implementation.
type claimer func(ctx context.Context, good assign.Turns, group string, eligible []string, n int) ([]string, error)

type spoiledTurns struct {
	assign.Turns
	claim claimer
}

func (s spoiledTurns) Claim(ctx context.Context, group string, eligible []string, n int) ([]string, error) {
	return s.claim(ctx, s.Turns, group, eligible, n)
}

// turns runs the suite on correct Turns that claim has broken. Each mutant runs
// in a process of its own, so it may keep state.
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

// goesRoundEligible takes turns by a counter.
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

// evensOutAbsences gives each turn to the manager who had the fewest.
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

func newManagersComeLast() claimer {
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

// readsBeforeItLocks lets the first two claims read whose turn it is before either
// takes one. The first waits for the second, so that the fault shows in each run.
func readsBeforeItLocks() claimer {
	var calls atomic.Int32
	read := make(chan struct{})
	return func(ctx context.Context, good assign.Turns, group string, eligible []string, n int) ([]string, error) {
		switch calls.Add(1) {
		case 1:
			<-read
		case 2:
			defer close(read)
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
