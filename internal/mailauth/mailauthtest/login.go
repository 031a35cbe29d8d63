package mailauthtest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

const (
	username = "shop@example.com"
	password = "correct horse"
	token    = "ya29.a0AfH6SMBxT0ken"
)

// TestLogin checks how a fetcher of a protocol logs in. Its expectations are the
// same for all protocols.
func TestLogin(t *testing.T, protocol inbound.Protocol, newFetcher func(inbound.NetworkPolicy) inbound.Fetcher) {
	f := &fixture{protocol, newFetcher(inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true,
		DialTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second})}
	t.Run("Accepted", f.accepted)
	t.Run("Refused", f.refused)
	t.Run("NoMechanism", f.noMechanism)
	t.Run("SecretsDoNotShow", f.secretsDoNotShow)
	t.Run("LoginFails", f.loginFails)
	t.Run("UnusableCredential", f.unusableCredential)
	t.Run("EndedContext", f.endedContext)
}

type fixture struct {
	protocol inbound.Protocol
	fetcher  inbound.Fetcher
}

// byToken starts the server and returns its account, with a login by token.
func (f *fixture) byToken(t *testing.T, s *server) (inbound.Account, inbound.Login) {
	a, _ := f.byPassword(t, s)
	return a, given(inbound.Credential{Password: "never sent", AccessToken: token})
}

func (f *fixture) byPassword(t *testing.T, s *server) (inbound.Account, inbound.Login) {
	s.protocol = f.protocol
	s.start(t)
	return inbound.Account{ID: "shop", Protocol: f.protocol, Host: "127.0.0.1", Port: s.port, Security: inbound.Plain,
		Username: username}, given(inbound.Credential{Password: password})
}

func given(c inbound.Credential) inbound.Login {
	return func(context.Context) (inbound.Credential, error) { return c, nil }
}

// fails opens a mailbox, which has to fail with an *inbound.Error without secrets.
func (f *fixture) fails(t *testing.T, ctx context.Context, a inbound.Account, login inbound.Login) *inbound.Error {
	t.Helper()
	_, err := f.fetcher.Open(ctx, a, login)
	var e *inbound.Error
	require.ErrorAs(t, err, &e)
	text := fmt.Sprintf("%v %+v", err, err)
	for _, secret := range []string{token, password, "never sent"} {
		assert.NotContains(t, text, secret)
	}
	assert.NotRegexp(t, "[A-Za-z0-9+/]{24}", text, "perhaps the base64 of a response")
	return e
}

var responses = map[string]string{
	"XOAUTH2":     "user=" + username + "\x01auth=Bearer " + token + "\x01\x01",
	"OAUTHBEARER": "n,a=" + username + ",\x01host=127.0.0.1\x01port=%d\x01auth=Bearer " + token + "\x01\x01",
}

func (f *fixture) accepted(t *testing.T) {
	for _, tt := range []struct {
		name      string
		offers    []string
		noInitial bool
		want      string
	}{
		{"XOAUTH2", []string{"PLAIN", "XOAUTH2"}, false, "XOAUTH2"},
		{"OAUTHBEARER", []string{"OAUTHBEARER"}, false, "OAUTHBEARER"},
		{"the standard mechanism first", []string{"XOAUTH2", "OAUTHBEARER"}, false, "OAUTHBEARER"},
		{"in a step of its own", []string{"XOAUTH2"}, true, "XOAUTH2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &server{mechanisms: tt.offers, noInitial: tt.noInitial}
			a, login := f.byToken(t, s)
			session, err := f.fetcher.Open(t.Context(), a, login)
			require.NoError(t, err)
			require.NoError(t, session.Close())
			said := s.said()
			require.Len(t, said, 2)
			assert.Contains(t, said[0], " "+tt.want)
			want := responses[tt.want]
			if strings.Contains(want, "%d") {
				want = fmt.Sprintf(want, s.port)
			}
			assert.Equal(t, want, said[1])
		})
	}
}

func (f *fixture) refused(t *testing.T) {
	challenge := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	const consent, automatic = "consent", "automatically"
	for _, tt := range []struct {
		name      string
		challenge string
		end       end
		class     error
		hint      string
		text      string
	}{
		{"without a challenge", "", refuse, inbound.ErrAuth, consent, "refused"},
		{"without a challenge, by code", "", refuseAuth, inbound.ErrAuth, consent, "no"},
		{"without a challenge, for now", "", refuseTemporary, inbound.ErrTemporary, "", "later"},
		{"invalid token", challenge(`{"status":"invalid_token"}`), refuse, inbound.ErrAuth, consent, "invalid_token"},
		{"HTTP status", challenge(`{"status":"401","schemes":"Bearer"}`), refuseAuth, inbound.ErrAuth, consent, "401"},
		{"insufficient scope", challenge(`{"status":"insufficient_scope"}`), refuse,
			inbound.ErrAuth, "does not allow", "insufficient"},
		{"the reply knows better", challenge(`{"status":"401"}`), refuseTemporary, inbound.ErrTemporary, "", "later"},
		{"the reply is of too many connections", challenge(`{"status":"401"}`), refuseThrottled,
			inbound.ErrThrottled, "", "Too many"},
		{"the challenge knows better", challenge(`{"status":"503"}`), refuse, inbound.ErrTemporary, automatic, "503"},
		{"throttled by challenge", challenge(`{"status":"429"}`), refuse, inbound.ErrThrottled, automatic, "429"},
		{"the challenge knows better than a code", challenge(`{"status":"503"}`), refuseAuth,
			inbound.ErrTemporary, automatic, "503"},
		{"the answer is not understood", challenge(`{"status":"401"}`), refuseSyntax, inbound.ErrAuth, consent, "401"},
		{"not JSON", challenge("what?"), refuse, inbound.ErrAuth, consent, "refuse"},
		{"not base64", "%%%", refuse, inbound.ErrAuth, consent, "refuse"},
		{"hangs up after a challenge", challenge(`{"status":"401"}`), hangUp, inbound.ErrAuth, consent, "401"},
		{"hangs up", "", hangUp, inbound.ErrTemporary, "", ""},
	} {
		for mechanism, answer := range map[string]string{"XOAUTH2": "", "OAUTHBEARER": "AQ=="} {
			t.Run(tt.name+"/"+mechanism, func(t *testing.T) {
				s := &server{mechanisms: []string{mechanism}, challenge: tt.challenge, end: tt.end}
				a, login := f.byToken(t, s)
				e := f.fails(t, t.Context(), a, login)
				assert.Equal(t, tt.class, e.Class, "%v", e)
				assert.Contains(t, e.Hint, tt.hint)
				assert.ErrorContains(t, e, tt.text)
				assert.NotContains(t, e.Hint, "app password")
				if said := s.said(); tt.challenge != "" && tt.name != "not base64" {
					assert.Equal(t, answer, said[len(said)-1], "the answer to the challenge")
				}
			})
		}
	}
}

