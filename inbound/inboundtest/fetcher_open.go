package inboundtest

import (
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"github.com/postroom/postroom/inbound"
)

var openTests = map[string]func(*mail){
	"EverySecurity":         everySecurity,
	"WrongPassword":         wrongPassword,
	"SecretsDoNotShow":      secretsDoNotShow,
	"NothingIsInjected":     nothingIsInjected,
	"RefusalsHaveTheirs":    refusals,
	"NoServerListens":       noServerListens,
	"UntrustedCertificate":  untrustedCertificate,
	"PlaintextIsRefused":    plaintextIsRefused,
	"PrivateAddressRefused": privateAddressIsRefused,
	"NoEncryptionOffered":   noEncryptionOffered,
	"NoPasswordInTheClear":  noPasswordInTheClear,
}

func everySecurity(m *mail) {
	all := m.deliver(3)
	for _, security := range []inbound.Security{inbound.TLS, inbound.StartTLS, inbound.Plain} {
		m.serve(&ServerOptions{Security: security})
		s := m.open()
		refs := m.list(s)
		got := m.fetchAll(s, refs, inbound.FetchOptions{})
		m.expectBytes(got[refs[1].SourceID], all[1], "a message by security "+string(security))
		if checker, ok := s.(inbound.Informer); ok {
			check, err := checker.ServerInfo(m.Context())
			m.check(err, "Check")
			if want := security != inbound.Plain; check.Encrypted != want {
				m.Errorf("Check says Encrypted %v with security %q", check.Encrypted, security)
			}
		}
		m.close(s)
	}
}

func wrongPassword(m *mail) {
	m.password = "wrong horse"
	_, err := m.fetcher.Open(m.Context(), m.account, m.login())
	m.expectClass(err, inbound.ErrAuth, "Open with a wrong password")
	m.password, m.account.Username = "correct horse", "nobody"
	_, err = m.fetcher.Open(m.Context(), m.account, m.login())
	m.expectClass(err, inbound.ErrAuth, "Open with a wrong user name")
}

// secretsDoNotShow: there are servers that repeat the command they do not like,
// and errors are logged.
func secretsDoNotShow(m *mail) {
	for _, answer := range []string{
		"NO what is %s?", "BAD unknown command %s", "* BYE %s is wrong",
		"-ERR PASS %s?", "-ERR [AUTH] wrong password %s", "500 %s",
	} {
		if strings.HasPrefix(answer, "-ERR") != m.isPOP3() && answer[0] != '5' {
			continue
		}
		text := strings.ReplaceAll(answer, "%s", m.password.Reveal())
		m.server.SetFaults(Faults{Instead: map[string]string{"LOGIN": text, "AUTHENTICATE": text, "USER": text,
			"PASS": text, "AUTH": text}})
		_, err := m.fetcher.Open(m.Context(), m.account, m.login())
		if err == nil {
			m.Fatalf("Open succeeds although the server answers %q", answer)
		}
		m.expectNoSecret(err, "Open with a server that answers \""+answer+"\"")
	}
}

func nothingIsInjected(m *mail) {
	m.deliver(2)
	account, password := m.account, m.password
	for _, bad := range []string{"x\r\nDELE 1\r\nQUIT", "x\nA1 LOGOUT", "x\x00y"} {
		for _, spoil := range []func(){
			func() { m.account.Username = bad },
			func() { m.password = inbound.Secret(bad) },
		} {
			m.account, m.password = account, password
			spoil()
			if _, err := m.fetcher.Open(m.Context(), m.account, m.login()); err == nil {
				m.Errorf("Open with a line break or NUL in %q gave no error", bad)
			}
		}
	}
	for _, line := range m.server.Commands() {
		if word, _, _ := strings.Cut(strings.TrimPrefix(line, "A1 "), " "); word == "DELE" || word == "QUIT" ||
			word == "LOGOUT" {
			m.Errorf("the server got the command %q out of a user name or password", line)
		}
	}
	m.expectUIDs("nothing was to be deleted", 1, 2)
}

