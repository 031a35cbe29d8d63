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

// A history ends with its last message, also if the turn does before the end of the page.
func TestHistory_EndsWithItsLastMessage(t *testing.T) {
	for _, newest := range []bool{false, true} {
		refs := []Ref{{Position: 1, Size: 100}, {Position: 2, Size: 100}}
		p := &plan{state: &FolderState{History: History{Before: 3, Messages: 5, Bytes: 700}}}
		for len(refs) > 0 {
			assert.False(t, p.state.History.isOver())
			var slice []Ref
			slice, refs = split(refs, 1, newest)
			p.passed(slice, newest)
		}
		assert.Zero(t, p.state.History)
		assert.EqualValues(t, 700, p.settled, "what is known already is settled, too")
	}
}
