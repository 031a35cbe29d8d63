package pop3fetch

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
)

// visitPiped logs in to a server in the same bubble of synctest, lists, and fetches
// everything. side wraps the server's end of the connection.
func visitPiped(t *testing.T, s *server, side func(net.Conn) net.Conn) (fetched int, err error) {
	t.Helper()
	ours, end := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		(&client{server: s, conn: side(end), in: bufio.NewReader(end), marked: map[int]bool{}}).serve()
	}()
	t.Cleanup(func() {
		_ = ours.Close()
		_ = end.Close()
		<-served
	})
	policy := inbound.NetworkPolicy{AllowPlaintext: true}
	conn := mailconn.New(ours, "pop.example.com", policy)
	credential, err := mailauth.FromLogin(t.Context(), s.account(), s.login())
	require.NoError(t, err)
	session := &session{memory: &listShare{of: newListMemory(0)},
		wire: newWire(conn, credential.Redact), conn: conn, credential: credential, quirks: new(quirks),
		patience: capabilityPatience, window: 1}
	if err := session.establish(t.Context(), mailconn.LoginTimeout(policy), false, nil); err != nil {
		return 0, err
	}
	defer func() { require.NoError(t, session.Close()) }()
	listing, err := session.List(t.Context(), "", inbound.Cursor{})
	if err != nil {
		return 0, err
	}
	err = session.Fetch(t.Context(), listing.Refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
		fetched++
		_, err := io.Copy(io.Discard, r)
		return err
	})
	return fetched, err
}

func asIs(c net.Conn) net.Conn { return c }

// Whatever a server does at any step, the step ends with a classified error.
func TestPace_HostileServersEnd(t *testing.T) {
	const s = time.Second
	for name, tt := range map[string]struct {
		first  string        // sent together
		pause  time.Duration // before each of the next ones
		then   string
		within time.Duration
		at     []string
	}{
		"silence":             {"", time.Hour, "x", 121 * s, []string{"USER", "PASS", "STAT", "LIST", "UIDL", "RETR"}},
		"byte every 2 s":      {"", 2 * s, "x", 20 * s, []string{"USER", "PASS", "STAT", "LIST", "UIDL", "RETR"}},
		"line and silence":    {"+OK", time.Hour, "x", 16 * s, []string{"USER", "PASS", "STAT", "LIST", "UIDL", "RETR"}},
		"list line by byte":   {"+OK\r\n", 2 * s, "1", 64 * s, []string{"LIST", "UIDL"}},
		"list line a second":  {"+OK\r\n", s, "1 x\r\n", 64 * s, []string{"LIST", "UIDL"}},
		"list without end":    {"+OK\r\n", s / 1000, strings.Repeat("1 x\r\n", 100), 5 * s, []string{"LIST", "UIDL"}},
		"message by byte":     {"+OK\r\nSubject: x\r\n", 2 * s, "x", 35 * s, []string{"RETR"}},
		"message, 2 a second": {"+OK\r\nSubject: x\r\n", s / 2, "x\r\n", 35 * s, []string{"RETR"}},
		"message and silence": {"+OK\r\nSubject: x\r\n", time.Hour, "x", 121 * s, []string{"RETR"}},
		"message without end": {"+OK\r\n", s / 1000, strings.Repeat("x", 1<<20), 5 * s, []string{"RETR"}},
	} {
		for _, at := range tt.at {
			t.Run(name+" at "+at, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server, over := newServer(t, mails(3)...), make(chan struct{})
					var begin atomic.Int64
					server.on[at] = func(c *client, _ string) string {
						c.hangUp = true
						begin.Store(time.Now().UnixNano())
						_, err := io.WriteString(c.conn, tt.first)
						for err == nil {
							select {
							case <-time.After(tt.pause):
							case <-over:
								return ""
							}
							_, err = io.WriteString(c.conn, tt.then)
						}
						return ""
					}
					_, err := visitPiped(t, server, asIs)
					close(over)
					require.ErrorIs(t, err, inbound.ErrTemporary)
					require.NotEmpty(t, inbound.HintOf(err))
					assert.LessOrEqual(t, time.Since(time.Unix(0, begin.Load())), tt.within, err)
					assert.Less(t, len(err.Error()), 500)
				})
			})
		}
	}
}

// modem writes 1 KiB a second.
type modem struct{ net.Conn }

func (m modem) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		var k int
		time.Sleep(time.Second / 8)
		k, err = m.Conn.Write(p[:min(len(p), 128)])
		n, p = n+k, p[k:]
	}
	return n, err
}

// Honest servers may be slow.
func TestPace_SlowServersPass(t *testing.T) {
	for name, side := range map[string]func(net.Conn) net.Conn{
		"as is": asIs, "modem": func(c net.Conn) net.Conn { return modem{c} },
	} {
		for _, slow := range []string{"", "PASS", "STAT", "LIST", "UIDL", "RETR"} {
			t.Run(name+", waits at "+slow, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					all := mails(300)
					all[7].raw += strings.Repeat("hello world\r\n", 20_000)
					server := newServer(t, all...)
					if slow != "" {
						server.on[slow] = func(*client, string) string { time.Sleep(70 * time.Second); return "" }
					}
					fetched, err := visitPiped(t, server, side)
					require.NoError(t, err)
					assert.Equal(t, len(all), fetched)
				})
			})
		}
	}
}
