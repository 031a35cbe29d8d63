package imapfetch_test

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestFetch_EndsWhenCallbackFails(t *testing.T) {
	m := startMemory(t, inbound.Plain, 300)
	s := m.open(t)
	refs, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	full := errors.New("disk full")
	err = s.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(ref inbound.Ref, r io.Reader) error {
		if uint32(ref.Position) == 7 {
			return full
		}
		return nil
	})
	require.ErrorIs(t, err, full)
	require.ErrorIs(t, err, inbound.ErrDirty)
	_, err = s.List(t.Context(), "INBOX", inbound.Cursor{})
	require.ErrorIs(t, err, inbound.ErrDirty)
	require.NoError(t, s.Close())
}
