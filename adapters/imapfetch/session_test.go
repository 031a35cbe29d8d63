package imapfetch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestSession_SurvivesWrongFolder(t *testing.T) {
	s := startMemory(t, inbound.TLS, 1).open(t)
	for _, folder := range []string{"Nowhere", "", "IN\r\nBOX"} {
		_, err := s.List(t.Context(), folder, inbound.Cursor{})
		require.ErrorIs(t, err, inbound.ErrPermanent)
		assert.Contains(t, inbound.HintOf(err), "folder's name")
	}
	_, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
	require.NoError(t, err)
}
