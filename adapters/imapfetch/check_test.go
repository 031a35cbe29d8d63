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
