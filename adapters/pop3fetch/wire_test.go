package pop3fetch

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestStatus_RefusesForeignReplies(t *testing.T) {
	for _, answer := range []string{"\r\n", "Subject: x\r\n\r\n.\r\n", "+OKAY\r\nx\r\n.\r\n", "250 OK\r\n", "+ \r\n"} {
		s := newServer(t, mails(1)...)
		s.on["RETR"] = func(*client, string) string { return answer }
		session := s.open()
		refs, _ := listAll(t, session)
		err := session.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error {
			t.Errorf("delivered by %q", answer)
			return nil
		})
		require.ErrorIs(t, err, inbound.ErrDirty)
	}
}

func TestStatus_AcceptsLowerCase(t *testing.T) {
	s := newServer(t, mails(1)...)
	s.greeting = "+ok hello"
	for _, verb := range []string{"USER", "PASS"} {
		s.on[verb] = func(*client, string) string { return "+Ok\n" }
	}
	s.open()
}

func TestStatus_ReadsPlusERRAsRefusal(t *testing.T) {
	s := newServer(t, mails(1)...)
	s.on["PASS"] = func(*client, string) string { return "+ERR Server error: Failed to fetch messages in Inbox.\r\n" }
	_, err := s.connect(t.Context(), s.account(), loopback)
	require.ErrorIs(t, err, inbound.ErrTemporary)
	assert.Contains(t, inbound.HintOf(err), "trouble of its own")
}
