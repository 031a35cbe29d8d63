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

// reordering is a reorderBuffer of n messages, and what it has passed on.
type reordering struct {
	*reorderBuffer
	spool  *spooler
	passed []int
	fail   error
}

func newReordering(n int, memory int64) *reordering {
	refs := make([]Ref, n)
	for i := range refs {
		refs[i].UIDL = strconv.Itoa(i)
	}
	r := &reordering{spool: newSpooler("", memory)}
	r.reorderBuffer = newReorderBuffer(&line{}, refs)
	r.put = func(_ context.Context, it *item) error {
		it.raw.Close()
		if r.fail != nil {
			return r.fail
		}
		i, err := strconv.Atoi(it.ref.UIDL)
		r.passed = append(r.passed, i)
		return err
	}
	return r
}

func (r *reordering) deliver(t *testing.T, place, size int) error {
	raw, _, err := r.spool.take(t.Context(), bytes.NewReader(make([]byte, size)), int64(size), 0, r.mayWait())
	require.NoError(t, err)
	return r.add(t.Context(), &item{ref: Ref{ID: ID{UIDL: strconv.Itoa(place)}}, raw: raw})
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func TestReorderBuffer_RestoresTheOrder(t *testing.T) {
	r := newReordering(6, 1<<20)
	for _, place := range []int{3, 0, 2, 1, 5, 4} {
		require.NoError(t, r.deliver(t, place, 10))
	}
	assert.Equal(t, upTo(6), r.passed)
	assert.True(t, r.mayWait())
	require.NoError(t, r.end(t.Context(), nil))
	assertBudgetFree(t, r.spool)
}

func TestReorderBuffer_MissingMessageHoldsBackFewFiles(t *testing.T) {
	const inMemory = 10
	r := newReordering(900, inMemory*int64(spoolClasses[0]))
	most := 0
	for place := 1; place < 900; place++ {
		require.NoError(t, r.deliver(t, place, 10))
		most = max(most, len(r.held))
	}
	assert.Equal(t, inMemory+maxHeldFiles, most)
	assert.Equal(t, upTo(len(r.passed) + 1)[1:], r.passed, "in order, without waiting for the end")
	assert.Greater(t, len(r.passed), 900-most)
	require.NoError(t, r.deliver(t, 0, 10))
	assert.Equal(t, 0, r.passed[len(r.passed)-1], "passed on when it comes after all")
	require.NoError(t, r.end(t.Context(), nil))
	assert.Len(t, r.passed, 900)
	assert.Zero(t, r.files)
	assertBudgetFree(t, r.spool)
}

// Servers that answer several commands in turns get ahead of themselves by as much
// as those commands ask for. That is no reason to change the order.
func TestReorderBuffer_KeepsTheOrderOfInterleavedAnswers(t *testing.T) {
	r := newReordering(400, 24<<20)
	for i := range 100 {
		for command := range 4 {
			require.NoError(t, r.deliver(t, (3-command)*100+i, 40_000))
		}
	}
	require.NoError(t, r.end(t.Context(), nil))
	assert.Equal(t, upTo(400), r.passed)
}

func TestReorderBuffer_SeveralMissing(t *testing.T) {
	r := newReordering(300, 1<<30)
	var want []int
	for place := range 300 {
		if place%100 != 0 {
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
		"of the line": func(r *reordering) error {
			r.fail = broken
			return r.end(t.Context(), r.deliver(t, 0, 10))
		},
		"of the line, at the end": func(r *reordering) error {
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
