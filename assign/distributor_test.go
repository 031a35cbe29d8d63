package assign_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
)

// directory is a ManagerDirectory with one group.
type directory []assign.Manager

func (d directory) Group(context.Context, string) ([]assign.Manager, error) { return d, nil }
func (d directory) Manager(context.Context, string) (assign.Manager, error) {
	return assign.Manager{}, assign.ErrNotFound
}

// turns is an implementation of Turns in a slice: the manager of the last turn is
// at the end.
type turns []string

func (l *turns) Claim(_ context.Context, _ string, eligible []string, n int) ([]string, error) {
	var got []string
	for range n {
		best, place := eligible[0], len(*l)
		for _, id := range eligible {
			last := -1
			for i, past := range *l {
				if past == id {
					last = i
				}
			}
			if last < place {
				best, place = id, last
			}
		}
		*l = append(*l, best)
		got = append(got, best)
	}
	return got, nil
}

func groupOf(statuses map[string]assign.Status) directory {
	var d directory
	for _, id := range []string{"m1", "m2", "m3", "m4", "m5"} {
		if s, ok := statuses[id]; ok {
			d = append(d, assign.Manager{ID: id, Status: s})
		}
	}
	return d
}

// distribute assigns n customers to the managers who are eligible now.
func (l *turns) Unclaim(context.Context, string, []string) error { return errors.ErrUnsupported }

func distribute(t *testing.T, d assign.Distributor, n int) ([]assign.Manager, error) {
	eligible, err := d.Eligible(t.Context(), "support")
	if err != nil {
		return nil, err
	}
	return d.Claim(t.Context(), "support", eligible, n)
}

func count(managers []assign.Manager) map[string]int {
	counts := make(map[string]int)
	for _, m := range managers {
		counts[m.ID]++
	}
	return counts
}

func TestDistributor_FreeManagersFirst(t *testing.T) {
	d := assign.Distributor{Turns: new(turns), Directory: groupOf(map[string]assign.Status{
		"m1": assign.Free, "m2": assign.Lunch, "m3": assign.Busy, "m4": assign.Free, "m5": assign.Offline})}
	got, err := distribute(t, d, 7)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"m1": 4, "m4": 3}, count(got))
}

func TestDistributor_OthersShareWhenNobodyIsFree(t *testing.T) {
	d := assign.Distributor{Turns: new(turns), Directory: groupOf(map[string]assign.Status{
		"m2": assign.Lunch, "m3": assign.Busy, "m4": assign.Break, "m5": assign.Offline})}
	got, err := distribute(t, d, 8)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"m2": 2, "m3": 2, "m4": 2, "m5": 2}, count(got))
}

func TestDistributor_TurnsOutliveAStatus(t *testing.T) {
	memory := new(turns)
	status := map[string]assign.Status{"m1": assign.Free, "m2": assign.Free}
	d := assign.Distributor{Turns: memory, Directory: groupOf(status)}
	one := func() string {
		got, err := distribute(t, d, 1)
		require.NoError(t, err)
		return got[0].ID
	}
	assert.Equal(t, "m1", one())
	d.Directory = groupOf(map[string]assign.Status{"m1": assign.Free, "m2": assign.Lunch})
	assert.Equal(t, "m1", one())
	d.Directory = groupOf(status)
	assert.Equal(t, "m2", one(), "the manager who was at lunch is next")
}

func TestDistributor_NobodyEligible(t *testing.T) {
	d := assign.Distributor{Turns: new(turns), Directory: directory(nil)}
	got, err := distribute(t, d, 3)
	require.NoError(t, err)
	assert.Empty(t, got)

	d = assign.Distributor{
		Turns:     new(turns),
		Directory: groupOf(map[string]assign.Status{"m1": assign.Offline}),
		Tiers:     assign.Tiers{{assign.Free}},
	}
	got, err = distribute(t, d, 3)
	require.NoError(t, err)
	assert.Empty(t, got, "tiers may omit statuses")
}

func TestDistributor_DuplicateMemberHasOneTurn(t *testing.T) {
	members := directory{
		{ID: "m1", Status: assign.Free}, {ID: "m1", Status: assign.Free}, {ID: "m2", Status: assign.Free},
	}
	d := assign.Distributor{Turns: new(turns), Directory: members}
	got, err := distribute(t, d, 4)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"m1": 2, "m2": 2}, count(got))
}

type brokenDirectory struct{ directory }

var errDown = errors.New("directory is down")

func (brokenDirectory) Group(context.Context, string) ([]assign.Manager, error) { return nil, errDown }

func TestDistributor_ReturnsDirectoryError(t *testing.T) {
	d := assign.Distributor{Turns: new(turns), Directory: brokenDirectory{}}
	_, err := distribute(t, d, 1)
	assert.ErrorIs(t, err, errDown)
}

func TestParseStatus(t *testing.T) {
	for _, s := range []assign.Status{assign.Offline, assign.Free, assign.Lunch, assign.Busy, assign.Break} {
		got, err := assign.ParseStatus(s.String())
		require.NoError(t, err)
		assert.Equal(t, s, got)
	}
	_, err := assign.ParseStatus("asleep")
	assert.ErrorContains(t, err, "asleep")
	assert.Equal(t, "Status(99)", assign.Status(99).String())
}
