package imapfetch

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSizeQuery_SkipsBrokenMessage(t *testing.T) {
	z := &sizeQuery{uids: []uint32{3, 5, 8}, known: map[uint32]messageSize{3: {size: 10}}}
	z.skipBroken()
	assert.Equal(t, map[uint32]messageSize{3: {size: 10}, 5: {}}, z.known, "the first one that did not come")

	z = &sizeQuery{uids: []uint32{3, 5, 8}, known: map[uint32]messageSize{3: {size: 10}}, last: 8}
	z.skipBroken()
	assert.Equal(t, map[uint32]messageSize{3: {size: 10}, 8: {}}, z.known, "the one that came in part")
}
