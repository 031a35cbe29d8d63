package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
)

// openPiped logs in to a server in the same bubble of synctest. Connections that the
// session makes later fail.
func openPiped(ctx context.Context, t *testing.T, s *stepServer, serverSide func(net.Conn) net.Conn) (*session, error) {
	t.Helper()
	client, pipe := net.Pipe()
	end := readAhead(pipe)
	if serverSide != nil {
		end = serverSide(end)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.serve(end)
	}()
	policy := inbound.NetworkPolicy{AllowPlaintext: true}
	account := inbound.Account{ID: "shop", Host: "imap.invalid", Port: 143, Security: inbound.Plain, Username: "shop"}
	login := inbound.PasswordLogin("secret")
	credential, err := mailauth.FromLogin(ctx, account, login)
	require.NoError(t, err)
	f := New(&Options{Network: policy})
	side := client
	if s.clientSide != nil {
		side = s.clientSide(client)
	}
	transport := mailconn.New(side, account.Host, policy)
	c := &conn{transport: transport, wire: wire.New(transport), credential: credential, server: f.servers.Of(account),
		probeAfter: f.probeAfter}
	c.wire.LimitBodies(0)
	t.Cleanup(func() {
		_ = client.Close()
		_ = end.Close()
		<-served
	})
	if err := c.establish(ctx, account, mailconn.LoginTimeout(policy)); err != nil {
		c.close()
		return nil, err
	}
	return &session{fetcher: f, account: account, login: login, conn: c}, nil
}

// aheadConn takes what the client writes before the server reads it, as a socket does.
type aheadConn struct {
	net.Conn
	pieces   chan []byte
	rest     []byte
	deadline time.Time // of Read; the zero time is none
}

func readAhead(c net.Conn) net.Conn {
	pieces := make(chan []byte, 1000)
	go func() {
		defer close(pieces)
		for {
			p := make([]byte, 4<<10)
			n, err := c.Read(p)
			if err != nil {
				return
			}
			pieces <- p[:n]
		}
	}()
	return &aheadConn{Conn: c, pieces: pieces}
}

func (c *aheadConn) SetReadDeadline(at time.Time) error {
	c.deadline = at
	return nil
}

