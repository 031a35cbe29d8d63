package imapfetch_test

import (
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestCheck_ReportsServer(t *testing.T) {
	m := startMemory(t, inbound.TLS, 0, imap.CapUIDPlus)
	require.NoError(t, m.Create("Заказы", nil))
	check, err := m.open(t).(inbound.Informer).ServerInfo(t.Context())
	require.NoError(t, err)
	assert.True(t, check.Encrypted)
	assert.ElementsMatch(t, []string{"INBOX", "Заказы"}, check.Folders)
	assert.Contains(t, check.Capabilities, "UIDPLUS")
	assert.IsIncreasing(t, check.Capabilities)
}

func TestFolderInfo_BytesWhereServerHasStatusSize(t *testing.T) {
	for _, c := range []struct {
		caps  []imap.Cap
		bytes int64
	}{
		{nil, -1},
		{[]imap.Cap{imap.CapStatusSize}, int64(len(message(0)) + len(message(1)))},
	} {
		m := startMemory(t, inbound.Plain, 2, c.caps...)
		info, err := m.open(t).(inbound.FolderInformer).FolderInfo(t.Context(), "INBOX")
		require.NoError(t, err)
		assert.Equal(t, inbound.FolderInfo{Folder: "INBOX", Messages: 2, Bytes: c.bytes}, info)
	}
}

func TestFolderInfo_MissingFolderKeepsSession(t *testing.T) {
	m := startMemory(t, inbound.Plain, 1, imap.CapStatusSize)
	s := m.open(t)
	_, err := s.(inbound.FolderInformer).FolderInfo(t.Context(), "Gone")
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Contains(t, inbound.HintOf(err), "check the folder's name")
	_, err = s.(inbound.FolderInformer).FolderInfo(t.Context(), "")
	require.ErrorIs(t, err, inbound.ErrPermanent, "no name at all")
	info, err := s.(inbound.FolderInformer).FolderInfo(t.Context(), "INBOX")
	require.NoError(t, err)
	assert.Equal(t, 1, info.Messages)
}
