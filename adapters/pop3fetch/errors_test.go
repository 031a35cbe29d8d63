package pop3fetch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestExplain_QuotesAndCutsServerText(t *testing.T) {
	s := newServer(t, mails(1)...)
	s.on["STAT"] = func(*client, string) string {
		return "-ERR \x1b[2J" + strings.Repeat("long ", 500) + "\r\n"
	}
	_, err := s.open().List(t.Context(), "", inbound.Cursor{})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "\x1b")
	assert.Less(t, len(err.Error()), 500)
}
