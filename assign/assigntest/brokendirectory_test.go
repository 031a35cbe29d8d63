package assigntest_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/assign/assigntest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestSuiteCatchesBrokenDirectories(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"ForgetsOffline": directory(forgetsOffline, "MembersWithTheirStatus", "without the member"),
		"HasMembersTwice": directory(hasMembersTwice, "MembersWithTheirStatus",
			"want each of its 5 active members once"),
		"RemembersTheStatus": directory(remembersTheStatus, "StatusIsThatOfNow", "want the status of now"),
		"Shuffles":           directory(shuffles, "OrderStays", "the order must stay the same"),
		"FreeOnesComeFirst":  directory(freeOnesComeFirst, "OrderStays", "the order must stay the same"),
		"LendsItsCache":      directory(lendsItsCache, "CallerOwnsTheResult", "the caller has to own it"),
		"GivesWorkToTheGone": directory(givesWorkToTheGone, "DeactivatedGetNothingNew",
			"who is deactivated and would get customers"),
		"HidesTheGone":        directory(hidesTheGone, "DeactivatedGetNothingNew", "so it is to be found"),
		"UnknownGroupIsError": directory(unknownGroupIsError, "NoSuchGroup", "Group(no such group): "),
		"UnknownGroupIsAll":   directory(unknownGroupIsAll, "NoSuchGroup", "want nobody"),
		"AddressesOfOthers":   directory(addressesOfOthers, "OneManager", "want {ID:"),
		"NobodyIsSomebody":    directory(nobodyIsSomebody, "NoSuchManager", "want assign.ErrNotFound"),
		"IgnoresContexts": directory(ignoresContexts, "EndedContextIsNoticed",
			"Group with an ended context gave no error"),
		"TroubleMeansNotFound": directory(troubleMeansNotFound, "EndedContextIsNoticed",
			"want one that does not say the manager is gone"),
	})
}

// spoiled is a good directory with its methods replaced.
type spoiled struct {
	staff   []assigntest.Employee
	group   func(ctx context.Context, group string) ([]assign.Manager, error)
	manager func(ctx context.Context, id string) (assign.Manager, error)
}

func (s *spoiled) Group(ctx context.Context, group string) ([]assign.Manager, error) {
	return s.group(ctx, group)
}

func (s *spoiled) Manager(ctx context.Context, id string) (assign.Manager, error) {
	return s.manager(ctx, id)
}

// directory is the suite on a good directory that is spoiled.
func directory(spoil func(*spoiled), where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		assigntest.TestDirectory(t, func(t *testing.T, staff []assigntest.Employee) (
			assign.ManagerDirectory, func(string, assign.Status),
		) {
			good := memstore.NewManagers()
			for _, e := range staff {
				good.Put(e.Manager, e.Groups...)
				if err := good.SetActive(e.ID, !e.Gone); err != nil {
					t.Fatal(err)
				}
			}
			s := &spoiled{staff: staff, group: good.Group, manager: good.Manager}
			spoil(s)
			return s, func(id string, status assign.Status) {
				if err := good.SetStatus(id, status); err != nil {
					t.Fatal(err)
				}
			}
		})
	}}
}

// regroup replaces what Group returns of a group that has members.
func (s *spoiled) regroup(change func(members []assign.Manager) []assign.Manager) {
	good := s.group
	s.group = func(ctx context.Context, group string) ([]assign.Manager, error) {
		members, err := good(ctx, group)
		if len(members) > 0 {
			members = change(members)
		}
		return members, err
	}
}

func forgetsOffline(s *spoiled) {
	s.regroup(func(members []assign.Manager) (some []assign.Manager) {
		for _, m := range members {
			if m.Status != assign.Offline {
				some = append(some, m)
			}
		}
		return some
	})
}

func hasMembersTwice(s *spoiled) {
	s.regroup(func(members []assign.Manager) []assign.Manager { return append(members, members[0]) })
}

func remembersTheStatus(s *spoiled) {
	known := make(map[string]assign.Manager)
	s.regroup(func(members []assign.Manager) []assign.Manager {
		for i, m := range members {
			if _, have := known[m.ID]; !have {
				known[m.ID] = m
			}
			members[i] = known[m.ID]
		}
		return members
	})
}

func shuffles(s *spoiled) {
	s.regroup(func(members []assign.Manager) []assign.Manager {
		rand.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		return members
	})
}

func freeOnesComeFirst(s *spoiled) {
	s.regroup(func(members []assign.Manager) (ordered []assign.Manager) {
		for _, free := range []bool{true, false} {
			for _, m := range members {
				if (m.Status == assign.Free) == free {
					ordered = append(ordered, m)
				}
			}
		}
		return ordered
	})
}

func lendsItsCache(s *spoiled) {
	var cache []assign.Manager
	s.regroup(func(members []assign.Manager) []assign.Manager {
		if cache == nil {
			cache = members
		}
		return cache
	})
}

func givesWorkToTheGone(s *spoiled) {
	s.regroup(func(members []assign.Manager) []assign.Manager {
		for _, e := range s.staff {
			if e.Gone {
				members = append(members, e.Manager)
			}
		}
		return members
	})
}

func hidesTheGone(s *spoiled) {
	good := s.manager
	s.manager = func(ctx context.Context, id string) (assign.Manager, error) {
		for _, e := range s.staff {
			if e.ID == id && e.Gone {
				return assign.Manager{}, assign.ErrNotFound
			}
		}
		return good(ctx, id)
	}
}

func unknownGroupIsError(s *spoiled) {
	good := s.group
	s.group = func(ctx context.Context, group string) ([]assign.Manager, error) {
		members, err := good(ctx, group)
		if err == nil && len(members) == 0 {
			err = assign.ErrNotFound
		}
		return members, err
	}
}

func unknownGroupIsAll(s *spoiled) {
	good := s.group
	s.group = func(ctx context.Context, group string) ([]assign.Manager, error) {
		if group == "" {
			group = "support"
		}
		return good(ctx, group)
	}
}

func addressesOfOthers(s *spoiled) {
	good := s.manager
	s.manager = func(ctx context.Context, id string) (assign.Manager, error) {
		m, err := good(ctx, id)
		m.Email = s.staff[0].Email
		return m, err
	}
}

func nobodyIsSomebody(s *spoiled) {
	s.manager = func(_ context.Context, id string) (assign.Manager, error) { return assign.Manager{ID: id}, nil }
}

func ignoresContexts(s *spoiled) {
	good := s.group
	s.group = func(ctx context.Context, group string) ([]assign.Manager, error) {
		return good(context.WithoutCancel(ctx), group)
	}
}

func troubleMeansNotFound(s *spoiled) {
	good := s.manager
	s.manager = func(ctx context.Context, id string) (assign.Manager, error) {
		m, err := good(ctx, id)
		if err != nil {
			err = assign.ErrNotFound
		}
		return m, err
	}
}
