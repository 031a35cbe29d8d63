package mailconn

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// piece is what a server sends after a pause, so many times.
type piece struct {
	after time.Duration
	text  string
	times int
}

func TestConn_LeastRate(t *testing.T) {
	const s = time.Second
	kib := strings.Repeat("x", 1<<10)
	for name, tt := range map[string]struct {
		answer   Answer
		progress bool // what comes was asked for
		pieces   []piece
		fails    time.Duration // 0: it does not
		idle     bool          // it fails by silence
	}{
		"greeting after 25 s":          {pieces: []piece{{25 * s, "* OK\r\n", 1}}},
		"answer after 119 s":           {pieces: []piece{{119 * s, "T1 OK\r\n", 1}}},
		"silence":                      {pieces: []piece{{time.Hour, "T1 OK\r\n", 1}}, fails: 120 * s, idle: true},
		"byte every 2 s":               {pieces: []piece{{2 * s, "x", 100}}, fails: 17 * s},
		"byte and silence":             {pieces: []piece{{2 * s, "x", 1}, {time.Hour, "x", 1}}, fails: 17 * s},
		"line by a modem":              {pieces: []piece{{s, kib, 50}, {0, "\n", 1}}},
		"line with a pause":            {pieces: []piece{{0, "x", 1}, {12 * s, "\n", 1}}},
		"100 lines a second":           {pieces: []piece{{s / 100, "* OK still\r\n", 100_000}}, fails: 60 * s},
		"a line a second":              {pieces: []piece{{s, "* OK still\r\n", 1000}}, fails: 60 * s},
		"a line every 15 s for 9 min":  {pieces: []piece{{15 * s, "* OK still\r\n", 36}, {0, "T1 OK\r\n", 1}}},
		"a line every 15 s for ever":   {pieces: []piece{{15 * s, "* OK still\r\n", 1000}}, fails: 10 * time.Minute},
		"lines by a modem, asked for":  {progress: true, pieces: []piece{{s, kib[1:] + "\n", 2000}}},
		"a line a second, asked for":   {progress: true, pieces: []piece{{s, "* 1 FETCH\r\n", 1000}}, fails: 64 * s},
		"list by a modem":              {answer: List, pieces: []piece{{s, kib, 5000}}},
		"list with a pause":            {answer: List, pieces: []piece{{70 * s, "* SEARCH 1", 1}, {59 * s, " 2", 1}}},
		"list, byte every 2 s":         {answer: List, pieces: []piece{{2 * s, "1", 1000}}, fails: 62 * s},
		"message by a modem":           {answer: Message, pieces: []piece{{s, kib, 5000}}},
		"message in bursts":            {answer: Message, pieces: []piece{{20 * s, strings.Repeat(kib, 20), 100}}},
		"message, pause after 100 KiB": {answer: Message, pieces: []piece{{0, kib, 100}, {119 * s, kib, 1}}},
		"message, silence": {answer: Message, pieces: []piece{{0, kib, 100}, {time.Hour, kib, 1}}, fails: 120 * s,
			idle: true},
		"message, 2 bytes a second":     {answer: Message, pieces: []piece{{s / 2, "x", 1000}}, fails: 30 * s},
		"message, slow after 1 MiB":     {answer: Message, pieces: []piece{{0, kib, 1024}, {s, "x", 1000}}, fails: 120 * s},
		"message that begins after 100": {answer: Message, pieces: []piece{{100 * s, "x", 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, server := pipe(t)
				over := make(chan struct{})
				defer close(over)
				go func() {
					for _, p := range tt.pieces {
						for range p.times {
							select {
							case <-time.After(p.after):
							case <-over:
								return
							}
							if _, err := io.WriteString(server, p.text); err != nil {
								return
							}
						}
					}
					_ = server.Close()
				}()
				defer c.Bind(t.Context())()
				c.Expect(tt.answer)
				begin := time.Now()
				err := readAll(c, tt.progress)
				took := time.Since(begin)
				switch {
				case tt.fails == 0:
					require.ErrorIs(t, err, io.ErrUnexpectedEOF)
					return
				case tt.idle:
					require.ErrorIs(t, err, os.ErrDeadlineExceeded)
				default:
					require.ErrorIs(t, err, ErrSlow)
					require.ErrorIs(t, c.Cause(), ErrSlow)
				}
				assert.InDelta(t, tt.fails.Seconds(), took.Seconds(), 3)
				require.ErrorIs(t, Classify(inbound.OpRead, err), inbound.ErrTemporary)
				assert.NotEmpty(t, inbound.HintOf(Classify(inbound.OpRead, err)))
			})
		})
	}
}

// pipe returns a connection and the server's end of it.
func pipe(t *testing.T) (*Conn, net.Conn) {
	client, server := net.Pipe()
	c := New(client, "imap.example.com", inbound.NetworkPolicy{})
	t.Cleanup(func() {
		require.NoError(t, c.Close())
		_ = server.Close() // may be closed
	})
	return c, server
}

func readAll(c *Conn, progress bool) error {
	p := make([]byte, 4<<10)
	for {
		n, err := c.Read(p)
		if progress {
			c.Progress(n)
		}
		if err != nil {
			return err
		}
	}
}

// Only the time counts in which somebody waits for the server.
func TestConn_SlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, server := pipe(t)
		go func() {
			for range 100 {
				if _, err := io.WriteString(server, "x"); err != nil {
					return
				}
			}
			_ = server.Close()
		}()
		defer c.Bind(t.Context())()
		c.Expect(Message)
		var err error
		for err == nil {
			time.Sleep(time.Minute)
			_, err = c.Read(make([]byte, 1))
		}
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
}

// A Read that waits between commands, or while the consumer has set no idle time, may
// wait for ever; the time counts from the next command on.
func TestConn_WaitsBetweenCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, server := pipe(t)
		_ = server
		done := make(chan error)
		go func() { done <- readAll(c, false) }()
		time.Sleep(time.Hour)
		release := c.Bind(t.Context())
		idle := c.SetIdle(0)
		time.Sleep(time.Hour)
		c.SetIdle(idle)
		time.Sleep(time.Minute)
		release()
		time.Sleep(time.Hour)
		begin := time.Now()
		defer c.Bind(t.Context())()
		require.ErrorIs(t, <-done, os.ErrDeadlineExceeded)
		assert.Equal(t, 2*time.Minute, time.Since(begin))
	})
}

// A context that ends ends a Read whatever the server does.
func TestConn_ContextEndsWhileServerFloods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, server := pipe(t)
		over := make(chan struct{})
		defer func() { <-over }()
		go func() {
			defer close(over)
			for err := error(nil); err == nil; {
				time.Sleep(time.Millisecond)
				_, err = io.WriteString(server, strings.Repeat("* OK x\r\n", 1000))
			}
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		defer c.Bind(ctx)()
		begin := time.Now()
		require.Error(t, readAll(c, true))
		require.ErrorIs(t, c.Cause(), context.DeadlineExceeded)
		assert.Equal(t, 5*time.Second, time.Since(begin))
	})
}
