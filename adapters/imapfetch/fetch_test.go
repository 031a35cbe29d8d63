package imapfetch_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestFetch_HeadersAndParts(t *testing.T) {
	m := startMemory(t, inbound.Plain, 3)
	s := m.open(t)
	refs, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	heads, _, err := fetchAll(t.Context(), s, refs, inbound.FetchOptions{HeaderOnly: true})
	require.NoError(t, err)
	assert.Equal(t, "From: anna2@example.com\r\nTo: shop@example.com\r\nSubject: order 2\r\n\r\n", heads[3])
	starts, _, err := fetchAll(t.Context(), s, refs, inbound.FetchOptions{MaxBytes: 10})
	require.NoError(t, err)
	assert.Equal(t, "From: anna", starts[3])
	// What is left unread is skipped, and what is gone is left out.
	var seen int
	gone := inbound.Ref{SourceID: inbound.SourceID{Folder: "INBOX", Generation: refs[0].Generation, Key: "99"}}
	all := append(refs, gone)
	require.NoError(t, s.Fetch(t.Context(), all, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error {
		seen++
		return nil
	}))
	assert.Equal(t, 3, seen)
}
