package inbound

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reordering is a reorderBuffer of n messages, with the order in which it has passed
// them on.
type reordering struct {
	*reorderBuffer
	spool  *spooler
	passed []int
	fail   error
}

func newReordering(n int, memory int64) *reordering {
	refs := make([]Ref, n)
	for i := range refs {
		refs[i].Key = strconv.Itoa(i)
	}
	r := &reordering{spool: newSpooler("", newMemory(1<<40), 1)}
	r.reorderBuffer = newReorderBuffer(&pipeline{limits: Limits{MemoryBytes: memory}}, refs)
	r.put = func(_ context.Context, it *item) error {
		it.raw.Close()
		if r.fail != nil {
			return r.fail
		}
		i, err := strconv.Atoi(it.ref.Key)
		r.passed = append(r.passed, i)
		return err
	}
	return r
}

func (r *reordering) deliver(t *testing.T, place, size int) error {
	raw, _, err := r.spool.take(t.Context(), bytes.NewReader(make([]byte, size)), int64(size), 0, true)
	require.NoError(t, err)
	return r.add(t.Context(), &item{ref: Ref{SourceID: SourceID{Key: strconv.Itoa(place)}}, raw: raw})
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func TestReorderBuffer_RestoresOrder(t *testing.T) {
	r := newReordering(6, 1<<20)
	for _, place := range []int{3, 0, 2, 1, 5, 4} {
		require.NoError(t, r.deliver(t, place, 10))
	}
	assert.Equal(t, upTo(6), r.passed)
	assert.True(t, r.mayWait())
	require.NoError(t, r.end(t.Context(), nil))
	assertBudgetFree(t, r.spool)
}

func TestReorderBuffer_MissingMessageHoldsBackFew(t *testing.T) {
	r := newReordering(900, 1<<30)
	most := 0
	for place := 1; place < 900; place++ {
		require.NoError(t, r.deliver(t, place, 10))
		most = max(most, len(r.held))
	}
	assert.Equal(t, maxHeldBack, most)
	assert.Equal(t, upTo(900)[1:], r.passed, "in order, without waiting for the end")
	assert.True(t, r.mayWait(), "nothing is held back now")
	require.NoError(t, r.deliver(t, 0, 10))
	assert.Equal(t, 0, r.passed[899], "a late message is passed on")
	require.NoError(t, r.end(t.Context(), nil))
	assertBudgetFree(t, r.spool)
}

// Dovecot answers the pipelined commands of imapfetch in any order.
func TestReorderBuffer_RestoresOrderOfCommands(t *testing.T) {
	for name, tc := range map[string]struct{ command, size int }{
		"100 small messages":   {100, 1000},
		"4 MiB of middle size": {40, 4 << 20 / 40},
		"a large message":      {1, 6 << 20},
	} {
		r := newReordering(4*tc.command, defaultMemoryBytes)
		for _, command := range []int{3, 2, 1, 0} {
			for i := range tc.command {
				require.NoError(t, r.deliver(t, command*tc.command+i, tc.size))
			}
		}
		assert.Equal(t, upTo(4*tc.command), r.passed, name)
		assertBudgetFree(t, r.spool)
	}
}

func TestReorderBuffer_MissingMessageHoldsBackFewBytes(t *testing.T) {
	const size = 70_000
	r := newReordering(100, 20*size)
	for place := 1; place < 100; place++ {
		require.NoError(t, r.deliver(t, place, size))
		assert.LessOrEqual(t, len(r.held), 10, "half of the memory")
	}
	assert.Equal(t, upTo(100)[1:], r.passed)
	assert.Zero(t, r.heldBytes)
}

func TestReorderBuffer_SeveralMissing(t *testing.T) {
	r := newReordering(1500, 1<<30)
	var want []int
	for place := range 1500 {
		if place%500 != 0 {
			require.NoError(t, r.deliver(t, place, 10))
			want = append(want, place)
		}
	}
	require.NoError(t, r.end(t.Context(), nil))
	assert.Equal(t, want, r.passed)
	assertBudgetFree(t, r.spool)
}

func TestReorderBuffer_FailureFreesEverything(t *testing.T) {
	broken := errors.New("broken")
	for name, fail := range map[string]func(*reordering) error{
		"of the reading": func(r *reordering) error { return r.end(t.Context(), broken) },
		"of the pipeline": func(r *reordering) error {
			r.fail = broken
			return r.end(t.Context(), r.deliver(t, 0, 10))
		},
		"of the pipeline, at the end": func(r *reordering) error {
			r.fail = broken
			return r.end(t.Context(), nil)
		},
	} {
		r := newReordering(10, 1<<20)
		for _, place := range slices.Backward(upTo(10)[1:]) {
			require.NoError(t, r.deliver(t, place, 10))
		}
		require.ErrorIs(t, fail(r), broken, name)
		assert.Empty(t, r.passed, name)
		assertBudgetFree(t, r.spool)
	}
}
