package pop3fetch

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestCapabilities_CAPARefused(t *testing.T) {
	s := newServer(t, mails(3)...)
	s.caps = nil
	session := s.open()
	refs, listing := listAll(t, session)
	assert.Len(t, refs, 3)
	assert.False(t, listing.Incomplete)
	check, err := session.(inbound.Informer).ServerInfo(t.Context())
	require.NoError(t, err)
	assert.Nil(t, check.Capabilities)
}
