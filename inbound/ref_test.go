package inbound_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestSourceID_String(t *testing.T) {
	assert.Equal(t, "4711", inbound.SourceID{Folder: "INBOX", Generation: "1", Key: "4711"}.String())
	assert.Equal(t, "abc#1", inbound.SourceID{Key: "abc", Occurrence: 1}.String())
}

func TestSourceID_Compare(t *testing.T) {
	ordered := []inbound.SourceID{
		{},
		{Key: "9"}, {Key: "10"}, {Key: "10", Occurrence: 1}, {Key: "10",
			Occurrence: 10}, {Key: "11"}, {Key: "AB"}, {Key: "ab"},
		{Generation: "1", Key: "1"}, {Generation: "2"},
		{Folder: "INBOX"}, {Folder: "INBOX", Generation: "1"}, {Folder: "Orders", Key: "1"},
	}
	for i, a := range ordered {
		for j, b := range ordered {
			assert.Equal(t, i < j, a.Compare(b) < 0, "%+v, %+v", a, b)
			assert.Equal(t, i == j, a.Compare(b) == 0, "%+v, %+v", a, b)
		}
	}
	shuffled := slices.Clone(ordered)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	slices.SortFunc(shuffled, inbound.SourceID.Compare)
	assert.Equal(t, ordered, shuffled)
}
