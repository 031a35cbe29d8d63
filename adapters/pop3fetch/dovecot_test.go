//go:build unix

package pop3fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/dovecot"
)

// realServer is a Dovecot with one mailbox.
type realServer struct {
	*dovecot.Server
	account inbound.Account // by TLS from the first byte
	policy  inbound.NetworkPolicy
}

func newRealServer(t testing.TB, mails [][]byte) *realServer {
	t.Helper()
	s := &realServer{Server: dovecot.ForTest(t, nil), policy: loopback}
	require.NoError(t, s.AddUser("shop", "secret"))
	for _, raw := range mails {
		require.NoError(t, s.Deliver("shop", "INBOX", raw))
	}
	authority, err := os.ReadFile(s.CAFile())
	require.NoError(t, err)
	s.policy.RootCAs = x509.NewCertPool()
	require.True(t, s.policy.RootCAs.AppendCertsFromPEM(authority))
	s.account = inbound.Account{ID: "shop", Protocol: inbound.POP3, Host: s.Host(), Port: s.Ports().POP3S,
		Security: inbound.TLS, Username: "shop"}
	return s
}

func (s *realServer) open(t testing.TB, a inbound.Account, pipeline int) inbound.Session {
	t.Helper()
	f := New(&Options{Network: s.policy, Pipeline: pipeline})
	session, err := f.Open(t.Context(), a, inbound.PasswordLogin("secret"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, session.Close()) })
	return session
}

// someMails makes messages of all sizes, with dots, without a last line end,
// and with nothing in them.
func someMails(n int) [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	list := make([][]byte, n)
	for i := range list {
		var b bytes.Buffer
		fmt.Fprintf(&b, "Message-ID: <%d@x>\r\nSubject: %d\r\n\r\n", i, i)
		for range random.IntN(1 << random.IntN(12)) {
			b.WriteString(strings.Repeat(".", random.IntN(3)) + strings.Repeat("line ", random.IntN(15)) + "\r\n")
		}
		if i%7 == 0 {
			b.WriteString("no line end")
		}
		list[i] = b.Bytes()
	}
	return list
}

// sums lists the SHA-256 of everything in the maildrop, in order.
func sums(t testing.TB, session inbound.Session, refs []inbound.Ref) (list [][sha256.Size]byte, size int64) {
	t.Helper()
	hash := sha256.New()
	err := session.Fetch(context.Background(), refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
		hash.Reset()
		n, err := io.Copy(hash, r)
		size += n
		list = append(list, [sha256.Size]byte(hash.Sum(nil)))
		return err
	})
	require.NoError(t, err)
	return list, size
}

func TestDovecot_ReturnsExactBytes(t *testing.T) {
	mails := someMails(200)
	s := newRealServer(t, mails)
	var want [][sha256.Size]byte
	for _, raw := range mails {
		if !bytes.HasSuffix(raw, crlf) {
			raw = append(raw[:len(raw):len(raw)], crlf...) // Dovecot ends every message with CRLF
		}
		want = append(want, sha256.Sum256(raw))
	}
	plain, start := s.account, s.account
	plain.Security, plain.Port = inbound.Plain, s.Ports().POP3
	start.Security, start.Port = inbound.StartTLS, s.Ports().POP3
	for _, a := range []inbound.Account{s.account, start, plain} {
		t.Run(string(a.Security), func(t *testing.T) {
			session := s.open(t, a, 0)
			refs, listing := listAll(t, session)
			assert.Equal(t, len(mails), listing.Total)
			assert.False(t, listing.Incomplete)
			got, _ := sums(t, session, refs)
			assert.Equal(t, want, got)
			heads := fetchAll(t, session, refs[:50], inbound.FetchOptions{HeaderOnly: true})
			assert.Equal(t, "Message-ID: <3@x>\r\nSubject: 3\r\n\r\n", heads[refs[3].SourceID])
			check, err := session.(inbound.Informer).ServerInfo(t.Context())
			require.NoError(t, err)
			assert.Equal(t, a.Security != inbound.Plain, check.Encrypted)
			assert.Contains(t, check.Capabilities, "PIPELINING")
			require.NoError(t, session.Close())
		})
	}
}

func TestDovecot_Deletes(t *testing.T) {
	s := newRealServer(t, someMails(300))
	session := s.open(t, s.account, 0)
	refs, _ := listAll(t, session)
	var gone, kept []inbound.Ref
	for i, ref := range refs {
		if i%3 == 0 {
			gone = append(gone, ref)
		} else {
			kept = append(kept, ref)
		}
	}
	require.NoError(t, session.Delete(t.Context(), gone))

	session = s.open(t, s.account, 0)
	left, _ := listAll(t, session)
	assert.Equal(t, kept, left)
	require.NoError(t, session.Delete(t.Context(), gone), "gone already")
}

func TestDovecot_RefusesWrongPassword(t *testing.T) {
	s := newRealServer(t, nil)
	_, err := New(&Options{Network: s.policy}).Open(t.Context(), s.account, inbound.PasswordLogin("guess"))
	require.ErrorIs(t, err, inbound.ErrAuth)
	assert.NotContains(t, err.Error(), "guess")
}

// BenchmarkFetch reads a maildrop with and without pipelining, next door and
// at a distance of 40 ms.
func BenchmarkFetch(b *testing.B) {
	s := newRealServer(b, someMails(300))
	far := s.account
	far.Port = distance(b, s.Host(), s.account.Port, 40*time.Millisecond)
	for _, bb := range []struct {
		name     string
		account  inbound.Account
		pipeline int
	}{{"near", s.account, 0}, {"near one by one", s.account, -1}, {"far", far, 0}, {"far one by one", far, -1}} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				session := s.open(b, bb.account, bb.pipeline)
				refs, _ := listAll(b, session)
				begin := time.Now()
				_, size := sums(b, session, refs)
				b.SetBytes(size)
				b.ReportMetric(float64(len(refs))/time.Since(begin).Seconds(), "msg/s")
				require.NoError(b, session.Close())
			}
		})
	}
}

// distance is a proxy to a server that is this round trip away; it returns its
// port.
func distance(t testing.TB, host string, port int, roundTrip time.Duration) int {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	require.NoError(t, err)
	var all sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); all.Wait() })
	all.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(port)))
			if err != nil {
				_ = near.Close()
				continue
			}
			all.Go(func() { carry(near, far, roundTrip/2) })
			all.Go(func() { carry(far, near, roundTrip/2) })
		}
	})
	return listener.Addr().(*net.TCPAddr).Port
}

// carry moves bytes one way, each after a delay, and closes both ends.
func carry(to, from net.Conn, delay time.Duration) {
	type parcel struct {
		data []byte
		due  time.Time
	}
	road := make(chan parcel, 512)
	go func() {
		defer close(road)
		for {
			data := make([]byte, 16<<10)
			n, err := from.Read(data)
			if err != nil {
				return
			}
			road <- parcel{data[:n], time.Now().Add(delay)}
		}
	}()
	defer func() { _, _ = to.Close(), from.Close() }()
	for p := range road {
		<-time.After(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil {
			_ = from.Close()
			for range road { // until the reader has noticed
			}
			return
		}
	}
}
