package assigntest_test

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestSuiteCatchesBrokenAssignments(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"ForgetsTheError":       broken(forgetsTheError, "EveryFieldIsKept", "what was put in"),
		"PendingForgetsAddress": broken(pendingForgetsAddress, "EveryFieldIsKept", "Queued gives the same"),
		"KeepsTheManager":       broken(keepsTheManager, "SetReplaces", "every field is replaced"),
		"FindsTheFirst500":      broken(findsTheFirst500, "AssignmentsOfAThousand", "want the 750 that there are"),
		"SetsTheFirst1000":      broken(setsTheFirst1000, "AssignmentsOfAThousand", "of the 2500 that were set in one call"),
		"RemovesFromQueueOnly":  broken(removesFromQueueOnly, "Remove", "after c2 and c4 were removed"),
		"RefusesUnknown":        broken(refusesUnknown, "Remove", "RemoveAssignments"),
		"QueuesTheClaimedNot":   broken(leavesClaimedOut, "OnlyWaitingAndClaimedQueue", "for whom a turn is claimed"),
		"MixesGroups":           broken(foldsGroups, "OnlyWaitingAndClaimedQueue", "c5 is of a different group"),
		"OrdersBySince":         broken(ordersBySince, "PendingInOrder", "whatever their names, times and accounts"),
		"HasNoLimit":            broken(pendingHasNoLimit, "PendingInOrder", "Queued with limit 2"),
		"IgnoresNextTry":        broken(ignoresNextTry, "PendingByNextTry", "then by next try"),
		"LosesThePlace":         broken(losesThePlaceOnSet, "PlaceIsKept", "who is pending keeps the place"),
		"ClaimingLosesThePlace": broken(claimingLosesThePlace, "PlaceIsKept", "a claimed turn changes no place"),
		"QueueForEachGroup":     broken(queueForEachGroup, "PlaceIsKept", "the queue is one for all groups"),
		"KeepsThePlaceForever":  broken(keepsThePlaceForever, "ComesBackAtTheEnd", "who waits again is put at the end"),
		"FirstOfTheSameStays":   broken(firstOfTheSameStays, "LastOfTheSameCustomer", "the last one stays"),
		"CountsTheAssigned":     broken(countsTheAssigned, "PendingGroups", "each that has pending ones, once"),
		"GroupsOfOneAccount":    broken(groupsWithoutAccount, "PendingGroups", "each that has pending ones, once"),
		"GroupsUnordered":       broken(groupsBackwards, "PendingGroups", "in ascending order"),
		"RegroupsEveryAccount":  broken(regroupsEveryAccount, "Regroup", "the other account's stay"),
		"RegroupsToTheEnd":      broken(regroupsToTheEnd, "Regroup", "keep their places"),
		"RegroupsTheAssigned":   broken(regroupsTheAssigned, "Regroup", "who is not pending is not moved"),
		"LosesConcurrentOnes":   broken(losesConcurrentOnes, "ConcurrentSetsLoseNone", "39 are pending"),
	})
}

// brokenAssignments is a good implementation with some methods replaced.
type brokenAssignments struct {
	assign.Assignments // the good one
	get                func(ctx context.Context, customerIDs []string) (map[string]assign.Assignment, error)
	set                func(ctx context.Context, assignments []assign.Assignment) error
	remove             func(ctx context.Context, customerIDs []string) error
	pending            func(ctx context.Context, group string, limit int) ([]assign.Assignment, error)
	groups             func(ctx context.Context) ([]assign.PendingGroup, error)
	regroup            func(ctx context.Context, from assign.PendingGroup, group string) error

	known map[string]bool // customer IDs that remember has seen
}

func (b *brokenAssignments) SetAssignments(ctx context.Context, assignments []assign.Assignment) error {
	return b.set(ctx, assignments)
}

func (b *brokenAssignments) RemoveAssignments(ctx context.Context, customerIDs []string) error {
	return b.remove(ctx, customerIDs)
}

func (b *brokenAssignments) Queued(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
	return b.pending(ctx, group, limit)
}

func (b *brokenAssignments) PendingGroups(ctx context.Context) ([]assign.PendingGroup, error) {
	return b.groups(ctx)
}

func (b *brokenAssignments) Regroup(ctx context.Context, from assign.PendingGroup, group string) error {
	return b.regroup(ctx, from, group)
}

// getter has the method whose name is that of the embedded field.
type getter struct{ *brokenAssignments }

func (g getter) Assignments(ctx context.Context, customerIDs []string) (map[string]assign.Assignment, error) {
	return g.get(ctx, customerIDs)
}

// broken is the suite on a good implementation that is spoiled.
func broken(spoil func(*brokenAssignments), where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		assigntest.TestAssignments(t, func(*testing.T) assign.Assignments {
			good := memstore.New()
			b := &brokenAssignments{Assignments: good, get: good.Assignments, set: good.SetAssignments,
				remove: good.RemoveAssignments, pending: good.Queued, groups: good.PendingGroups,
				regroup: good.Regroup, known: make(map[string]bool)}
			spoil(b)
			return getter{b}
		})
	}}
}

