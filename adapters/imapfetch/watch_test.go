package imapfetch

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// idleServer is a server with IDLE. During it, says is called, in which the server can say
// something; if it returns false, the server does not wait for DONE.
func idleServer(says func(c net.Conn, tag string, n int) bool) *stepServer {
	n := 0
	return &stepServer{messages: 5, capabilities: "IMAP4rev1 IDLE", instead: func(c net.Conn, tag, text string) bool {
		if text != "IDLE" {
			return false
		}
		fmt.Fprint(c, "+ idling\r\n")
		n++
		if !says(c, tag, n) {
			return true
		}
		line, err := bufio.NewReader(c).ReadString('\n')
		if err == nil && line == "DONE\r\n" {
			fmt.Fprintf(c, "%s OK done\r\n", tag)
		}
		return true
	}}
}

// inBubble lists the folder of a server and calls watch with a session, in a bubble of
// synctest.
func inBubble(t *testing.T, server *stepServer, watch func(t *testing.T, s *session)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := openPiped(t.Context(), t, server, nil)
		require.NoError(t, err)
		page, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
		require.NoError(t, err)
		require.Len(t, page.Refs, 5)
		watch(t, s)
		require.NoError(t, s.Close())
		time.Sleep(time.Hour) // of the bubble: what the server still says comes to its end
	})
}

func TestWatch_Ends(t *testing.T) {
	const limit = 9 * time.Minute
	later := func(after time.Duration, text string) func(net.Conn, string, int) bool {
		return func(c net.Conn, tag string, _ int) bool {
			time.AfterFunc(after, func() { fmt.Fprint(c, strings.ReplaceAll(text, "TAG", tag)) })
			return true
		}
	}
	every := func(pause time.Duration, text string) func(net.Conn, string, int) bool {
		return func(c net.Conn, tag string, n int) bool {
			if n == 1 {
				go repeat(pause, text)(c)
			}
			return true
		}
	}
	for name, tt := range map[string]struct {
		says  func(c net.Conn, tag string, n int) bool
		after time.Duration
		fails string // "" if Watch returns nil
		idles int
	}{
		"at the limit":       {later(time.Hour, ""), limit, "", 1},
		"more EXISTS":        {later(5*time.Minute, "* 6 EXISTS\r\n"), 5 * time.Minute, "", 1},
		"EXPUNGE and EXISTS": {later(time.Minute, "* 1 EXPUNGE\r\n* 5 EXISTS\r\n"), time.Minute, "", 1},
		"RECENT alone":       {later(time.Minute, "* 1 RECENT\r\n"), time.Minute, "", 1},
		"same EXISTS":        {later(time.Minute, "* 5 EXISTS\r\n* 0 RECENT\r\n"), limit, "", 1},
		"flags and remarks": {every(10*time.Second, "* 1 FETCH (FLAGS (\\Seen))\r\n* OK Still here\r\n"),
			limit, "", 1},
		"a line every 100 ms": {every(100*time.Millisecond, "* OK Still here\r\n"), limit, "", 11},
		"BYE": {later(time.Minute, "* BYE Server shutdown\r\n"), time.Minute,
			"Server shutdown", 1},
		"ended by the server": {func(c net.Conn, tag string, _ int) bool {
			time.Sleep(55 * time.Second)
			fmt.Fprintf(c, "%s OK timeout\r\n", tag)
			return false
		}, 55 * time.Second, "", 1},
		"cut": {func(c net.Conn, _ string, _ int) bool {
			time.Sleep(4 * time.Minute)
			_ = c.Close()
			return false
		}, 4 * time.Minute, "connection", 1},
		"DONE without an answer": {func(c net.Conn, _ string, _ int) bool {
			_, _ = io.Copy(io.Discard, c) // until the client ends the connection
			return false
		}, limit + idleAnswer, "too long to answer", 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := idleServer(tt.says)
			inBubble(t, server, func(t *testing.T, s *session) {
				begin := time.Now()
				err := s.Watch(t.Context(), "INBOX", limit, nil)
				assert.Equal(t, tt.after, time.Since(begin).Truncate(time.Second))
				assert.Len(t, server.sent("IDLE"), tt.idles)
				if tt.fails == "" {
					require.NoError(t, err)
					_, err = s.List(t.Context(), "INBOX", inbound.Cursor{Generation: "7", After: 1_000_000})
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, inbound.ErrTemporary)
				require.ErrorIs(t, err, inbound.ErrDirty)
				assert.Contains(t, err.Error(), tt.fails)
			})
		})
	}
}

// The server accepts IDLE by no word.
func TestWatch_IdleNeverBegins(t *testing.T) {
	server := &stepServer{messages: 5, capabilities: "IMAP4rev1 IDLE",
		answer: func(text string) string {
			if text == "IDLE" {
				return "* OK wait\r\n"
			}
			return ""
		}}
	inBubble(t, server, func(t *testing.T, s *session) {
		begin := time.Now()
		err := s.Watch(t.Context(), "INBOX", time.Hour, nil)
		require.ErrorIs(t, err, inbound.ErrDirty)
		assert.Equal(t, idleAnswer, time.Since(begin))
	})
}

