package integration

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/dovecot"
)

// TestFailure_HasClassAndHint breaks one account in the ways that are common in
// practice. The error must be one line with a hint, its class must say whether to
// retry, and a second account must work.
func TestFailure_HasClassAndHint(t *testing.T) {
	s := newScene(t, nil)
	expired := dovecot.ForTest(t, &dovecot.Options{Certificate: dovecot.Expired})
	other := dovecot.ForTest(t, &dovecot.Options{Certificate: dovecot.OtherHost})
	closed := freePort(t)

	breakages := []struct {
		name  string
		class error
		says  string // part of the error
		only  inbound.Protocol
		apply func(a *inbound.Account)
	}{
		{"wrong password", inbound.ErrAuth, "password", "", func(a *inbound.Account) { s.wrong[a.ID] = "hunter2" }},
		{"unknown user", inbound.ErrAuth, "password", "",
			func(a *inbound.Account) { a.Username = "nobody@shop.example" }},
		{"unknown host", inbound.ErrPermanent, "host", "",
			func(a *inbound.Account) { a.Host = "no-such-host.invalid" }},
		{"refused port", inbound.ErrTemporary, "port", "", func(a *inbound.Account) { a.Port = closed }},
		{"expired certificate", inbound.ErrPermanent, "expired", "",
			func(a *inbound.Account) { a.Port = portOf(expired, a.Protocol) }},
		{"certificate of a different host", inbound.ErrPermanent, "certificate", "",
			func(a *inbound.Account) { a.Port = portOf(other, a.Protocol) }},
		{"plaintext without permission", inbound.ErrPermanent, "", "",
			func(a *inbound.Account) { a.Security, a.Port = inbound.Plain, plainPort(s.server, a.Protocol) }},
		{"TLS on the port for plaintext", nil, "", "",
			func(a *inbound.Account) { a.Port = plainPort(s.server, a.Protocol) }},
		{"missing folder", inbound.ErrPermanent, "Reklamationen", inbound.IMAP,
			func(a *inbound.Account) { a.Folders = []string{"Reklamationen"} }},
	}
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		for _, b := range breakages {
			if b.only != "" && b.only != protocol {
				continue
			}
			t.Run(string(protocol)+"/"+b.name, func(t *testing.T) {
				id := strings.ReplaceAll(string(protocol)+"-"+b.name, " ", "-")
				require.NoError(t, s.server.Deliver(mailbox, "INBOX", message("anna@post.example", id)))
				broken := s.account(id, protocol, inbound.TLS)
				b.apply(&broken)
				good := s.account("good", inbound.IMAP, inbound.TLS)
				good.CreateCustomer = true
				syncer := s.syncer(broken, good)

				_, err := syncer.Sync(t.Context(), id)
				require.Error(t, err)
				if b.class != nil {
					assert.ErrorIs(t, err, b.class)
				}
				checkError(t, err, id, b.says)
				health, healthErr := s.store.Health(t.Context(), id)
				require.NoError(t, healthErr)
				assert.NotEmpty(t, health.LastError)
				assert.Equal(t, inbound.HintOf(err), health.Hint)

				_, err = syncer.Check(t.Context(), id)
				require.Error(t, err, "Check finds the same problem")
				checkError(t, err, id, b.says)

				before := len(s.emails("good"))
				s.pass(syncer, "good")
				assert.Len(t, s.emails("good"), before+1, "the other account is collected")
			})
		}
	}
}

// TestFailure_PrivateNetwork checks that private networks are refused unless they are
// allowed: a user who may add accounts must not get access to the network of the CRM.
func TestFailure_PrivateNetwork(t *testing.T) {
	s := newScene(t, nil)
	s.network.AllowPrivate = false
	for _, host := range []string{s.server.Host(), "localhost"} {
		account := s.account("shop", inbound.IMAP, inbound.TLS)
		account.Host = host
		_, err := s.syncer(account).Sync(t.Context(), "shop")
		require.ErrorIs(t, err, inbound.ErrPermanent)
		checkError(t, err, "shop", "private")
	}
}

// TestFailure_TLSRequired checks that no password is sent without TLS to a server that
// refuses logins without TLS.
func TestFailure_TLSRequired(t *testing.T) {
	s := newScene(t, &dovecot.Options{RequireTLS: true})
	s.network.AllowPlaintext = true
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		_, err := s.syncer(s.account("plain", protocol, inbound.Plain)).Sync(t.Context(), "plain")
		require.Error(t, err)
		checkError(t, err, "plain", "")
		_, err = s.syncer(s.account("upgraded", protocol, inbound.StartTLS)).Sync(t.Context(), "upgraded")
		assert.NoError(t, err)
	}
}

// TestFailure_EleventhAccount checks that New refuses it with an error that names the
// limit.
func TestFailure_EleventhAccount(t *testing.T) {
	s := newScene(t, nil)
	var accounts []inbound.Account
	for i := range 11 {
		accounts = append(accounts, s.account(fmt.Sprintf("shop%d", i), inbound.IMAP, inbound.TLS))
	}
	_, err := inbound.New(s.config(accounts...))
	require.Error(t, err)
	assert.Contains(t, err.Error(), "11 accounts")
	assert.Contains(t, err.Error(), "10")
	assert.NotContains(t, err.Error(), "\n")
	_, err = inbound.New(s.config(accounts[:10]...))
	require.NoError(t, err)
	config := s.config(accounts...)
	config.Limits.MaxAccounts = 11
	_, err = inbound.New(config)
	require.NoError(t, err)
}

// TestFailure_TooManyConnections checks that the limit of the server is a temporary
// error, and that a later pass succeeds.
func TestFailure_TooManyConnections(t *testing.T) {
	s := newScene(t, &dovecot.Options{MaxUserIPConnections: 1})
	account := s.account("shop", inbound.IMAP, inbound.TLS)
	config := s.config(account)
	occupied, err := config.Fetchers[inbound.IMAP].Open(t.Context(), account, inbound.PasswordLogin(password))
	require.NoError(t, err)
	syncer := s.syncer(account)
	_, err = syncer.Sync(t.Context(), "shop")
	require.Error(t, err)
	assert.NotErrorIs(t, err, inbound.ErrAuth)
	assert.NotErrorIs(t, err, inbound.ErrPermanent)
	checkError(t, err, "shop", "")

	require.NoError(t, occupied.Close())
	require.Eventually(t, func() bool { // the server detects the end a moment later
		_, err = syncer.Sync(t.Context(), "shop")
		return err == nil
	}, eventually, tick)
}

// checkError checks that an error is one line that names the account and has a hint,
// and that it has no secrets.
func checkError(t *testing.T, err error, account, says string) {
	t.Helper()
	text := err.Error()
	t.Log(text)
	assert.NotContains(t, text, "\n", "one line")
	assert.Contains(t, text, account)
	assert.Contains(t, strings.ToLower(text+" "+inbound.HintOf(err)), strings.ToLower(says))
	assert.NotEmpty(t, inbound.HintOf(err), "the error has a hint")
	assert.NotContains(t, text, password)
	assert.NotContains(t, text, "hunter2")
	assert.Less(t, len(text), 500)
}

func portOf(s *dovecot.Server, protocol inbound.Protocol) int {
	if protocol == inbound.POP3 {
		return s.Ports().POP3S
	}
	return s.Ports().IMAPS
}

func plainPort(s *dovecot.Server, protocol inbound.Protocol) int {
	if protocol == inbound.POP3 {
		return s.Ports().POP3
	}
	return s.Ports().IMAP
}

// freePort returns a port on which nobody listens.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
