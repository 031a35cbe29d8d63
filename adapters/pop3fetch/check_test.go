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