func TestWatch_ContextAndWake(t *testing.T) {
	for _, capabilities := range []string{"IMAP4rev1", "IMAP4rev1 IDLE"} {
		server := idleServer(func(net.Conn, string, int) bool { return true })
		server.capabilities = capabilities
		inBubble(t, server, func(t *testing.T, s *session) {
			wake := make(chan struct{})
			time.AfterFunc(3*time.Second, func() { wake <- struct{}{} })
			begin := time.Now()
			require.NoError(t, s.Watch(t.Context(), "INBOX", time.Hour, wake))
			assert.Equal(t, 3*time.Second, time.Since(begin))
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			require.ErrorIs(t, s.Watch(ctx, "INBOX", time.Hour, wake), context.DeadlineExceeded)
			assert.Equal(t, 6*time.Second, time.Since(begin))
			require.ErrorIs(t, s.Watch(t.Context(), "INBOX", time.Hour, wake), inbound.ErrDirty)
		})
	}
}

// Where there is no IDLE, NOOP is sent once a minute.
func TestWatch_AsksOnceAMinuteWithoutIdle(t *testing.T) {
	for name, refusal := range map[string]string{"lacking": "", "BAD": "TAG BAD unknown command\r\n",
		"NO": "TAG NO not supported here\r\n"} {
		t.Run(name, func(t *testing.T) {
			noops := 0
			server := &stepServer{messages: 5, answer: func(text string) string {
				if text == "NOOP" {
					if noops++; noops == 7 {
						return "* 6 EXISTS\r\nTAG OK\r\n"
					}
				}
				if text == "IDLE" {
					return refusal
				}
				return ""
			}}
			if refusal != "" {
				server.capabilities = "IMAP4rev1 IDLE"
			}
			inBubble(t, server, func(t *testing.T, s *session) {
				begin := time.Now()
				require.NoError(t, s.Watch(t.Context(), "INBOX", time.Hour, nil))
				assert.Equal(t, 7*time.Minute, time.Since(begin))
				assert.Len(t, server.sent("NOOP"), 7)
				require.NoError(t, s.Watch(t.Context(), "INBOX", time.Hour, nil))
				assert.Equal(t, 7*time.Minute, time.Since(begin), "the news stay until the folder is listed")
				assert.LessOrEqual(t, len(server.sent("IDLE")), 1, "the refusal is remembered")
			})
		})
	}
}

func TestWatch_BusyServerIsNoServerWithoutIdle(t *testing.T) {
	server := &stepServer{messages: 5, capabilities: "IMAP4rev1 IDLE", answer: func(text string) string {
		if text == "IDLE" {
			return "TAG NO [UNAVAILABLE] backend error\r\n"
		}
		return ""
	}}
	inBubble(t, server, func(t *testing.T, s *session) {
		for range 2 {
			err := s.Watch(t.Context(), "INBOX", time.Hour, nil)
			require.ErrorIs(t, err, inbound.ErrTemporary)
			require.NotErrorIs(t, err, inbound.ErrDirty)
		}
		assert.Len(t, server.sent("IDLE"), 2)
	})
}

// A server may end the connection after 30 minutes of IDLE.
func TestWatch_SendsIdleAgain(t *testing.T) {
	server := idleServer(func(net.Conn, string, int) bool { return true })
	inBubble(t, server, func(t *testing.T, s *session) {
		require.NoError(t, s.Watch(t.Context(), "INBOX", time.Hour, nil))
		assert.Len(t, server.sent("IDLE"), 3)
	})
}

// What the server said in answer to an earlier command, and what the folder shows when it is
// opened again, counts.
func TestWatch_NewsBeforeIt(t *testing.T) {
	exists := map[string]int{"INBOX": 5, "Shop": 5}
	server := idleServer(func(net.Conn, string, int) bool { return true })
	said := ""
	server.answer = func(text string) string {
		verb, name, _ := strings.Cut(text, " ")
		switch {
		case verb == "EXAMINE":
			n := exists[strings.Trim(name, `"`)]
			return fmt.Sprintf("* %d EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT %d] n\r\nTAG OK\r\n",
				n, 2_000_000+n)
		case strings.HasPrefix(text, "UID FETCH") && said != "":
			defer func() { said = "" }()
			return said + "TAG OK\r\n"
		}
		return ""
	}
	inBubble(t, server, func(t *testing.T, s *session) {
		watch := func(folder string, want bool) {
			t.Helper()
			begin := time.Now()
			require.NoError(t, s.Watch(t.Context(), folder, time.Minute, nil))
			assert.Equal(t, want, time.Since(begin) < time.Minute)
		}
		list := func(folder string) {
			t.Helper()
			_, err := s.List(t.Context(), folder, inbound.Cursor{})
			require.NoError(t, err)
		}
		watch("INBOX", false)
		said = "* 6 EXISTS\r\n"
		require.NoError(t, s.Fetch(t.Context(), []inbound.Ref{{SourceID: sourceID("INBOX", "7", 1_000_000)}},
			inbound.FetchOptions{}, nil))
		exists["INBOX"] = 6
		list("Shop")
		watch("INBOX", true)
		list("INBOX")
		watch("INBOX", false)
		watch("Shop", false)
		exists["INBOX"] = 7
		watch("INBOX", true)
		list("INBOX")
		watch("INBOX", false)
	})
}
