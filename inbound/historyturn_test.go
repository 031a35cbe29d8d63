package inbound

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// allowanceFunc is an allowance.
type allowanceFunc func(bytes int64, messages int) time.Time

func (f allowanceFunc) History(_ context.Context, bytes int64, messages int) time.Time {
	return f(bytes, messages)
}

func TestHistory_PausesBetweenSlices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := time.Now().Add(time.Hour)
		var bytes []int64
		h := &history{pass: &pass{logger: slog.New(slog.DiscardHandler), allowance: allowanceFunc(func(n int64, _ int) time.Time {
			bytes = append(bytes, n)
			if n > 100 {
				return later
			}
			return time.Time{}
		})}, turn: newTurn()}
		h.bytes = 50
		goOn, err := h.between(t.Context())
		assert.NoError(t, err)
		assert.True(t, goOn)
		h.bytes = 150
		goOn, err = h.between(t.Context())
		assert.NoError(t, err)
		assert.False(t, goOn)
		assert.False(t, h.more, "the pass ends")
		assert.True(t, h.unread, "and the initial upload is not complete")
		assert.Equal(t, []int64{50, 150}, bytes, "each byte is reported once")
	})
}

func TestTurn_CutsByMeasuredRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refs := make([]Ref, 1000)
		for i := range refs {
			refs[i].Size = 64 << 10
		}
		turn := newTurn()
		for range 6 { // the rate is 80 KiB, one message, in 10 ms
			slice, _ := turn.cut(refs, false)
			turn.took(slice, time.Duration(len(slice))*10*time.Millisecond)
		}
		slice, rest := turn.cut(refs, false)
		assert.InDelta(t, 200, len(slice), 2)
		assert.Len(t, rest, 1000-len(slice))
		time.Sleep(time.Second)
		slice, _ = turn.cut(refs, true)
		assert.InDelta(t, 100, len(slice), 2)
		assert.Same(t, &refs[999], &slice[len(slice)-1], "from the newest on")
		refs[0].Size = 1 << 40
		slice, _ = turn.cut(refs, false)
		assert.Len(t, slice, 1, "one at least")
	})
}