func (c *aheadConn) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		var over <-chan time.Time
		if !c.deadline.IsZero() {
			over = time.After(time.Until(c.deadline))
		}
		select {
		case piece, ok := <-c.pieces:
			if !ok {
				return 0, io.EOF
			}
			c.rest = piece
		case <-over:
			return 0, os.ErrDeadlineExceeded
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// visit logs in, lists and fetches everything, looks for news and lists from the newest on.
func visit(ctx context.Context, t *testing.T, s *stepServer, side func(net.Conn) net.Conn) (fetched int, err error) {
	session, err := openPiped(ctx, t, s, side)
	if err != nil {
		return 0, err
	}
	defer func() { require.NoError(t, session.Close()) }()
	listing, err := session.List(ctx, "INBOX", inbound.Cursor{})
	if err != nil {
		return 0, err
	}
	err = session.Fetch(ctx, listing.Refs, inbound.FetchOptions{MaxBytes: 1 << 20},
		func(_ inbound.Ref, r io.Reader) error {
			fetched++
			_, err := io.Copy(io.Discard, r)
			return err
		})
	for _, from := range []inbound.Cursor{{Generation: "7", After: 1}, {Newest: true}} {
		if err == nil {
			_, err = session.List(ctx, "INBOX", from)
		}
	}
	return fetched, err
}

// steps are words of the commands at which a server may turn hostile.
var steps = []string{"LOGIN", "EXAMINE", "SEARCH", "RFC822.SIZE", "BODY", ",*", "FETCH 1:2 "}

// repeat writes a text again and again until the client hangs up.
func repeat(pause time.Duration, text string) func(c net.Conn) {
	return func(c net.Conn) {
		for err := error(nil); err == nil; {
			time.Sleep(pause)
			_, err = io.WriteString(c, text)
		}
	}
}

// Whatever a server does at any step, the step ends with a classified error.
func TestPace_HostileServersEnd(t *testing.T) {
	const s = time.Second
	const body = "* 1 FETCH (UID 1000000 BODY[] {1000}\r\n"
	say := func(text string, then func(net.Conn)) func(net.Conn) {
		return func(c net.Conn) {
			if _, err := io.WriteString(c, text); err == nil {
				then(c)
			}
		}
	}
	flood := func(text string) func(net.Conn) { return repeat(s/1000, strings.Repeat(text, 16<<10)) }
	silent := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	for name, tt := range map[string]struct {
		attack func(net.Conn)
		within time.Duration
		at     string // one step only
	}{
		"silence":                  {silent, 150 * s, ""},
		"line and silence":         {say("* OK [ALERT] xxxx", silent), 21 * s, ""},
		"BYE and silence":          {say("* BYE I end here\r\n", silent), 3 * s, ""},
		"byte every 2 s":           {repeat(2*s, "x"), 24 * s, ""},
		"status line every 10 ms":  {repeat(s/100, "* OK [ALERT] hello there\r\n"), 11 * s, ""},
		"status line every second": {repeat(s, "* OK still here\r\n"), 62 * s, ""},
		"EXISTS every second":      {repeat(s, "* 4294967295 EXISTS\r\n"), 62 * s, ""},
		"flags every second":       {repeat(s, "* 1 FETCH (FLAGS ())\r\n"), 62 * s, ""},
		"size every second":        {repeat(s, "* 1 FETCH (UID 9 RFC822.SIZE 1)\r\n"), 131 * s, ""},
		"status line every 15 s":   {repeat(15*s, "* OK still here\r\n"), 601 * s, ""},
		"endless line":             {repeat(s/1000, strings.Repeat("x", 16<<10)), 10 * s, ""},
		"nesting":                  {repeat(s/1000, strings.Repeat("(", 16<<10)), 10 * s, ""},
		"unasked BODYSTRUCTURE":    {say("* 1 FETCH (BODYSTRUCTURE ", flood("(")), 10 * s, ""},
		"unasked body":             {say("* 1 FETCH (UID 9 BODY[1] {4611686018427387904}\r\n", flood("x")), 10 * s, ""},
		"EXISTS at full speed":     {repeat(0, strings.Repeat("* 4294967295 EXISTS\r\n", 1000)), 10 * s, ""},
		"SEARCH, byte every 2 s":   {say("* SEARCH 1", repeat(2*s, "1")), 63 * s, "SEARCH"},
		"SEARCH without end":       {say("* SEARCH", repeat(s/1000, strings.Repeat(" 5", 8<<10))), 10 * s, "SEARCH"},
		"body and silence":         {say(body, silent), 150 * s, steps[4]},
		"body, 2 bytes a second":   {say(body, repeat(s/2, "x")), 32 * s, steps[4]},
		"body, byte every 2 s":     {say(body, repeat(2*s, "x")), 34 * s, steps[4]},
	} {
		for _, at := range steps {
			if tt.at != "" && tt.at != at {
				continue
			}
			t.Run(name+" at "+at, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var begin atomic.Int64
					server := &stepServer{messages: 2, instead: func(c net.Conn, _, text string) bool {
						if !strings.Contains(text, at) {
							return false
						}
						begin.Store(time.Now().UnixNano())
						tt.attack(c)
						return true
					}}
					_, err := visit(t.Context(), t, server, nil)
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
	pause := func(at string, d time.Duration) func(net.Conn, string, string) bool {
		return func(_ net.Conn, _, text string) bool {
			if strings.Contains(text, at) {
				time.Sleep(d)
			}
			return false
		}
	}
	for name, tt := range map[string]struct {
		server *stepServer
		side   func(net.Conn) net.Conn
	}{
		"login after 70 s":       {server: &stepServer{messages: 50, instead: pause("LOGIN", 70*time.Second)}},
		"EXAMINE after 70 s":     {server: &stepServer{messages: 50, instead: pause("EXAMINE", 70*time.Second)}},
		"SEARCH after 119 s":     {server: &stepServer{messages: 50, instead: pause("UID SEARCH", 119*time.Second)}},
		"each FETCH after 100 s": {server: &stepServer{messages: 50, instead: pause("UID FETCH", 100*time.Second)}},
		"modem":                  {server: &stepServer{messages: 2000}, side: func(c net.Conn) net.Conn { return modem{c} }},
		"still here for 5 min": {server: &stepServer{messages: 50, instead: func(c net.Conn, _, text string) bool {
			for n := 0; strings.HasPrefix(text, "UID SEARCH") && n < 20; n++ {
				time.Sleep(15 * time.Second)
				fmt.Fprint(c, "* OK Still here\r\n")
			}
			return false
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fetched, err := visit(t.Context(), t, tt.server, tt.side)
				require.NoError(t, err)
				assert.Equal(t, min(tt.server.messages, 1000), fetched)
			})
		})
	}
}

// A context that ends, ends a visit at once, whatever the server does.
func TestPace_ContextEndsAnyStep(t *testing.T) {
	for _, at := range steps {
		for name, attack := range map[string]func(net.Conn){
			"flood": repeat(time.Millisecond, strings.Repeat("* 5 EXPUNGE\r\n", 10)), "trickle": repeat(time.Second, "x"),
		} {
			t.Run(name+" at "+at, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					var ended atomic.Int64
					server := &stepServer{messages: 2, instead: func(c net.Conn, _, text string) bool {
						if strings.Contains(text, at) {
							time.AfterFunc(3*time.Second, func() { ended.Store(time.Now().UnixNano()); cancel() })
							attack(c)
							return true
						}
						return false
					}}
					_, err := visit(ctx, t, server, nil)
					require.ErrorIs(t, err, context.Canceled)
					assert.LessOrEqual(t, time.Since(time.Unix(0, ended.Load())), time.Second)
				})
			})
		}
	}
}

