package assigntest

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/postroom/postroom/assign"
)

// TestTurns checks an implementation of assign.Turns. For each test, open returns
// one in which no turn was claimed. It registers its cleanup with t.Cleanup.
func TestTurns(t *testing.T, open func(t *testing.T) assign.Turns) {
	tests := map[string]func(*testing.T, assign.Turns){
		"FirstTurnsInOrder":          firstTurnsInOrder,
		"LongestAgoComesNext":        longestAgoComesNext,
		"NotEligibleKeepsPlace":      notEligibleKeepsPlace,
		"NewManagerComesFirst":       newManagerComesFirst,
		"GroupsAreSeparate":          groupsAreSeparate,
		"MoreTurnsThanManagers":      moreTurnsThanManagers,
		"ConcurrentClaimsAreEven":    concurrentClaimsAreEven,
		"CanceledContextTakesNoTurn": canceledContextTakesNoTurn,
		"UnclaimedTurnsComeFirst":    unclaimedTurnsComeFirst,
		"UnclaimedTurnsWait":         unclaimedTurnsWait,
		"UnclaimedInTheGroupAlone":   unclaimedInTheGroupAlone,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func claim(t *testing.T, turns assign.Turns, group string, eligible []string, n int) []string {
	t.Helper()
	got, err := turns.Claim(t.Context(), group, eligible, n)
	if err != nil {
		t.Fatalf("Claim(%q, %q, %d): %v", group, eligible, n, err)
	}
	return got
}

func expect(t *testing.T, got, want []string, why string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("Claim gave %q, want %q: %s", got, want, why)
	}
}

func firstTurnsInOrder(t *testing.T, turns assign.Turns) {
	all := []string{"m2", "m1", "m3"}
	expect(t, claim(t, turns, "g", all, 2), []string{"m2", "m1"},
		"managers who never had a turn come in the order of eligible")
	expect(t, claim(t, turns, "g", all, 1), []string{"m3"},
		"managers who never had a turn come before all others")
}

func longestAgoComesNext(t *testing.T, turns assign.Turns) {
	all := []string{"m1", "m2", "m3"}
	claim(t, turns, "g", all, 3)
	expect(t, claim(t, turns, "g", []string{"m3", "m2"}, 1), []string{"m2"},
		"the last turn of m2 is longer ago; the order of eligible does not matter")
	expect(t, claim(t, turns, "g", all, 4), []string{"m1", "m3", "m2", "m1"},
		"each turn goes to the manager whose last turn is longest ago")
}

func notEligibleKeepsPlace(t *testing.T, turns assign.Turns) {
	all := []string{"m1", "m2", "m3"}
	claim(t, turns, "g", all, 3)
	claim(t, turns, "g", []string{"m2", "m3"}, 10)
	expect(t, claim(t, turns, "g", all, 1), []string{"m1"}, "m1 was not eligible and has waited longest")
	expect(t, claim(t, turns, "g", all, 1), []string{"m2"}, "m1 gets one turn first, not all the turns that it missed")
}

func newManagerComesFirst(t *testing.T, turns assign.Turns) {
	claim(t, turns, "g", []string{"m1", "m2"}, 5)
	expect(t, claim(t, turns, "g", []string{"m1", "m2", "new"}, 3), []string{"new", "m2", "m1"},
		"a manager who never had a turn comes first")
}

func groupsAreSeparate(t *testing.T, turns assign.Turns) {
	claim(t, turns, "a", []string{"m1", "m2"}, 1)
	expect(t, claim(t, turns, "b", []string{"m1", "m2"}, 1), []string{"m1"}, "turns of a different group do not count")
}

func moreTurnsThanManagers(t *testing.T, turns assign.Turns) {
	got := claim(t, turns, "g", []string{"m1", "m2", "m3"}, 100)
	counts := countOf(got)
	if len(got) != 100 || counts["m1"] != 34 || counts["m2"] != 33 || counts["m3"] != 33 {
		t.Errorf("100 turns of 3 managers gave %v, want 34, 33 and 33", counts)
	}
	expect(t, claim(t, turns, "g", []string{"m1", "m2", "m3"}, 1), []string{"m2"},
		"the next claim continues where the last one ended")
}

func concurrentClaimsAreEven(t *testing.T, turns assign.Turns) {
	eligible := []string{"m1", "m2", "m3"}
	var mu sync.Mutex
	var all []string
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 5 {
				got, err := turns.Claim(t.Context(), "g", eligible, 1+n)
				if err != nil {
					t.Errorf("Claim: %v", err)
					return
				}
				mu.Lock()
				all = append(all, got...)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	counts := countOf(all)
	if want := (map[string]int{"m1": 40, "m2": 40, "m3": 40}); !t.Failed() && !reflect.DeepEqual(counts, want) {
		t.Errorf("concurrent claims gave %v, want %v: two of them must have seen the same state", counts, want)
	}
}

func canceledContextTakesNoTurn(t *testing.T, turns assign.Turns) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := turns.Claim(ctx, "g", []string{"m1", "m2"}, 1); err == nil {
		t.Errorf("Claim with a canceled context gave %q and no error", got)
	}
	expect(t, claim(t, turns, "g", []string{"m1", "m2"}, 1), []string{"m1"}, "a claim that failed assigns no turn")
}

func unclaim(t *testing.T, turns assign.Turns, group string, ids ...string) {
	t.Helper()
	if err := turns.Unclaim(t.Context(), group, ids); err != nil {
		t.Fatalf("Unclaim(%q, %q): %v", group, ids, err)
	}
}

func unclaimedTurnsComeFirst(t *testing.T, turns assign.Turns) {
	all := []string{"m1", "m2"}
	claim(t, turns, "g", all, 4)
	unclaim(t, turns, "g", "m2", "m2")
	expect(t, claim(t, turns, "g", all, 1), []string{"m2"}, "a turn that was given back comes before all others")
	expect(t, claim(t, turns, "g", all, 4), []string{"m2", "m1", "m2", "m1"},
		"each turn that was given back is handed out once, and the others go on where they were")
}

func unclaimedTurnsWait(t *testing.T, turns assign.Turns) {
	all := []string{"m1", "m2"}
	claim(t, turns, "g", all, 2)
	unclaim(t, turns, "g", "m2")
	expect(t, claim(t, turns, "g", []string{"m1"}, 2), []string{"m1", "m1"}, "m2 is not eligible")
	expect(t, claim(t, turns, "g", all, 2), []string{"m2", "m2"},
		"the turn that was given back waits until its manager is eligible; then the last turn of m2 is longest ago")
}

func unclaimedInTheGroupAlone(t *testing.T, turns assign.Turns) {
	all := []string{"m1", "m2"}
	claim(t, turns, "g", all, 2)
	claim(t, turns, "h", all, 2)
	unclaim(t, turns, "g", "m2")
	expect(t, claim(t, turns, "h", all, 1), []string{"m1"}, "the turn was given back in a different group")
	expect(t, claim(t, turns, "g", all, 1), []string{"m2"}, "the turn was given back in this group")
}

func countOf(ids []string) map[string]int {
	counts := make(map[string]int)
	for _, id := range ids {
		counts[id]++
	}
	return counts
}
