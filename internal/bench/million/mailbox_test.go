package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMailbox_NumbersAndUIDs(t *testing.T) {
	b := newMailbox(1000)
	uids := make([]uint32, 0, 1000)
	for number := range uint32(1000) {
		uids = append(uids, b.uid(number+1))
	}
	assert.True(t, slices.IsSorted(uids))
	assert.NotContains(t, uids, uint32(10), "it is of a message that is gone")
	assert.Len(t, slices.Compact(slices.Clone(uids)), 1000)
	for first := uint32(0); first <= b.next()+1; first += 7 {
		for _, length := range []uint32{0, 1, 2, 30, 5000} {
			var want, got []uint32
			for _, uid := range uids {
				if first <= uid && uid <= first+length {
					want = append(want, uid)
				}
			}
			for number := range b.byUID([]span{{first, first + length}}) {
				got = append(got, b.uid(number))
			}
			require.Equal(t, want, got, "%d:%d", first, first+length)
		}
	}
}

func TestMailbox_Message(t *testing.T) {
	b := newMailbox(1000)
	for number := range uint32(1000) {
		raw := b.appendMessage(nil, number+1)
		require.Len(t, raw, messageSize)
		require.Equal(t, raw, b.appendMessage(nil, number+1))
	}
}

func TestParseSet(t *testing.T) {
	set, err := parseSet("7,9:5,*,20:*", 12)
	require.NoError(t, err)
	assert.Equal(t, []span{{7, 7}, {5, 9}, {12, 12}, {12, 20}}, set)
	for _, wrong := range []string{"", "a", "1:", ":2", "1,,2", "-1", "4294967296"} {
		_, err := parseSet(wrong, 12)
		require.ErrorContains(t, err, "no set of messages", wrong)
	}
}
