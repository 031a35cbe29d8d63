package inboundtest_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// each runs a test on a server of either protocol, with a fetcher for it.
func each(
	t *testing.T, o *inboundtest.ServerOptions,
	test func(t *testing.T, box *inboundtest.Mailbox, s *inboundtest.Server, f inbound.Fetcher),
) {
	t.Run("IMAP", func(t *testing.T) {
		box := inboundtest.NewMailbox()
		s := box.ServeIMAP(t, o)
		test(t, box, s, imapfetch.New(&imapfetch.Options{Network: s.Network()}))
	})
	t.Run("POP3", func(t *testing.T) {
		box := inboundtest.NewMailbox()
		s := box.ServePOP3(t, o)
		test(t, box, s, pop3fetch.New(&pop3fetch.Options{Network: s.Network()}))
	})
}

func testMessage(i int) []byte {
	return fmt.Appendf(nil, "From: anna%d@example.com\r\nSubject: %d\r\n\r\n.dot\r\n%s\r\n", i, i,
		strings.Repeat("x", i))
}

// read lists and fetches everything in a session of its own.
func read(t *testing.T, s *inboundtest.Server, f inbound.Fetcher) ([]string, error) {
	t.Helper()
	a := s.Account("shop")
	session, err := f.Open(t.Context(), a, s.Login())
	if err != nil {
		return nil, err
	}
	defer func() { require.NoError(t, session.Close()) }()
	folder := strings.Join(a.Folders, "")
	listing, err := session.List(t.Context(), folder, inbound.Cursor{Received: true})
	if err != nil {
		return nil, err
	}
	var bodies []string
	err = session.Fetch(t.Context(), listing.Refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
		raw, err := io.ReadAll(r)
		bodies = append(bodies, string(raw))
		return err
	})
	return bodies, err
}

func TestServer_EverySecurity(t *testing.T) {
	for _, security := range []inbound.Security{inbound.TLS, inbound.StartTLS, inbound.Plain} {
		t.Run(string(security), func(t *testing.T) {
			each(t, &inboundtest.ServerOptions{Security: security},
				func(t *testing.T, box *inboundtest.Mailbox, s *inboundtest.Server, f inbound.Fetcher) {
					box.Deliver(testMessage(1), testMessage(20))
					bodies, err := read(t, s, f)
					require.NoError(t, err)
					assert.Equal(t, []string{string(testMessage(1)), string(testMessage(20))}, bodies)
					assert.Empty(t, box.Seen())
				})
		})
	}
}

func TestServer_CutAtEachStep(t *testing.T) {
	each(t, &inboundtest.ServerOptions{Security: inbound.Plain},
		func(t *testing.T, box *inboundtest.Mailbox, s *inboundtest.Server, f inbound.Fetcher) {
			box.Deliver(testMessage(1), testMessage(2))
			_, err := read(t, s, f)
			require.NoError(t, err)
			n := s.Steps()
			require.Greater(t, n, 15)
			failed := 0
			for step := 1; step <= n; step++ {
				s.CutAtStep(s.Steps() + step)
				if _, err := read(t, s, f); err != nil {
					require.ErrorIs(t, err, inbound.ErrTemporary)
					failed++
				}
				s.CutAtStep(0)
			}
			assert.Greater(t, failed, n/2)
		})
}

func TestServer_FaultAnswersAreClassified(t *testing.T) {
	for answer, class := range map[string]error{
		inboundtest.Throttled:  inbound.ErrThrottled,
		inboundtest.Limit:      inbound.ErrThrottled,
		inboundtest.LoginDelay: inbound.ErrThrottled,
		inboundtest.InUse:      inbound.ErrTemporary,
		inboundtest.SysTemp:    inbound.ErrTemporary,
		inboundtest.Bye:        inbound.ErrTemporary,
	} {
		each(t, nil, func(t *testing.T, _ *inboundtest.Mailbox, s *inboundtest.Server, f inbound.Fetcher) {
			if s.Account("").Protocol == inbound.POP3 != strings.HasPrefix(answer, "-ERR") {
				t.Skip("an answer of the other protocol")
			}
			s.SetFaults(inboundtest.Faults{Instead: map[string]string{"LOGIN": answer, "PASS": answer}})
			_, err := read(t, s, f)
			var e *inbound.Error
			require.True(t, errors.As(err, &e))
			assert.Equal(t, class, e.Class, "%v", err)
		})
	}
}
