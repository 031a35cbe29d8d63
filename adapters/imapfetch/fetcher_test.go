package imapfetch_test

import (
	"errors"
	"io"
	"net"
	"strconv"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestListAndFetchByEverySecurity(t *testing.T) {
	for _, security := range []inbound.Security{inbound.TLS, inbound.StartTLS, inbound.Plain} {
		t.Run(string(security), func(t *testing.T) {
			m := startMemory(t, security, 2345)
			s := m.open(t)
			first, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
			require.NoError(t, err)
			assert.Len(t, first.Refs, 1000)
			assert.True(t, first.More)
			assert.False(t, first.Incomplete)
			assert.Equal(t, 2345, first.Total)
			assert.EqualValues(t, 2346, first.NextPosition)
			assert.NotZero(t, first.Generation)
			refs, last, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
			require.NoError(t, err)
			require.Len(t, refs, 2345)
			assert.EqualValues(t, 2345, last.Next.After)
			for i, ref := range refs {
				require.EqualValues(t, i+1, ref.Position)
				require.EqualValues(t, len(message(i)), ref.Size)
				require.True(t, ref.Received.IsZero())
			}
			bodies, order, err := fetchAll(t.Context(), s, refs, inbound.FetchOptions{})
			require.NoError(t, err)
			assert.Equal(t, uidsOf(refs), order)
			for i := range 2345 {
				require.Equal(t, message(i), bodies[uint32(i+1)])
			}
		})
	}
}

func TestListSeesNewMailAndForgetsNothing(t *testing.T) {
	m := startMemory(t, inbound.Plain, 3)
	s := m.open(t)
	refs, listing, err := listAll(t.Context(), s, "inbox", inbound.Cursor{Received: true})
	require.NoError(t, err)
	require.Len(t, refs, 3)
	assert.Equal(t, "inbox", refs[0].Folder, "a folder keeps the caller's spelling")
	assert.True(t, arrival(0).Equal(refs[0].Received))

	listing, err = s.List(t.Context(), "inbox", listing.Next)
	require.NoError(t, err)
	assert.Empty(t, listing.Refs, "n:* matches the last message always")
	m.deliver(t, message(3))
	listing, err = s.List(t.Context(), "inbox", listing.Next)
	require.NoError(t, err)
	assert.Equal(t, []uint32{4}, uidsOf(listing.Refs))

	again, err := s.List(t.Context(), "inbox", inbound.Cursor{Generation: listing.Generation + "1", After: 4})
	require.NoError(t, err)
	assert.Len(t, again.Refs, 4, "a cursor of another generation begins at the start")
}

func TestFetchParts(t *testing.T) {
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
	require.NoError(t, s.Fetch(t.Context(), append(refs, gone), inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error {
		seen++
		return nil
	}))
	assert.Equal(t, 3, seen)
}

func TestFetchStopsByErrorOfEach(t *testing.T) {
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

func TestDeleteRemovesExactlyThese(t *testing.T) {
	m := startMemory(t, inbound.Plain, 10, imap.CapUIDPlus)
	s := m.open(t)
	refs, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	other := m.open(t)
	require.NoError(t, other.(inbound.Marker).MarkSeen(t.Context(), refs[:1]))
	markDeleted(t, m, 5) // by another program, not expunged

	require.NoError(t, s.Delete(t.Context(), []inbound.Ref{refs[1], refs[7]}))
	require.NoError(t, s.Delete(t.Context(), []inbound.Ref{refs[1]}), "one that is gone is no error")
	left, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	assert.Equal(t, []uint32{1, 3, 4, 5, 6, 7, 9, 10}, uidsOf(left))
	require.NoError(t, s.Close())
	left, _, err = listAll(t.Context(), m.open(t), "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	assert.Len(t, left, 8)

	stale := refs[3]
	stale.Generation += "1"
	require.ErrorIs(t, other.Delete(t.Context(), []inbound.Ref{stale}), inbound.ErrTemporary, "another UIDVALIDITY means other messages")
}

func TestDeleteNeedsUIDPlus(t *testing.T) {
	m := startMemory(t, inbound.Plain, 2)
	s := m.open(t)
	refs, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	err = s.Delete(t.Context(), refs)
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Contains(t, inbound.HintOf(err), "switch off")
	left, _, err := listAll(t.Context(), s, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	assert.Len(t, left, 2)
}

func TestCheck(t *testing.T) {
	m := startMemory(t, inbound.TLS, 0, imap.CapUIDPlus)
	require.NoError(t, m.Create("Заказы", nil))
	check, err := m.open(t).(inbound.Informer).ServerInfo(t.Context())
	require.NoError(t, err)
	assert.True(t, check.Encrypted)
	assert.ElementsMatch(t, []string{"INBOX", "Заказы"}, check.Folders)
	assert.Contains(t, check.Capabilities, "UIDPLUS")
	assert.IsIncreasing(t, check.Capabilities)
}

func TestFailuresSayWhatToDo(t *testing.T) {
	m := startMemory(t, inbound.TLS, 1)
	_, err := m.fetcher().Open(t.Context(), m.account, inbound.PasswordLogin("wrong"))
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.Contains(t, inbound.HintOf(err), "app password")
	assert.NotContains(t, err.Error(), "wrong")

	_, err = m.fetcher().Open(t.Context(), m.account, inbound.PasswordLogin("two\r\nlines"))
	require.ErrorIs(t, err, inbound.ErrAuth)

	s := m.open(t)
	for _, folder := range []string{"Nowhere", "", "IN\r\nBOX"} {
		_, err = s.List(t.Context(), folder, inbound.Cursor{})
		require.ErrorIs(t, err, inbound.ErrPermanent)
		assert.Contains(t, inbound.HintOf(err), "folder's name")
	}
	_, err = s.List(t.Context(), "INBOX", inbound.Cursor{})
	require.NoError(t, err, "the session survives a wrong folder")
}

// markDeleted sets \Deleted as another program would.
func markDeleted(t *testing.T, m *memory, uid imap.UID) {
	t.Helper()
	client, err := imapclient.DialInsecure(net.JoinHostPort(m.account.Host, strconv.Itoa(m.account.Port)), nil)
	require.NoError(t, err)
	require.NoError(t, client.Login(username, password).Wait())
	_, err = client.Select("INBOX", nil).Wait()
	require.NoError(t, err)
	require.NoError(t, client.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	require.NoError(t, client.Logout().Wait())
	_ = client.Close() // the server may have closed before
}