// all returns every assignment that was ever set and is there.
func (b *brokenAssignments) all(ctx context.Context) map[string]assign.Assignment {
	var ids []string
	for id := range b.known {
		ids = append(ids, id)
	}
	all, _ := b.Assignments.Assignments(ctx, ids)
	return all
}

// reset replaces what SetAssignments writes.
func (b *brokenAssignments) reset(change func(ctx context.Context, all []assign.Assignment) []assign.Assignment) {
	b.set = func(ctx context.Context, assignments []assign.Assignment) error {
		for _, a := range assignments {
			b.known[a.CustomerID] = true
		}
		return b.Assignments.SetAssignments(ctx, change(ctx, slices.Clone(assignments)))
	}
}

// requeue replaces what Queued returns.
func (b *brokenAssignments) requeue(change func(all []assign.Assignment) []assign.Assignment) {
	b.pending = func(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
		all, err := b.Assignments.Queued(ctx, group, 10_000)
		all = change(all)
		return all[:min(limit, len(all))], err
	}
}

func forgetsTheError(b *brokenAssignments) {
	b.reset(func(_ context.Context, all []assign.Assignment) []assign.Assignment {
		for i := range all {
			all[i].LastError = ""
		}
		return all
	})
}

func pendingForgetsAddress(b *brokenAssignments) {
	b.requeue(func(all []assign.Assignment) []assign.Assignment {
		for i := range all {
			all[i].Address = ""
		}
		return all
	})
}

func keepsTheManager(b *brokenAssignments) {
	b.reset(func(ctx context.Context, all []assign.Assignment) []assign.Assignment {
		before := b.all(ctx)
		for i, a := range all {
			all[i].ManagerID = cmp.Or(a.ManagerID, before[a.CustomerID].ManagerID)
		}
		return all
	})
}

func findsTheFirst500(b *brokenAssignments) {
	b.get = func(ctx context.Context, ids []string) (map[string]assign.Assignment, error) {
		return b.Assignments.Assignments(ctx, ids[:min(500, len(ids))])
	}
}

func setsTheFirst1000(b *brokenAssignments) {
	b.reset(func(_ context.Context, all []assign.Assignment) []assign.Assignment { return all[:min(1000, len(all))] })
}

func removesFromQueueOnly(b *brokenAssignments) {
	b.remove = func(ctx context.Context, ids []string) error {
		all, err := b.Assignments.Assignments(ctx, ids)
		for _, a := range all {
			a.Stage = assign.StageUnassigned
			err = cmp.Or(err, b.Assignments.SetAssignments(ctx, []assign.Assignment{a}))
		}
		return err
	}
}

func refusesUnknown(b *brokenAssignments) {
	b.remove = func(ctx context.Context, ids []string) error {
		if all, err := b.Assignments.Assignments(ctx, ids); err != nil || len(all) < len(ids) {
			return cmp.Or(err, assign.ErrNotFound)
		}
		return b.Assignments.RemoveAssignments(ctx, ids)
	}
}

func leavesClaimedOut(b *brokenAssignments) {
	b.requeue(func(all []assign.Assignment) []assign.Assignment {
		return slices.DeleteFunc(all, func(a assign.Assignment) bool { return a.Stage == assign.StageClaimed })
	})
}

// foldsGroups compares as some databases do: without regard to case.
func foldsGroups(b *brokenAssignments) {
	b.pending = func(ctx context.Context, group string, limit int) ([]assign.Assignment, error) {
		some, err := b.Assignments.Queued(ctx, group, limit)
		if group == "g" {
			more, more2 := b.Assignments.Queued(ctx, "G", limit)
			return append(some, more...), cmp.Or(err, more2)
		}
		return some, err
	}
}

func ordersBySince(b *brokenAssignments) {
	b.requeue(func(all []assign.Assignment) []assign.Assignment {
		slices.SortStableFunc(all, func(a, b assign.Assignment) int { return a.Since.Compare(b.Since) })
		return all
	})
}

func pendingHasNoLimit(b *brokenAssignments) {
	b.pending = func(ctx context.Context, group string, _ int) ([]assign.Assignment, error) {
		return b.Assignments.Queued(ctx, group, 10_000)
	}
}

func ignoresNextTry(b *brokenAssignments) {
	tries := make(map[string]time.Time)
	b.reset(func(_ context.Context, all []assign.Assignment) []assign.Assignment {
		for i := range all {
			tries[all[i].CustomerID], all[i].NextTry = all[i].NextTry, time.Time{}
		}
		return all
	})
	b.requeue(func(all []assign.Assignment) []assign.Assignment {
		for i := range all {
			all[i].NextTry = tries[all[i].CustomerID]
		}
		return all
	})
}

