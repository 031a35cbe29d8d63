package imapfetch

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

var plainNetwork = inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true, DialTimeout: 10 * time.Second,
	LoginTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second}

// collectAll lists INBOX and reads all of it in one session.
func collectAll(t *testing.T, f *Fetcher, a inbound.Account) (refs []inbound.Ref, bodies []string) {
	t.Helper()
	s, err := f.Open(t.Context(), a, inbound.PasswordLogin("secret"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	for from, more := (inbound.Cursor{}), true; more; {
		page, err := s.List(t.Context(), "INBOX", from)
		require.NoError(t, err)
		refs, from, more = append(refs, page.Refs...), page.Next, page.More
	}
	require.NoError(t, s.Fetch(t.Context(), refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
		text, err := io.ReadAll(r)
		bodies = append(bodies, string(text))
		return err
	}))
	return refs, bodies
}

// What a server does not take ahead of its answers is sent one by one after that, in
// every session.
func TestFetcher_SendsOneByOneWhereServerNeedsIt(t *testing.T) {
	for _, early := range []string{"BAD", "NO", "dropped", "hang up"} {
		for _, at := range []string{"EXAMINE", "UID FETCH", ""} {
			if at == "UID FETCH" && (early == "NO" || early == "hang up") {
				continue // such an answer may be about a message
			}
			t.Run(early+" "+at, func(t *testing.T) {
				t.Parallel()
				f := New(&Options{Network: plainNetwork})
				f.probeAfter = 200 * time.Millisecond
				server := startStepServer(t, &stepServer{messages: 250, early: early, at: at})
				for range 2 {
					refs, bodies := collectAll(t, f, server.account)
					require.Len(t, refs, 250)
					require.Len(t, bodies, 250)
					assert.EqualValues(t, 7, refs[249].Size)
				}
				require.NotEmpty(t, server.tooEarly, "the test has shown nothing")
				assert.LessOrEqual(t, server.logins, 4, "two sessions, and some connections to learn from")
				other := startStepServer(t, &stepServer{messages: 250})
				collectAll(t, f, other.account)
				assert.False(t, f.servers.Of(other.account).oneByOne.Load(), "one server says nothing of another")
			})
		}
	}
}

// One message is answered by BAD, however it is asked for: the others come, and the
// server is not blamed.
func TestFetch_BadMessageDoesNotSlowServer(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 250})
	poison := fmt.Sprint(server.uid(120))
	server.answer = func(text string) string {
		if strings.HasPrefix(text, "UID FETCH") && strings.Contains(text, "BODY") && strings.Contains(text, poison) {
			return "TAG BAD Command Error. 12\r\n"
		}
		return ""
	}
	f := New(&Options{Network: plainNetwork})
	_, bodies := collectAll(t, f, server.account)
	assert.Len(t, bodies, 249)
	assert.False(t, f.servers.Of(server.account).oneByOne.Load())
}

// A BAD that asks for a pause is not answered by asking again one by one.
func TestFetcher_PauseAskedForByBAD(t *testing.T) {
	const pause = "TAG BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds\r\n"
	for _, at := range []string{"EXAMINE", "RFC822.SIZE", "BODY"} {
		server := startStepServer(t, &stepServer{messages: 250, answer: func(text string) string {
			if strings.Contains(text, at) {
				return pause
			}
			return ""
		}})
		f := New(&Options{Network: plainNetwork})
		s, err := f.Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
		require.NoError(t, err)
		page, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
		if err == nil {
			err = s.Fetch(t.Context(), page.Refs, inbound.FetchOptions{}, func(inbound.Ref, io.Reader) error { return nil })
		}
		require.ErrorIs(t, err, inbound.ErrThrottled, at)
		assert.Equal(t, 299961*time.Millisecond, inbound.RetryAfterOf(err))
		assert.Equal(t, 1, server.logins, at)
		assert.False(t, f.servers.Of(server.account).oneByOne.Load(), at)
		_ = s.Close() // it may have ended
	}
}

// A slow server is not mistaken for one that loses commands.
func TestFetcher_ProbeKeepsSlowServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &stepServer{messages: 3, slow: time.Minute}
		s, err := openPiped(t.Context(), t, server, nil)
		require.NoError(t, err)
		page, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
		require.NoError(t, err)
		require.Len(t, page.Refs, 3)
		require.NoError(t, s.Fetch(t.Context(), page.Refs, inbound.FetchOptions{},
			func(inbound.Ref, io.Reader) error { return nil }))
		synctest.Wait() // the server reads the last one after its answer
		assert.Len(t, server.sent("NOOP"), 3, "one for each of search, sizes and bodies")
		assert.False(t, s.server.oneByOne.Load())
		require.NoError(t, s.Close())
	})
}

// Nothing of what is sent is longer than 1,000 bytes, however many messages there are.
func TestFetcher_ShortCommandLines(t *testing.T) {
	f := New(&Options{Network: plainNetwork})
	server := startStepServer(t, &stepServer{messages: 1500})
	refs, bodies := collectAll(t, f, server.account)
	assert.Len(t, refs, 1500)
	assert.Len(t, bodies, 1500)
	for _, line := range server.sent("") {
		assert.LessOrEqual(t, len("T1234567 "+line+"\r\n"), 1000)
	}
}
