package pop3fetch

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestCheck_ReportsServer(t *testing.T) {
	s := newServer(t, mails(1)...)
	account, policy := s.encrypted()
	session, err := s.connect(t.Context(), s.account(), loopback)
	require.NoError(t, err)
	check, err := session.(inbound.Informer).ServerInfo(t.Context())
	require.NoError(t, err)
	assert.False(t, check.Encrypted)
	require.NoError(t, session.Close())

	session, err = s.connect(t.Context(), account, policy)
	require.NoError(t, err)
	check, err = session.(inbound.Informer).ServerInfo(t.Context())
	require.NoError(t, err)
	assert.True(t, check.Encrypted)
	assert.Contains(t, check.Capabilities, "UIDL")
	assert.Nil(t, check.Folders)
	require.NoError(t, session.Close())
}

func TestFolderInfo_CountsByStatAlone(t *testing.T) {
	s := newServer(t, mails(3)...)
	info, err := s.open().(inbound.FolderInformer).FolderInfo(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, inbound.FolderInfo{Messages: 3, Bytes: 1234}, info)
	assert.Equal(t, []string{"STAT"}, s.commands())
}

func TestFolderInfo_OddAnswers(t *testing.T) {
	for answer, want := range map[string]inbound.FolderInfo{
		"+OK 3\r\n":      {Messages: 3, Bytes: -1},
		"+OK 3 many\r\n": {Messages: 3, Bytes: -1},
		"+OK 3 -1\r\n":   {Messages: 3, Bytes: -1},
	} {
		s := newServer(t)
		s.on["STAT"] = always(answer)
		info, err := s.open().(inbound.FolderInformer).FolderInfo(t.Context(), "")
		require.NoError(t, err, answer)
		assert.Equal(t, want, info, answer)
	}
	s := newServer(t)
	s.on["STAT"] = always("-ERR [SYS/TEMP] not now\r\n")
	session := s.open()
	_, err := session.(inbound.FolderInformer).FolderInfo(t.Context(), "")
	require.ErrorIs(t, err, inbound.ErrTemporary)
	_, err = session.(inbound.FolderInformer).FolderInfo(t.Context(), "Sent")
	require.ErrorIs(t, err, inbound.ErrPermanent, "POP3 has no folders; the session goes on")
}