// stuckConn is a connection that is closed without the end of a Read.
type stuckConn struct {
	net.Conn
	over chan struct{}
}

func (c stuckConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		<-c.over
	}
	return n, err
}

// Fetch closes the connection and returns soon, also where the library goes on reading.
func TestFetch_DoesNotWaitForReader(t *testing.T) {
	full := errors.New("disk full")
	for name, tt := range map[string]struct {
		cancels bool // while the server is silent; else each fails, with more to come
		want    error
	}{"context ends": {true, context.Canceled}, "each fails": {false, full}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				server := &stepServer{messages: 2,
					clientSide: func(c net.Conn) net.Conn { return stuckConn{c, over} },
					instead: func(c net.Conn, _, text string) bool {
						if !strings.Contains(text, "BODY") {
							return false
						}
						if tt.cancels {
							time.AfterFunc(3*time.Second, cancel)
						} else {
							fmt.Fprintf(c, "* 1 FETCH (UID 1000000 BODY[] {7}\r\n1000000)\r\n")
						}
						_, _ = io.Copy(io.Discard, c)
						return true
					}}
				session, err := openPiped(ctx, t, server, nil)
				require.NoError(t, err)
				listing, err := session.List(ctx, "INBOX", inbound.Cursor{})
				require.NoError(t, err)
				begin := time.Now()
				err = session.Fetch(ctx, listing.Refs, inbound.FetchOptions{},
					func(inbound.Ref, io.Reader) error { return full })
				require.ErrorIs(t, err, tt.want)
				require.ErrorIs(t, err, inbound.ErrDirty)
				require.NoError(t, session.Close())
				assert.LessOrEqual(t, time.Since(begin), 5*time.Second)
				close(over) // and no goroutine is left then
			})
		})
	}
}