func refusals(m *mail) {
	classes := map[string]error{
		Throttled: inbound.ErrThrottled, Limit: inbound.ErrThrottled, Unavailable: inbound.ErrTemporary,
		Bye:                            inbound.ErrTemporary,
		"NO [AUTHENTICATIONFAILED] no": inbound.ErrAuth, "NO [INUSE] later": inbound.ErrTemporary,
		"NO [EXPIRED] change your password": inbound.ErrAuth,
	}
	if m.isPOP3() {
		classes = map[string]error{
			LoginDelay: inbound.ErrThrottled, InUse: inbound.ErrTemporary, SysTemp: inbound.ErrTemporary,
			"-ERR [AUTH] no": inbound.ErrAuth, "-ERR [SYS/PERM] the mailbox is broken": inbound.ErrPermanent,
		}
	}
	for answer, class := range classes {
		m.server.SetFaults(Faults{Instead: map[string]string{"LOGIN": answer, "PASS": answer}})
		_, err := m.fetcher.Open(m.Context(), m.account, m.login())
		m.expectClass(err, class, "Open refused by "+answer)
	}
	m.server.SetFaults(Faults{})
	m.deliver(1)
	m.list(m.open())
}

func noServerListens(m *mail) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	m.check(err, "listen on loopback")
	m.account.Port = listener.Addr().(*net.TCPAddr).Port
	m.check(listener.Close(), "close the listener")
	_, err = m.fetcher.Open(m.Context(), m.account, m.login())
	m.expectClass(err, inbound.ErrTemporary, "Open where no server listens")
}

func untrustedCertificate(m *mail) {
	for _, security := range []inbound.Security{inbound.TLS, inbound.StartTLS} {
		m.serve(&ServerOptions{Security: security})
		policy := m.server.Network()
		policy.RootCAs = x509.NewCertPool()
		_, err := m.make(policy).Open(m.Context(), m.account, m.login())
		m.expectClass(err, inbound.ErrPermanent,
			"Open with a certificate of an unknown authority, security "+string(security))
		m.expectNoPassword()
	}
}

// expectNoPassword looks at what the server has got.
func (m *mail) expectNoPassword() {
	m.Helper()
	for _, line := range m.server.Commands() {
		if word, _, _ := strings.Cut(line, " "); strings.Contains(line, "LOGIN") || strings.Contains(line, "AUTH") ||
			word == "PASS" {
			m.Errorf("the server got %q over a connection that is not to be trusted", word)
		}
	}
}

func plaintextIsRefused(m *mail) {
	policy := m.server.Network()
	policy.AllowPlaintext = false
	_, err := m.make(policy).Open(m.Context(), m.account, m.login())
	m.expectClass(err, inbound.ErrPermanent, "Open without encryption and without permission for that")
	m.expectNoPassword()
}

func privateAddressIsRefused(m *mail) {
	policy := m.server.Network()
	policy.AllowPrivate = false
	_, err := m.make(policy).Open(m.Context(), m.account, m.login())
	m.expectClass(err, inbound.ErrPermanent, "Open at a loopback address without permission for that")
	if !errors.Is(err, inbound.ErrPrivateAddress) {
		m.Errorf("Open at a loopback address returns %v, which does not wrap ErrPrivateAddress", err)
	}
	if len(m.server.Commands()) > 0 {
		m.Error("the server at a private address was spoken to")
	}
}

// noEncryptionOffered: an attacker takes STARTTLS out of the conversation.
func noEncryptionOffered(m *mail) {
	m.serve(&ServerOptions{Security: inbound.Plain})
	m.account.Security = inbound.StartTLS
	_, err := m.fetcher.Open(m.Context(), m.account, m.login())
	if err == nil {
		m.Error("Open with security starttls succeeds although the server does not encrypt")
	}
	m.expectNoPassword()
	m.account.Security = inbound.TLS
	if _, err = m.fetcher.Open(m.Context(), m.account, m.login()); err == nil {
		m.Error("Open with security tls succeeds although the server does not encrypt")
	}
	var e *inbound.Error
	if err != nil && !errors.As(err, &e) {
		m.Errorf("Open with TLS at a server without it gave the error %q, which is no *inbound.Error", err)
	}
	m.expectNoPassword()
}

// noPasswordInTheClear: the server wants encryption first.
func noPasswordInTheClear(m *mail) {
	m.serve(&ServerOptions{Security: inbound.StartTLS})
	m.list(m.open())
	for i, line := range m.server.Commands() {
		if strings.Contains(strings.ToUpper(line), "STARTTLS") || strings.EqualFold(line, "STLS") {
			return
		}
		if word, _, _ := strings.Cut(line, " "); strings.Contains(line, "LOGIN") || strings.Contains(line, "AUTH") ||
			word == "USER" || word == "PASS" {
			m.Errorf("command %d is a login before encryption", i+1)
		}
	}
}
