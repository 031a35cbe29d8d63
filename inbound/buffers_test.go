package inbound

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSpareBuffers_UsedAgain(t *testing.T) {
	b := &spareBuffers{total: 1 << 20}
	one, two := b.take(0), b.take(0)
	b.giveBack(0, one[:10])
	assert.Same(t, &one[0], &b.take(0)[0])
	b.giveBack(0, one)
	b.giveBack(0, two)
	assert.Zero(t, b.kept, "nothing is kept when none is in use")
	assert.Zero(t, b.used)
}

func TestSpareBuffers_BelowTheTotal(t *testing.T) {
	b := &spareBuffers{total: 1 << 20}
	small, large := b.take(0), b.take(1)
	b.giveBack(1, large)
	assert.EqualValues(t, 64<<10, b.kept)
	for range 58 {
		b.take(0)
		assert.LessOrEqual(t, b.used+b.kept, b.total)
	}
	assert.EqualValues(t, 64<<10, b.kept, "there is room for it")
	for range 5 {
		b.take(0)
		assert.LessOrEqual(t, b.used+b.kept, b.total)
	}
	assert.Zero(t, b.kept)
	b.giveBack(0, small)
	assert.EqualValues(t, 16<<10, b.kept)
}
