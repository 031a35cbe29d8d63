package mailconn_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptrace"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
	"github.com/postroom/postroom/internal/selfsigned"
)

func TestDial_ReportsHandshakeToTrace(t *testing.T) {
	certificate, roots := selfsigned.Certificate(t)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	require.NoError(t, err)
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake() // the client's error is what counts
			_ = conn.Close()
		}
	}()
	defer func() {
		require.NoError(t, listener.Close())
		<-served
	}()

	var connected []string
	var state tls.ConnectionState
	var failed error
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		ConnectDone:      func(_, address string, _ error) { connected = append(connected, address) },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) { state, failed = s, err },
	})
	a := inbound.Account{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Security: inbound.TLS}
	policy := inbound.NetworkPolicy{AllowPrivate: true, RootCAs: roots, DialTimeout: 10 * time.Second}
	conn, err := mailconn.Dial(ctx, a, policy)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	assert.Equal(t, []string{listener.Addr().String()}, connected)
	require.NoError(t, failed)
	assert.Equal(t, uint16(tls.VersionTLS13), state.Version)
	assert.Equal(t, certificate.Certificate[0], state.PeerCertificates[0].Raw)

	policy.RootCAs = x509.NewCertPool()
	_, err = mailconn.Dial(ctx, a, policy)
	require.ErrorIs(t, err, inbound.ErrPermanent)
	var refused *tls.CertificateVerificationError
	require.ErrorAs(t, failed, &refused)
	assert.Equal(t, certificate.Certificate[0], refused.UnverifiedCertificates[0].Raw)
}

// What is refused is not spoken to: none of these needs a network.
func TestDial_RefusesAddressAndPort(t *testing.T) {
	for _, tt := range []struct {
		host   string
		port   int
		policy inbound.NetworkPolicy
		want   error
		hint   string
	}{
		{"8.8.8.8", 25, inbound.NetworkPolicy{}, inbound.ErrPortNotAllowed, "allowed ports"},
		{"8.8.8.8", 25, inbound.NetworkPolicy{AllowPrivate: true}, inbound.ErrPortNotAllowed, "allowed ports"},
		{"8.8.8.8", 25, inbound.NetworkPolicy{AllowedPorts: []int{26}}, inbound.ErrPortNotAllowed, "allowed ports"},
		{"[2606:4700:4700::1111]", 22, inbound.NetworkPolicy{}, inbound.ErrPortNotAllowed, "allowed ports"},
		{"127.0.0.1", 993, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private addresses"},
		{"localhost", 993, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private addresses"},
		{"127.0.0.1", 9, inbound.NetworkPolicy{AllowedPorts: []int{9}}, inbound.ErrPrivateAddress, "allow private"},
		{"169.254.169.254", 80, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private addresses"},
		{"[::ffff:127.0.0.1]", 993, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private addresses"},
		{"64:ff9b::7f00:1", 993, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private addresses"},
		{"2002:7f00:1::", 993, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private addresses"},
		{"2606:4700::5efe:7f00:1", 993, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private"},
		{"::ffff:0:127.0.0.1", 993, inbound.NetworkPolicy{}, inbound.ErrPrivateAddress, "allow private addresses"},
	} {
		_, err := mailconn.Dial(t.Context(), inbound.Account{Host: tt.host, Port: tt.port}, tt.policy)
		require.ErrorIs(t, err, tt.want, tt.host)
		require.ErrorIs(t, err, inbound.ErrPermanent, tt.host)
		assert.Contains(t, inbound.HintOf(err), tt.hint, tt.host)
	}
}
