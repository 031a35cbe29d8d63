package inboundtest_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func openMailbox(t *testing.T, m *inboundtest.Mailbox) inbound.Session {
	t.Helper()
	s, err := m.Open(t.Context(), inbound.Account{}, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func listFolder(t *testing.T, s inbound.Session, folder string) inbound.Listing {
	t.Helper()
	l, err := s.List(t.Context(), folder, inbound.Cursor{Received: true})
	require.NoError(t, err)
	return l
}

func TestMailbox_OtherFolders(t *testing.T) {
	m := inboundtest.NewMailbox()
	received := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	assert.EqualValues(t, 2, m.DeliverAt("Orders", received, []byte("one"), []byte("two")))
	assert.Equal(t, []uint32{1, 2}, m.UIDsOf("Orders"))
	assert.Equal(t, "two", string(m.RawOf("Orders", 2)))
	for _, ref := range listFolder(t, openMailbox(t, m), "Orders").Refs {
		assert.Equal(t, received, ref.Received)
	}
	m.RemoveFrom("Orders", 1)
	assert.Equal(t, []uint32{2}, m.UIDsOf("Orders"))
	assert.Nil(t, m.RawOf("Orders", 1))

	m.RemoveFrom("Nowhere", 1)
	assert.Empty(t, m.UIDsOf("Nowhere"))
	assert.Nil(t, m.RawOf("Nowhere", 1))
	assert.Empty(t, m.UIDs(), "INBOX is a different folder")
}

func TestMailbox_RenamedFolderKeepsUIDs(t *testing.T) {
	m := inboundtest.NewMailbox()
	m.DeliverTo("A", []byte("one"), []byte("two"))
	m.RemoveFrom("A", 1)
	m.RenameFolder("A", "B")
	s := openMailbox(t, m)
	_, err := s.List(t.Context(), "A", inbound.Cursor{})
	require.ErrorIs(t, err, inbound.ErrPermanent, "it is gone")
	b := listFolder(t, s, "B")
	require.Len(t, b.Refs, 1)
	assert.Equal(t, inbound.SourceID{Folder: "B", Generation: "1", Key: "2"}, b.Refs[0].SourceID)
	assert.EqualValues(t, 3, b.NextPosition)

	m.DeliverTo("A", []byte("three"))
	assert.Equal(t, "2", listFolder(t, s, "A").Generation, "a UID of the old A must not name a message of the new one")
	m.RenameFolder("A", "B")
	assert.Equal(t, "two", string(m.RawOf("B", 2)), "the name is taken")
	assert.Equal(t, []uint32{1}, m.UIDsOf("A"))
	m.RenameFolder("B", "C")
	m.RenameFolder("A", "B")
	assert.Equal(t, "2", listFolder(t, s, "B").Generation, "higher than that of the former B")
	m.RenameFolder("C", "A")
	assert.Equal(t, "3", listFolder(t, s, "A").Generation, "higher than that of both former As")
	m.RenameFolder("Nowhere", "D")
	assert.Empty(t, m.UIDsOf("D"))
}

func TestMailbox_RenamedInboxIsEmpty(t *testing.T) {
	m := inboundtest.NewMailbox()
	m.Deliver([]byte("one"), []byte("two"))
	m.RenameFolder("INBOX", "Old")
	assert.Empty(t, m.UIDs())
	assert.Equal(t, []uint32{1, 2}, m.UIDsOf("Old"))
	assert.EqualValues(t, 3, m.Deliver([]byte("three")), "no UID is reused")
}

func TestMailbox_InterceptFolderFailsOneFolder(t *testing.T) {
	broken := errors.New("broken")
	for _, failing := range []string{"list", "fetch", "delete", "seen"} {
		m := inboundtest.NewMailbox()
		m.Deliver([]byte("one"))
		m.DeliverTo("Orders", []byte("two"))
		var order []string
		m.Intercept = func(step string) error { order = append(order, step); return nil }
		m.InterceptFolder = func(step, folder string) error {
			order = append(order, step+" "+folder)
			if step == failing && folder == "Orders" {
				return broken
			}
			return nil
		}
		s := openMailbox(t, m)
		_, listed := s.List(t.Context(), "Orders", inbound.Cursor{})
		for folder, want := range map[string]error{"INBOX": nil, "Orders": broken} {
			refs := []inbound.Ref{{SourceID: inbound.SourceID{Folder: folder, Generation: "1", Key: "1"}}}
			var err error
			switch failing {
			case "list":
				_, err = s.List(t.Context(), folder, inbound.Cursor{})
			case "fetch":
				err = s.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error {
					return nil
				})
			case "delete":
				err = s.Delete(t.Context(), refs)
			case "seen":
				err = s.(inbound.Marker).MarkSeen(t.Context(), refs)
			}
			assert.Equal(t, want, err, "%s in %s", failing, folder)
		}
		assert.Equal(t, failing == "list", listed != nil)
		assert.Equal(t, []string{"open", "list", "list Orders"}, order[:3], "after Intercept")
		assert.Equal(t, []uint32{1}, m.UIDsOf("Orders"), "a refused deletion deletes nothing")
	}
}

func TestMailbox_InterceptFolderInPOP3(t *testing.T) {
	m := inboundtest.NewMailbox()
	m.POP3 = true
	var folders []string
	m.InterceptFolder = func(_, folder string) error { folders = append(folders, folder); return nil }
	listFolder(t, openMailbox(t, m), "")
	assert.Equal(t, []string{"INBOX"}, folders)
}

func TestMailbox_InterceptMessageFailsTheFetch(t *testing.T) {
	poison := errors.New("cannot be read")
	m := inboundtest.NewMailbox()
	m.Deliver([]byte("one"), []byte("two"), []byte("three"))
	m.InterceptMessage = func(raw []byte) error {
		if string(raw) == "two" {
			return poison
		}
		return nil
	}
	s := openMailbox(t, m)
	var got []uint32
	err := s.Fetch(t.Context(), listFolder(t, s, "INBOX").Refs, inbound.FetchOptions{},
		func(ref inbound.Ref, _ io.Reader) error {
			got = append(got, uint32(ref.Position))
			return nil
		})
	require.ErrorIs(t, err, poison)
	assert.Equal(t, []uint32{1}, got, "those before it are handed over")
}
