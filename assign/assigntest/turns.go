package assigntest

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/postroom/postroom/assign"
)

// TestTurns checks an implementation of assign.Turns. open returns an empty one
// for each test and cleans up by t.Cleanup.
func TestTurns(t *testing.T, open func(t *testing.T) assign.Turns) {
	tests := map[string]func(*testing.T, assign.Turns){
		"FirstTurnsInOrder":       firstTurnsInOrder,
		"LongestAgoComesNext":     longestAgoComesNext,
		"NotEligibleKeepsPlace":   notEligibleKeepsPlace,
		"NewcomerComesFirst":      newcomerComesFirst,
		"GroupsAreSeparate":       groupsAreSeparate,
		"MoreTurnsThanManagers":   moreTurnsThanManagers,
		"ConcurrentClaimsAreEven": concurrentClaimsAreEven,
		"EndedContextTakesNoTurn": endedContextTakesNoTurn,
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
	expect(t, claim(t, turns, "g", []string{"m2", "m1", "m3"}, 2), []string{"m2", "m1"},
		"who never had a turn comes in the order of eligible")
	expect(t, claim(t, turns, "g", []string{"m2", "m1", "m3"}, 1), []string{"m3"},
		"who never had a turn comes before everybody else")
}

func longestAgoComesNext(t *testing.T, turns assign.Turns) {
	all := []string{"m1", "m2", "m3"}
	claim(t, turns, "g", all, 3)
	expect(t, claim(t, turns, "g", []string{"m3", "m2"}, 1), []string{"m2"},
		"the last turn of m2 is longer ago, whatever the order of eligible")
	expect(t, claim(t, turns, "g", all, 4), []string{"m1", "m3", "m2", "m1"},
		"each time the one whose last turn is longest ago")
}

func notEligibleKeepsPlace(t *testing.T, turns assign.Turns) {
	all := []string{"m1", "m2", "m3"}
	claim(t, turns, "g", all, 3)
	claim(t, turns, "g", []string{"m2", "m3"}, 10)
	expect(t, claim(t, turns, "g", all, 1), []string{"m1"}, "m1 was away and has waited longest")
	expect(t, claim(t, turns, "g", all, 1), []string{"m2"}, "m1 makes up for one turn, not for all that it missed")
}

func newcomerComesFirst(t *testing.T, turns assign.Turns) {
	claim(t, turns, "g", []string{"m1", "m2"}, 5)
	expect(t, claim(t, turns, "g", []string{"m1", "m2", "new"}, 3), []string{"new", "m2", "m1"},
		"who never had a turn comes first")
}

func groupsAreSeparate(t *testing.T, turns assign.Turns) {
	claim(t, turns, "a", []string{"m1", "m2"}, 1)
	expect(t, claim(t, turns, "b", []string{"m1", "m2"}, 1), []string{"m1"}, "turns of another group do not count")
}

func moreTurnsThanManagers(t *testing.T, turns assign.Turns) {
	got := claim(t, turns, "g", []string{"m1", "m2", "m3"}, 100)
	counts := countOf(got)
	if len(got) != 100 || counts["m1"] != 34 || counts["m2"] != 33 || counts["m3"] != 33 {
		t.Errorf("100 turns of 3 managers came out as %v, want 34, 33 and 33", counts)
	}
	expect(t, claim(t, turns, "g", []string{"m1", "m2", "m3"}, 1), []string{"m2"},
		"the next claim goes on where the last one ended")
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
		t.Errorf("concurrent claims gave %v, want %v: two of them saw the same state", counts, want)
	}
}

func endedContextTakesNoTurn(t *testing.T, turns assign.Turns) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := turns.Claim(ctx, "g", []string{"m1", "m2"}, 1); err == nil {
		t.Errorf("Claim with an ended context gave %q and no error", got)
	}
	expect(t, claim(t, turns, "g", []string{"m1", "m2"}, 1), []string{"m1"}, "a claim that failed has given out no turn")
}

func countOf(ids []string) map[string]int {
	counts := make(map[string]int)
	for _, id := range ids {
		counts[id]++
	}
	return counts
}
