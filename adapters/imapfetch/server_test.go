package imapfetch_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/selfsigned"
)

const (
	username = "shop@example.com"
	password = "correct horse"
)

// memory is go-imap's server with a mailbox in memory.
type memory struct {
	*imapmemserver.User
	account inbound.Account
	roots   *x509.CertPool
}

// startMemory serves an INBOX with n messages on loopback.
func startMemory(t *testing.T, security inbound.Security, n int, caps ...imap.Cap) *memory {
	t.Helper()
	certificate, roots := selfsigned.Certificate(t)
	m := &memory{User: imapmemserver.NewUser(username, password), roots: roots}
	require.NoError(t, m.Create("INBOX", nil))
	for i := range n {
		m.deliver(t, message(i))
	}
	users := imapmemserver.New()
	users.AddUser(m.User)
	set := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		set[c] = struct{}{}
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps:         set,
		TLSConfig:    config,
		InsecureAuth: security == inbound.Plain,
		Logger:       log.New(io.Discard, "", 0),
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.account = accountAt(listener.Addr(), security)
	if security == inbound.TLS {
		listener = tls.NewListener(listener, config)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends by Close
	}()
	t.Cleanup(func() {
		_ = server.Close() // a session may be open still
		<-served
	})
	return m
}

func (m *memory) deliver(t *testing.T, text string) {
	t.Helper()
	_, err := m.Append("INBOX", literal{strings.NewReader(text)}, &imap.AppendOptions{Time: arrival(0)})
	require.NoError(t, err)
}

func (m *memory) fetcher() *imapfetch.Fetcher {
	return imapfetch.New(&imapfetch.Options{Network: inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true,
		RootCAs: m.roots, DialTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second}})
}

// open logs in and closes at the end of the test.
func (m *memory) open(t *testing.T) inbound.Session {
	t.Helper()
	return openSession(t, m.fetcher(), m.account)
}

func openSession(t *testing.T, f *imapfetch.Fetcher, a inbound.Account) inbound.Session {
	t.Helper()
	s, err := f.Open(t.Context(), a, inbound.PasswordLogin(password))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func accountAt(addr net.Addr, security inbound.Security) inbound.Account {
	tcp := addr.(*net.TCPAddr)
	return inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: tcp.IP.String(), Port: tcp.Port, Security: security,
		Username: username, Folders: []string{"INBOX"}}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func message(i int) string {
	return fmt.Sprintf("From: anna%d@example.com\r\nTo: shop@example.com\r\nSubject: order %d\r\n\r\nHello, %s\r\n",
		i, i, strings.Repeat("x", i%7*100))
}

func arrival(i int) time.Time { return time.Date(2026, 1, 2, 3, 4, i, 0, time.UTC) }

// listAll lists a folder to its end.
func listAll(ctx context.Context, s inbound.Session, folder string,
	from inbound.Cursor) ([]inbound.Ref, inbound.Listing, error) {
	var refs []inbound.Ref
	for {
		listing, err := s.List(ctx, folder, from)
		if err != nil {
			return refs, listing, err
		}
		refs = append(refs, listing.Refs...)
		if !listing.More {
			return refs, listing, nil
		}
		from = listing.Next
	}
}

// fetchAll returns the bodies by UID, and the UIDs in the order of arrival.
func fetchAll(ctx context.Context, s inbound.Session, refs []inbound.Ref,
	opts inbound.FetchOptions) (map[uint32]string, []uint32, error) {
	bodies := make(map[uint32]string)
	var order []uint32
	err := s.Fetch(ctx, refs, opts, func(ref inbound.Ref, r io.Reader) error {
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if _, twice := bodies[uint32(ref.Position)]; twice {
			return fmt.Errorf("UID %d came twice", uint32(ref.Position))
		}
		bodies[uint32(ref.Position)] = string(text)
		order = append(order, uint32(ref.Position))
		return nil
	})
	return bodies, order, err
}

func uidsOf(refs []inbound.Ref) []uint32 {
	uids := make([]uint32, len(refs))
	for i, ref := range refs {
		uids[i] = uint32(ref.Position)
	}
	return uids
}

// markDeleted sets \Deleted as another program would.
func markDeleted(t *testing.T, m *memory, uid imap.UID) {
	t.Helper()
	client, err := imapclient.DialInsecure(net.JoinHostPort(m.account.Host, strconv.Itoa(m.account.Port)), nil)
	require.NoError(t, err)
	require.NoError(t, client.Login(username, password).Wait())
	_, err = client.Select("INBOX", nil).Wait()
	require.NoError(t, err)
	mark := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}
	require.NoError(t, client.Store(imap.UIDSetNum(uid), mark, nil).Close())
	require.NoError(t, client.Logout().Wait())
	_ = client.Close() // the server may have closed before
}
