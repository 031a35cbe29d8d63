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

func TestAssignments_CatchesBrokenAssignments(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"ForgetsTheError":          broken(forgetsTheError, "EveryFieldIsKept", "every field is stored"),
		"PendingForgetsAddress":    broken(pendingForgetsAddress, "EveryFieldIsKept", "Queued gives the same"),
		"KeepsTheManager":          broken(keepsTheManager, "SetReplaces", "every field is replaced"),
		"FindsTheFirst500":         broken(findsTheFirst500, "AssignmentsOfAThousand", "want the 750 that exist"),
		"SetsTheFirst1000":         broken(setsTheFirst1000, "AssignmentsOfAThousand", "2500 that were set"),
		"RemovesFromQueueOnly":     broken(removesFromQueueOnly, "Remove", "after c2 and c4 were removed"),
		"RefusesUnknown":           broken(refusesUnknown, "Remove", "RemoveAssignments"),
		"OmitsTheClaimed":          broken(omitsTheClaimed, "QueuedReturnsPendingOnly", "for whom a turn is claimed"),
		"MixesGroups":              broken(foldsGroups, "QueuedReturnsPendingOnly", "c5 is of a different group"),
		"OrdersBySince":            broken(ordersBySince, "PendingInOrder", "names, times and accounts do not matter"),
		"HasNoLimit":               broken(pendingHasNoLimit, "PendingInOrder", "Queued with limit 2"),
		"IgnoresNextTry":           broken(ignoresNextTry, "PendingByNextTry", "then by next try"),
		"LosesThePosition":         broken(losesThePositionOnSet, "PositionIsKept", "keep their position"),
		"ClaimingLosesThePosition": broken(claimingLosesThePosition, "PositionIsKept", "a claim changes no position"),
		"QueueForEachGroup":        broken(queueForEachGroup, "PositionIsKept", "there is one queue for all groups"),
		"KeepsThePositionForever":  broken(keepsThePositionForever, "ReturnsAtTheEnd", "wait again are appended"),
		"FirstOfTheSameStays":      broken(firstOfTheSameStays, "LastOfTheSameCustomer", "the last one remains"),
		"CountsTheAssigned":        broken(countsTheAssigned, "PendingGroups", "each pair with pending"),
		"GroupsOfOneAccount":       broken(groupsWithoutAccount, "PendingGroups", "each pair with pending"),
		"GroupsUnordered":          broken(groupsBackwards, "PendingGroups", "in ascending order"),
		"RegroupsEveryAccount":     broken(regroupsEveryAccount, "Regroup", "of the other account are not moved"),
		"RegroupsToTheEnd":         broken(regroupsToTheEnd, "Regroup", "keep their positions"),
		"RegroupsTheAssigned":      broken(regroupsTheAssigned, "Regroup", "an assignment that is not pending"),
		"LosesConcurrentOnes":      broken(losesConcurrentOnes, "ConcurrentSetsLoseNone", "39 are pending"),
	})
}

// brokenAssignments is a correct implementation with some methods replaced.
type brokenAssignments struct {
	assign.Assignments // the correct one
	get                func(ctx context.Context, customerIDs []string) (map[string]assign.Assignment, error)
	set                func(ctx context.Context, assignments []assign.Assignment) error
	remove             func(ctx context.Context, customerIDs []string) error
	pending            func(ctx context.Context, group string, limit int) ([]assign.Assignment, error)
	groups             func(ctx context.Context) ([]assign.PendingGroup, error)
	regroup            func(ctx context.Context, from assign.PendingGroup, group string) error

	known map[string]bool // the customer IDs that were ever set
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

// getter has the method that is called like the embedded field.
type getter struct{ *brokenAssignments }

func (g getter) Assignments(ctx context.Context, customerIDs []string) (map[string]assign.Assignment, error) {
	return g.get(ctx, customerIDs)
}

// broken runs the suite on a correct implementation that spoil has broken.
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

// all returns every assignment that was set and not removed.
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

func omitsTheClaimed(b *brokenAssignments) {
	b.requeue(func(all []assign.Assignment) []assign.Assignment {
		return slices.DeleteFunc(all, func(a assign.Assignment) bool { return a.Stage == assign.StageClaimed })
	})
}

// foldsGroups ignores case when it compares, as some databases do.
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

// losePositions removes customers before they are written again.
func (b *brokenAssignments) losePositions(which func(before, after assign.Assignment) bool) {
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

func losesThePositionOnSet(b *brokenAssignments) {
	b.losePositions(func(_, _ assign.Assignment) bool { return true })
}

func claimingLosesThePosition(b *brokenAssignments) {
	b.losePositions(func(before, after assign.Assignment) bool { return before.Stage != after.Stage })
}

func queueForEachGroup(b *brokenAssignments) {
	b.losePositions(func(before, after assign.Assignment) bool { return before.Group != after.Group })
}

// keepsThePositionForever orders by when a customer was set first.
func keepsThePositionForever(b *brokenAssignments) {
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
