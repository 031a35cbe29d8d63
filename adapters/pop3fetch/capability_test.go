package pop3fetch

import (
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

// badCAPA are answers of servers that cannot be asked.
var badCAPA = map[string]func(*client, string) string{
	"hangs up":                func(c *client, _ string) string { c.hangUp = true; return "" },
	"refuses and hangs up":    func(c *client, _ string) string { c.hangUp = true; return "-ERR what?\r\n" },
	"lists half, hangs up":    func(c *client, _ string) string { c.hangUp = true; return "+OK\r\nTOP\r\nPIPEL" },
	"garbage":                 always("502 unknown command\r\n"),
	"empty line":              always("\r\n"),
	"says OK and no more":     always("+OK\r\n"),
	"OK, and a list for ever": func(*client, string) string { return "+OK\r\n" + strings.Repeat("TOP\r\n", 1000) },
	"silent": func(c *client, _ string) string {
		_, _ = io.Copy(io.Discard, c.in) // until the client leaves
		c.hangUp = true
		return ""
	},
}

// reads opens a session, reads two messages and closes it.
func reads(t *testing.T, f *Fetcher, s *server, a inbound.Account) *session {
	t.Helper()
	s.serving()
	opened, err := f.Open(t.Context(), a, s.login())
	require.NoError(t, err)
	refs, _ := listAll(t, opened)
	assert.Len(t, fetchAll(t, opened, refs, inbound.FetchOptions{}), 2)
	require.NoError(t, opened.Close())
	return opened.(*session)
}

// count counts a command.
func count(s *server, command string) int {
	return len(slices.DeleteFunc(s.said(), func(line string) bool { return line != command }))
}

func TestOpen_AsksNotAgainWhatServerCannotTake(t *testing.T) {
	for name, answer := range badCAPA {
		for _, startTLS := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				s := newServer(t, mails(2)...)
				s.on["CAPA"] = answer
				account, policy := s.account(), loopback
				if startTLS {
					account, policy = s.encrypted()
				}
				f := New(&Options{Network: policy})
				f.patience = 20 * time.Millisecond
				for range 3 {
					reads(t, f, s, account)
				}
				assert.Equal(t, 1, count(s, "CAPA"), "remembered")
				assert.Equal(t, 3, count(s, "USER user@example.org"))
				assert.Equal(t, startTLS, slices.Contains(s.said(), "STLS"))
				s.mu.Lock()
				assert.Len(t, s.conns, 4)
				s.mu.Unlock()

				other := New(&Options{Network: policy})
				other.patience = f.patience
				reads(t, other, s, account)
				assert.Equal(t, 2, count(s, "CAPA"), "not for ever")
			})
		}
	}
}

func TestOpen_HangsUpAtCAPAUnderTLS(t *testing.T) {
	s := newServer(t, mails(2)...)
	account, policy := s.encrypted()
	var asked atomic.Int32
	s.on["CAPA"] = func(c *client, _ string) string { c.hangUp = asked.Add(1) == 2; return "" }
	f := New(&Options{Network: policy})
	reads(t, f, s, account)
	reads(t, f, s, account)
	assert.Equal(t, []string{"CAPA", "STLS", "CAPA", "STLS", "USER user@example.org"}, s.said()[:5])
	assert.Equal(t, 2, count(s, "CAPA"), "remembered, although it was answered in the clear")
}

// What has been answered before is not to blame for a lost connection, nor is it when
// nothing else is answered.
func TestOpen_LostConnectionIsNotTheQuestion(t *testing.T) {
	var down atomic.Bool
	drop := func(c *client, _ string) string { c.hangUp = down.Load(); return "" }
	t.Run("answered before", func(t *testing.T) {
		down.Store(false)
		s := newServer(t, mails(2)...)
		s.on["CAPA"] = drop
		f := New(&Options{Network: loopback})
		reads(t, f, s, s.account())
		down.Store(true)
		assert.Equal(t, 1, reads(t, f, s, s.account()).window)
		down.Store(false)
		assert.Equal(t, defaultPipeline, reads(t, f, s, s.account()).window)
	})
	t.Run("answered before, after the login", func(t *testing.T) {
		down.Store(false)
		s := newServer(t, mails(2)...)
		proxy(s, func(c *client, args string) string {
			if drop(c, args); c.hangUp {
				return ""
			}
			return "+OK\r\nTOP\r\nUIDL\r\nPIPELINING\r\n.\r\n"
		})
		f := New(&Options{Network: loopback})
		reads(t, f, s, s.account())
		down.Store(true)
		assert.Equal(t, 1, reads(t, f, s, s.account()).window)
		down.Store(false)
		assert.Equal(t, defaultPipeline, reads(t, f, s, s.account()).window)
	})
	t.Run("nothing is answered", func(t *testing.T) {
		down.Store(true)
		s := newServer(t, mails(2)...)
		s.on["CAPA"], s.on["USER"] = drop, drop
		f := New(&Options{Network: loopback})
		_, err := f.Open(t.Context(), s.serving(), s.login())
		require.ErrorIs(t, err, inbound.ErrTemporary)
		down.Store(false)
		assert.Equal(t, defaultPipeline, reads(t, f, s, s.account()).window)
	})
}