func (f *fixture) noMechanism(t *testing.T) {
	s := &server{mechanisms: []string{"PLAIN", "LOGIN"}}
	a, login := f.byToken(t, s)
	e := f.fails(t, t.Context(), a, login)
	assert.Equal(t, inbound.ErrPermanent, e.Class)
	assert.Contains(t, e.Hint, "by password")
	assert.Empty(t, s.said(), "neither token nor password is sent")
}

func (f *fixture) secretsDoNotShow(t *testing.T) {
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		for _, end := range []end{refuseWithEcho, refuseOddlyEchoed} {
			s := &server{mechanisms: []string{mechanism}, end: end,
				challenge: base64.StdEncoding.EncodeToString([]byte(`{"status":"what is ` + token + `?"}`))}
			a, login := f.byToken(t, s)
			e := f.fails(t, t.Context(), a, login)
			assert.ErrorContains(t, e, "[redacted]")
		}
	}
	s := &server{end: refuseWithEcho}
	a, login := f.byPassword(t, s)
	e := f.fails(t, t.Context(), a, login)
	assert.ErrorContains(t, e, "[redacted]")
	assert.Contains(t, e.Hint, "app password")
}

func (f *fixture) loginFails(t *testing.T) {
	s := new(server)
	a, _ := f.byToken(t, s)
	own := &inbound.Error{Op: inbound.OpToken, Class: inbound.ErrThrottled, Hint: "wait",
		Err: errors.New("too many requests")}
	unclassified := errors.New("the vault is sealed")
	for cause, class := range map[error]error{own: inbound.ErrThrottled, unclassified: inbound.ErrTemporary} {
		login := func(context.Context) (inbound.Credential, error) { return inbound.Credential{}, cause }
		e := f.fails(t, t.Context(), a, login)
		assert.Equal(t, class, e.Class, "%v", e)
		require.ErrorIs(t, e, cause)
	}
	assert.Empty(t, s.said())
}

func (f *fixture) unusableCredential(t *testing.T) {
	for name, spoil := range map[string]func(*inbound.Account, *inbound.Credential){
		"no username":               func(a *inbound.Account, _ *inbound.Credential) { a.Username = "" },
		"username with line break":  func(a *inbound.Account, _ *inbound.Credential) { a.Username = "bob\r\nDELE 1" },
		"username with NUL":         func(a *inbound.Account, _ *inbound.Credential) { a.Username = "bob\x00" },
		"username with a separator": func(a *inbound.Account, _ *inbound.Credential) { a.Username = "bob\x01auth=Bearer x" },
		"no password":               func(_ *inbound.Account, c *inbound.Credential) { c.Password = "" },
		"password with line break":  func(_ *inbound.Account, c *inbound.Credential) { c.Password += "\nQUIT" },
		"password with NUL":         func(_ *inbound.Account, c *inbound.Credential) { c.Password += "\x00" },
		"token with a line break":   func(_ *inbound.Account, c *inbound.Credential) { c.AccessToken = token + "\r\nDELE 1" },
		"token with a separator":    func(_ *inbound.Account, c *inbound.Credential) { c.AccessToken = token + "\x01" },
	} {
		t.Run(name, func(t *testing.T) {
			s := new(server)
			a, _ := f.byPassword(t, s)
			c := inbound.Credential{Password: password}
			spoil(&a, &c)
			e := f.fails(t, t.Context(), a, given(c))
			assert.Equal(t, inbound.ErrAuth, e.Class)
			assert.NotEmpty(t, e.Hint)
			assert.Empty(t, s.said())
		})
	}
}

func (f *fixture) endedContext(t *testing.T) {
	t.Run("before there is a token", func(t *testing.T) {
		a, _ := f.byToken(t, new(server))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		e := f.fails(t, ctx, a, func(ctx context.Context) (inbound.Credential, error) {
			return inbound.Credential{}, context.Cause(ctx)
		})
		assert.Equal(t, inbound.ErrTemporary, e.Class)
		require.ErrorIs(t, e, context.Canceled)
	})
	t.Run("after the error challenge", func(t *testing.T) {
		s := &server{mechanisms: []string{"XOAUTH2"}, challenge: "e30=", end: silent}
		a, login := f.byToken(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-s.reached; cancel() }()
		e := f.fails(t, ctx, a, login)
		assert.Equal(t, inbound.ErrTemporary, e.Class)
		require.ErrorIs(t, e, context.Canceled)
	})
}
