package inbound

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTurn_CutsByMeasuredRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refs := make([]Ref, 1000)
		for i := range refs {
			refs[i].Size = 64 << 10
		}
		turn := newTurn()
		for range 6 { // the rate is 80 KiB, one message, in 10 ms
			slice := turn.cut(refs, false)
			turn.took(slice, time.Duration(len(slice))*10*time.Millisecond)
		}
		slice := turn.cut(refs, false)
		assert.InDelta(t, 200, len(slice), 2)
		time.Sleep(time.Second)
		slice = turn.cut(refs, true)
		assert.InDelta(t, 100, len(slice), 2)
		assert.Same(t, &refs[999], &slice[len(slice)-1], "from the newest on")
		refs[0].Size = 1 << 40
		slice = turn.cut(refs, false)
		assert.Len(t, slice, 1, "one at least")
	})
}