// losePlaces removes customers before they are written again.
func (b *brokenAssignments) losePlaces(which func(before, after assign.Assignment) bool) {
	b.reset(func(ctx context.Context, all []assign.Assignment) []assign.Assignment {
		before := b.all(ctx)
		for _, a := range all {
			if which(before[a.CustomerID], a) {
				_ = b.Assignments.RemoveAssignments(ctx, []string{a.CustomerID})
			}
		}
		return all
	})
}

func losesThePlaceOnSet(b *brokenAssignments) {
	b.losePlaces(func(_, _ assign.Assignment) bool { return true })
}

func claimingLosesThePlace(b *brokenAssignments) {
	b.losePlaces(func(before, after assign.Assignment) bool { return before.Stage != after.Stage })
}

func queueForEachGroup(b *brokenAssignments) {
	b.losePlaces(func(before, after assign.Assignment) bool { return before.Group != after.Group })
}

// keepsThePlaceForever orders by when a customer was set first.
func keepsThePlaceForever(b *brokenAssignments) {
	var first []string
	b.reset(func(_ context.Context, all []assign.Assignment) []assign.Assignment {
		for _, a := range all {
			if !slices.Contains(first, a.CustomerID) {
				first = append(first, a.CustomerID)
			}
		}
		return all
	})
	b.requeue(func(all []assign.Assignment) []assign.Assignment {
		slices.SortFunc(all, func(a, b assign.Assignment) int {
			return cmp.Compare(slices.Index(first, a.CustomerID), slices.Index(first, b.CustomerID))
		})
		return all
	})
}

func firstOfTheSameStays(b *brokenAssignments) {
	b.reset(func(_ context.Context, all []assign.Assignment) []assign.Assignment {
		var once []assign.Assignment
		for _, a := range all {
			if !slices.ContainsFunc(once, func(o assign.Assignment) bool { return o.CustomerID == a.CustomerID }) {
				once = append(once, a)
			}
		}
		return once
	})
}

// regroups replaces what PendingGroups returns, from all assignments.
func (b *brokenAssignments) regroups(which func(assign.Assignment) (assign.PendingGroup, bool), order int) {
	b.reset(func(_ context.Context, all []assign.Assignment) []assign.Assignment { return all })
	b.groups = func(ctx context.Context) ([]assign.PendingGroup, error) {
		var groups []assign.PendingGroup
		for _, a := range b.all(ctx) {
			if g, ok := which(a); ok {
				groups = append(groups, g)
			}
		}
		slices.SortFunc(groups, func(a, b assign.PendingGroup) int {
			return order * cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Group, b.Group))
		})
		return slices.Compact(groups), nil
	}
}

func countsTheAssigned(b *brokenAssignments) {
	b.regroups(func(a assign.Assignment) (assign.PendingGroup, bool) {
		return assign.PendingGroup{AccountID: a.AccountID, Group: a.Group}, true
	}, 1)
}

func groupsWithoutAccount(b *brokenAssignments) {
	b.regroups(func(a assign.Assignment) (assign.PendingGroup, bool) {
		return assign.PendingGroup{AccountID: "a", Group: a.Group}, a.Stage.Pending()
	}, 1)
}

func groupsBackwards(b *brokenAssignments) {
	b.regroups(func(a assign.Assignment) (assign.PendingGroup, bool) {
		return assign.PendingGroup{AccountID: a.AccountID, Group: a.Group}, a.Stage.Pending()
	}, -1)
}

// move writes the assignments that match into a group.
func (b *brokenAssignments) move(match func(a assign.Assignment, from assign.PendingGroup) bool, end bool) {
	b.reset(func(_ context.Context, all []assign.Assignment) []assign.Assignment { return all })
	b.regroup = func(ctx context.Context, from assign.PendingGroup, group string) error {
		for _, a := range b.all(ctx) {
			if !match(a, from) || group == from.Group {
				continue
			}
			if end {
				_ = b.Assignments.RemoveAssignments(ctx, []string{a.CustomerID})
			}
			a.Group = group
			if err := b.Assignments.SetAssignments(ctx, []assign.Assignment{a}); err != nil {
				return err
			}
		}
		return nil
	}
}

func regroupsEveryAccount(b *brokenAssignments) {
	b.move(func(a assign.Assignment, from assign.PendingGroup) bool {
		return a.Stage.Pending() && a.Group == from.Group
	}, false)
}

func regroupsToTheEnd(b *brokenAssignments) {
	b.move(func(a assign.Assignment, from assign.PendingGroup) bool {
		return a.Stage.Pending() && a.AccountID == from.AccountID && a.Group == from.Group
	}, true)
}

func regroupsTheAssigned(b *brokenAssignments) {
	b.move(func(a assign.Assignment, from assign.PendingGroup) bool {
		return a.AccountID == from.AccountID && a.Group == from.Group
	}, false)
}

// losesConcurrentOnes overwrites what another caller has just written.
func losesConcurrentOnes(b *brokenAssignments) {
	good := b.set
	b.set = func(ctx context.Context, all []assign.Assignment) error {
		if len(all) == 1 && all[0].CustomerID == "c3-2" {
			return nil
		}
		return good(ctx, all)
	}
}
