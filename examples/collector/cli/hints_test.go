package cli

import (
	"crypto/tls"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// Everything that shows hints shows those that name keys.
func TestHints_NameKeyForPrivateNetwork(t *testing.T) {
	a := mailServer(t, inbound.IMAP, nil)
	s := terminalSite(t, strings.Replace(settingsOf("", a), "allow_private_networks: true\n", "", 1))
	hint := "check host; to collect from a server in your own network, set allow_private_networks: true at the top of " +
		s.config
	assert.Contains(t, strings.Join(strings.Fields(s.run(t).stdout), " "), "→ "+hint)
	s.columns, s.onScreen = 0, false
	r := s.run(t)
	assert.Equal(t, hint, lines(t, r.stdout)[0]["hint"])
	assert.Contains(t, r.stderr, "; "+hint)
	r = s.do("run", "-once", "-config", s.config)
	assert.Equal(t, "account shop: connect: the host is at a private or special address; "+hint+"\n",
		r.stderr[strings.Index(r.stderr, "account shop"):])
	account := lines(t, s.ok("report"))[0]["accounts"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"misconfigured", hint}, pick(account, "state", "hint"))
}

// certificateAt returns the certificate of a server, as PEM.
func certificateAt(t *testing.T, a inbound.Account) []byte {
	t.Helper()
	conn, err := tls.Dial("tcp", net.JoinHostPort(a.Host, strconv.Itoa(a.Port)), &tls.Config{InsecureSkipVerify: true})
	require.NoError(t, err)
	defer conn.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: conn.ConnectionState().PeerCertificates[0].Raw})
}

func TestCAFile_IsTrusted(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		a, other := mailServer(t, protocol, nil), mailServer(t, protocol, nil)
		file := filepath.Join(t.TempDir(), "ca.pem")
		require.NoError(t, os.WriteFile(file, certificateAt(t, other), 0o600))
		s := terminalSite(t, "ca_file: "+file+"\n"+settingsOf("", a))
		r := s.run(t)
		assert.Equal(t, exitFailure, r.code, "it has a different certificate")
		assert.Contains(t, r.stdout, "✗ certificate")
		assert.Contains(t, strings.Join(strings.Fields(r.stdout), " "),
			"if it is a private one, set ca_file at the top of "+s.config+" to its PEM file")

		require.NoError(t, os.WriteFile(file, certificateAt(t, a), 0o600))
		out := s.ok("check")
		assert.Contains(t, out, "✓ certificate")
		assert.Contains(t, out, "✓ login")
	}
}

// A port that is refused is not connected to, so that this needs no network.
func TestHints_NameKeyForPort(t *testing.T) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		a := inbound.Account{ID: "shop", Protocol: protocol, Host: "8.8.8.8", Port: 1993, Security: inbound.TLS,
			Username: "shop@shop.example"}
		s := newSite(t, &mailbox{}, "allowed_ports: [1994, 26]\n"+settingsOf("", a))
		hint := "check port, which is 110, 143, 993 or 995 at most servers; if this one listens on a different one," +
			" add it to allowed_ports at the top of " + s.config
		assert.Equal(t, hint, lines(t, s.run(t).stdout)[0]["hint"])
		r := s.do("run", "-once", "-config", s.config)
		assert.Equal(t, exitFailure, r.code)
		assert.Contains(t, r.stderr, "connect: the port is not one of those allowed; "+hint)
	}
}

func TestHints_NameKeysForTokenURL(t *testing.T) {
	a := mailServer(t, inbound.IMAP, nil)
	for url, hint := range map[string]string{
		"https://8.8.8.8:1443/token": "check the port in token_url; if it is right, add it to allowed_ports at the top of ",
		"https://127.0.0.1/token": "check token_url; if it is in your own network, set allow_private_networks: true" +
			" at the top of ",
	} {
		text := strings.Replace(settingsOf("", a), "allow_private_networks: true\n", "", 1)
		text = strings.Replace(text, "password: \"${PASSWORD}\"",
			"oauth2: {client_id: c, refresh_token: \"${PASSWORD}\", token_url: '"+url+"'}", 1)
		s := newSite(t, &mailbox{}, text)
		for _, args := range [][]string{{"check"}, {"run", "-once"}} {
			r := s.do(append(args, "-config", s.config)...)
			assert.Equal(t, exitFailure, r.code)
			assert.Contains(t, r.stderr, "get access token: ")
			assert.Contains(t, r.stderr, "; "+hint+s.config)
		}
	}
}
