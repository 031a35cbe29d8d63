package imapfetch

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSplit_ByEncodedLength(t *testing.T) {
	var sparse, dense, backwards []uint32
	for i := range uint32(1000) {
		sparse = append(sparse, 1234567890+2*i)
		dense = append(dense, 9_500+i)
		backwards = append(backwards, 99_999-i)
	}
	for name, uids := range map[string][]uint32{"sparse": sparse, "dense": dense, "backwards": backwards,
		"pairs": slices.DeleteFunc(slices.Clone(dense), func(n uint32) bool { return n%3 == 0 })} {
		var together []uint32
		sets := split(uids, math.MaxInt)
		for i, set := range sets {
			together = append(together, set...)
			assert.LessOrEqual(t, len(setOf(set).String()), setLength, name)
			if i < len(sets)-1 && name != "backwards" {
				assert.Greater(t, len(setOf(set).String()), setLength-25, "%s: no set is shorter than it has to be", name)
			}
		}
		assert.Equal(t, uids, together, name)
	}
	assert.Len(t, split(dense, math.MaxInt), 1, "a range is short")
	assert.Len(t, split(dense, 300), 4)
	assert.Empty(t, split(nil, 300))
	assert.Equal(t, [][]uint32{{math.MaxUint32}, {0}}, split([]uint32{math.MaxUint32, 0}, 1))
}
