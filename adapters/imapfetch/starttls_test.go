package imapfetch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestGreet_Kinds(t *testing.T) {
	for greeting, class := range map[string]error{
		"* OK ready":                       nil,
		"* ok ready":                       nil,
		" *  OK\tready ":                   nil,
		"* OK":                             nil,
		"* OK[CAPABILITY IMAP4rev1]":       nil,
		"\r\n\n* OK ready":                 nil,
		"* BYE come later":                 inbound.ErrTemporary,
		"* BYE too many clients":           inbound.ErrThrottled,
		"* PREAUTH as root":                inbound.ErrPermanent,
		"220 this is SMTP":                 inbound.ErrPermanent,
		strings.Repeat("\r\n", emptyLines): inbound.ErrPermanent,
	} {
		transport, server := dialed(t)
		_, err := server.Write([]byte(greeting + "\r\n"))
		require.NoError(t, err)
		c := connOf(t, "secret")
		c.transport = transport
		line, err := c.greet()
		if class == nil {
			require.NoError(t, err)
			assert.Equal(t, strings.TrimLeft(greeting, "\r\n"), line)
			continue
		}
		e, _ := c.failure(t.Context(), "connect", err)
		assert.Equal(t, class, e.Class, greeting)
	}
}
