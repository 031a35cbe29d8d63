package inbound_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// openFunc is a Fetcher that does what a test wants.
type openFunc func(context.Context, inbound.Account, inbound.Login) (inbound.Session, error)

func (f openFunc) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	return f(ctx, a, login)
}

// viaHTTP is a Fetcher that connects by net/http to a server that serves the mailbox.
func viaHTTP(box *inboundtest.Mailbox, client *http.Client, url string) openFunc {
	return func(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
		if _, err := login(ctx); err != nil {
			return nil, err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		response, err := client.Do(request)
		if err != nil {
			return nil, &inbound.Error{Op: inbound.OpConnect, Class: inbound.ErrTemporary, Err: err}
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil { // a connection is used again after it is read
			return nil, err
		}
		_ = response.Body.Close()
		return box.Open(ctx, a, login)
	}
}

// A fetcher of a provider's API has nothing to do for the trace.
func TestCheck_TracesHTTP(t *testing.T) {
	h := newHost(t)
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	address := server.Listener.Addr().String()
	h.fetcher = viaHTTP(h.box, server.Client(), server.URL)
	for _, connection := range []string{"new", "used again"} {
		result, err := h.syncer().Check(t.Context(), "shop")
		require.NoError(t, err, connection)
		assert.Equal(t, address, result.Address, connection)
		assert.True(t, result.Reached, connection)
		assert.True(t, result.Encrypted, connection)
		assert.Equal(t, uint16(tls.VersionTLS13), result.TLSVersion, connection)
		assert.Equal(t, server.Certificate(), result.Certificate, connection)
	}
}

func TestCheck_UntrustedCertificateIsReachedAndNotEncrypted(t *testing.T) {
	h := newHost(t)
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}}
	h.fetcher = viaHTTP(h.box, client, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	result, err := h.syncer().Check(t.Context(), "shop")
	require.Error(t, err)
	assert.True(t, result.Reached)
	assert.False(t, result.Encrypted)
	assert.Zero(t, result.TLSVersion)
	assert.False(t, result.LoggedIn)
	assert.Equal(t, server.Certificate(), result.Certificate)
	assert.Contains(t, result.Addresses, netip.MustParseAddr("127.0.0.1"))
	assert.Equal(t, server.Listener.Addr().String(), result.Address)
}

func TestCheck_ClosedPortIsNotReached(t *testing.T) {
	h := newHost(t)
	h.fetcher = viaHTTP(h.box, &http.Client{}, "http://"+closedPort(t))
	result, err := h.syncer().Check(t.Context(), "shop")
	require.Error(t, err)
	assert.Equal(t, inbound.CheckResult{}, result)
}

// The server that gives access tokens is a different one.
func TestCheck_RequestForTokenIsNotTraced(t *testing.T) {
	h := newHost(t)
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	h.config.Credentials = inbound.CredentialsFunc(func(ctx context.Context, _ string) (inbound.Secrets, error) {
		_, err := viaHTTP(h.box, server.Client(), server.URL)(ctx, h.account, inbound.PasswordLogin("x"))
		return inbound.Secrets{Password: "x"}, err
	})
	h.fetcher = viaHTTP(h.box, &http.Client{}, "http://"+closedPort(t))
	result, err := h.syncer().Check(t.Context(), "shop")
	require.Error(t, err)
	assert.Equal(t, inbound.CheckResult{}, result)
}

func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// A host's own trace in the context hears of the connection as well.
func TestCheck_KeepsHostsTrace(t *testing.T) {
	h := newHost(t)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	h.fetcher = viaHTTP(h.box, server.Client(), server.URL)
	heard := ""
	ctx := httptrace.WithClientTrace(t.Context(),
		&httptrace.ClientTrace{ConnectDone: func(_, address string, _ error) { heard = address }})
	result, err := h.syncer().Check(ctx, "shop")
	require.NoError(t, err)
	assert.Equal(t, heard, result.Address)
	assert.False(t, result.Encrypted)
}

func TestCheck_BoundedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.fetcher = openFunc(func(ctx context.Context, _ inbound.Account, _ inbound.Login) (inbound.Session, error) {
			<-ctx.Done()
			return nil, &inbound.Error{Op: inbound.OpGreet, Class: inbound.ErrTemporary, Err: ctx.Err()}
		})
		began := time.Now()
		_, err := h.syncer().Check(t.Context(), "shop")
		assert.Equal(t, 2*time.Minute, time.Since(began))
		require.ErrorIs(t, err, inbound.ErrTemporary)
		assert.EqualError(t, err, "inbound: account shop: greet: the check has taken longer than 2 minutes")
		assert.NotEmpty(t, inbound.HintOf(err))
	})
}

func TestCheck_LogsInOnce(t *testing.T) {
	h := newHost(t)
	opened := 0
	h.fetcher = openFunc(func(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
		opened++
		return h.box.Open(ctx, a, login)
	})
	h.account.Folders = []string{"INBOX", "Gone"}
	_, err := h.syncer().Check(t.Context(), "shop")
	require.Error(t, err)
	assert.Equal(t, 1, opened)
}
