package cli

import (
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/stretchr/testify/require"
)

// accessToken is what a mailbox of serveByToken accepts.
const accessToken = "access-token"

// serveByToken is serve for a mailbox that accepts only an access token.
func serveByToken(t *testing.T, messages ...string) *mailbox {
	t.Helper()
	m := &mailbox{User: imapmemserver.NewUser("shop@shop.example", "")}
	require.NoError(t, m.Create("INBOX", nil))
	for _, text := range messages {
		m.deliver(t, text)
	}
	m.listen(t, func() imapserver.Session { return tokenSession{imapmemserver.NewUserSession(m.User)} })
	return m
}

// listen serves the mailbox until the test ends.
func (m *mailbox) listen(t *testing.T, session func() imapserver.Session) {
	t.Helper()
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return session(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}},
		InsecureAuth: true,
		Logger:       log.New(io.Discard, "", 0),
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.port = listener.Addr().(*net.TCPAddr).Port
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends by Close
	}()
	t.Cleanup(func() {
		_ = server.Close() // a session may be open still
		<-served
	})
}

// tokenSession logs in by XOAUTH2.
type tokenSession struct{ *imapmemserver.UserSession }

func (tokenSession) Login(string, string) error { return imapserver.ErrAuthFailed }

func (tokenSession) AuthenticateMechanisms() []string { return []string{"XOAUTH2"} }

func (tokenSession) Authenticate(string) (sasl.Server, error) { return xoauth2{}, nil }

type xoauth2 struct{}

func (xoauth2) Next(response []byte) (challenge []byte, done bool, err error) {
	if !strings.Contains(string(response), "auth=Bearer "+accessToken+"\x01") {
		return nil, false, errors.New("refused")
	}
	return nil, true, nil
}