// proxy makes the server one that announces little before the login, and answers CAPA
// after it in its own way.
func proxy(s *server, inside func(*client, string) string) {
	s.caps = []string{"UIDL", "USER"}
	s.on["CAPA"] = func(c *client, args string) string {
		if !c.logged {
			return ""
		}
		return inside(c, args)
	}
}

func TestOpen_AsksAgainAfterLogin(t *testing.T) {
	list := func(caps string) string { return "+OK\r\n" + strings.ReplaceAll(caps, " ", "\r\n") + "\r\n.\r\n" }
	for _, tt := range []struct {
		name, inside string
		pipeline     int
		before       []string // nil: UIDL and USER
		window, asks int
	}{
		{name: "more than the proxy", inside: list("UIDL TOP PIPELINING"), window: defaultPipeline, asks: 2},
		{name: "no more", inside: list("UIDL"), window: 1, asks: 2},
		{name: "refused", inside: "-ERR not now\r\n", window: 1, asks: 2},
		{name: "nothing is missing", before: []string{"UIDL", "TOP", "PIPELINING"}, window: defaultPipeline, asks: 1},
		{name: "TOP is missing", before: []string{"UIDL", "PIPELINING"}, inside: list("UIDL TOP PIPELINING"),
			window: defaultPipeline, asks: 2},
		{name: "not wanted", before: []string{"UIDL", "TOP"}, pipeline: -1, window: 1, asks: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, mails(2)...)
			proxy(s, always(tt.inside))
			if tt.before != nil {
				s.caps = tt.before
			}
			got := reads(t, New(&Options{Network: loopback, Pipeline: tt.pipeline}), s, s.account())
			assert.Equal(t, tt.window, got.window)
			assert.Equal(t, tt.asks, count(s, "CAPA"))
		})
	}
}

func TestOpen_LogsInAgainAfterCAPAInside(t *testing.T) {
	for name, inside := range badCAPA {
		if name == "refuses and hangs up" {
			continue // seen only at the next command
		}
		t.Run(name, func(t *testing.T) {
			s := newServer(t, mails(2)...)
			proxy(s, inside)
			f := New(&Options{Network: loopback})
			f.patience = 20 * time.Millisecond
			for range 3 {
				reads(t, f, s, s.account())
			}
			assert.Equal(t, 1+1+3, count(s, "CAPA"), "before each of 4 logins, and once after the first")
			assert.Equal(t, 4, count(s, "PASS secret"))
		})
	}
	t.Run("refuses and hangs up", func(t *testing.T) {
		s := newServer(t, mails(2)...)
		proxy(s, badCAPA["refuses and hangs up"])
		f := New(&Options{Network: loopback})
		opened, err := f.Open(t.Context(), s.serving(), s.login())
		require.NoError(t, err)
		_, err = opened.List(t.Context(), "", inbound.Cursor{})
		require.ErrorIs(t, err, inbound.ErrTemporary)
		require.NoError(t, opened.Close())
		reads(t, f, s, s.account())
	})
}

// A proxy passes on what the server behind it announces, and drops what is sent ahead.
func TestOpen_TriesPipeliningOfProxy(t *testing.T) {
	for name, drops := range map[string]bool{"takes it": false, "drops it": true} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, mails(2)...)
			proxy(s, always("+OK\r\nTOP\r\nUIDL\r\nPIPELINING\r\n.\r\n"))
			for _, verb := range []string{"NOOP", "STAT", "LIST", "UIDL", "RETR"} {
				s.on[verb] = func(c *client, _ string) string {
					if drops {
						_, _ = c.in.Discard(c.in.Buffered())
					}
					return ""
				}
			}
			f := New(&Options{Network: loopback})
			f.patience = 50 * time.Millisecond
			logins, noops, window := 3, 2, defaultPipeline
			if drops {
				logins, noops, window = 4, 1, 1
			}
			for range 3 {
				assert.Equal(t, window, reads(t, f, s, s.account()).window)
			}
			assert.Equal(t, logins, count(s, "PASS secret"))
			assert.Equal(t, noops, count(s, "NOOP"), "tried once")
		})
	}
}

// Small servers have neither CAPA nor PIPELINING: each command is a round trip.
func TestSession_NoNeedlessCommands(t *testing.T) {
	s := newServer(t, mails(40)...)
	s.caps = nil
	f := New(&Options{Network: loopback})
	heads := func() []string {
		before := len(s.said())
		opened, err := f.Open(t.Context(), s.serving(), s.login())
		require.NoError(t, err)
		refs, _ := listAll(t, opened)
		fetchAll(t, opened, refs, inbound.FetchOptions{HeaderOnly: true})
		assert.Len(t, fetchAll(t, opened, refs, inbound.FetchOptions{}), 40)
		require.NoError(t, opened.Delete(t.Context(), nil))
		return s.said()[before:]
	}
	all := heads()
	assert.Equal(t, []string{"CAPA", "USER user@example.org", "PASS secret", "STAT", "LIST", "UIDL"}, all[:6])
	assert.Len(t, all, 6+1+40+40+1, "the first TOP shows whether there is TOP")
	assert.Len(t, heads(), 6+40+40+1, "remembered")
}
