package mailauth

import (
	"context"
	"errors"
	"strings"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/oauth2token"
	"github.com/postroom/postroom/internal/redact"
	"github.com/postroom/postroom/internal/refusal"
)

// Credential is what an account logs in with: an access token if there is one,
// else a password. It does not change.
type Credential struct {
	Username    string
	Password    inbound.Secret
	AccessToken inbound.Secret // "" means log in by password

	protocol inbound.Protocol
	host     string
	port     int
	hider    *redact.Hider // of the secrets; nil: there are none
}

// New returns the credential of an account with secrets that are at hand. It
// fails with an *inbound.Error of class ErrAuth if they cannot be sent: a line
// break would end the command, and \x01 a field of XOAUTH2 and OAUTHBEARER.
func New(a inbound.Account, password, accessToken inbound.Secret) (Credential, error) {
	c := Credential{Username: a.Username, Password: password, AccessToken: accessToken,
		protocol: a.Protocol, host: a.Host, port: a.Port}
	c.hider = c.newHider()
	unusable := func(what, hint string) (Credential, error) {
		return Credential{}, &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New(what), Hint: hint}
	}
	const forbidden = "\x00\r\n"
	switch {
	case c.Username == "":
		return unusable("the username is empty", "enter the username")
	case strings.ContainsAny(c.Username, forbidden+"\x01"):
		return unusable("the username has a control character in it", "enter the username again")
	case c.byToken() && !oauth2token.WellFormed(accessToken.Reveal()):
		return unusable("the access token has a space or a character outside of ASCII in it", signInAgain(a.Protocol))
	case c.byToken():
		return c, nil
	case password == "":
		return unusable("there is neither a password nor an access token",
			"enter the password, or connect the account by OAuth2")
	case strings.ContainsAny(password.Reveal(), forbidden):
		return unusable("the password has a line break or NUL in it", "enter the password again")
	}
	return c, nil
}

// FromLogin returns the credential that login gives for an account. Every error is an
// *inbound.Error: one of login that is none counts as temporary.
func FromLogin(ctx context.Context, a inbound.Account, login inbound.Login) (Credential, error) {
	given, err := login(ctx)
	var known *inbound.Error
	switch {
	case errors.As(err, &known):
		return Credential{}, err
	case err != nil:
		return Credential{}, &inbound.Error{Op: inbound.OpCredentials, Class: inbound.ErrTemporary, Err: err}
	}
	return New(a, given.Password, given.AccessToken)
}

func (c Credential) byToken() bool { return c.AccessToken != "" }

// Explain returns what a refusal of the server means for this credential: with a hint
// for a refused password, and never one about passwords for an access token. token
// is what the server said of the access token itself; nil for nothing.
func (c Credential) Explain(r refusal.Refusal, token *Refusal) refusal.Refusal {
	switch r.Cause {
	case inbound.CauseCredentials, inbound.CauseAppPassword, inbound.CauseOAuth2:
	case inbound.CauseSettings:
		if token == nil {
			return r
		}
		// The server has understood the login up to the token.
	default:
		return r
	}
	switch {
	case c.byToken() && token != nil:
		r.Class, r.Cause, r.Hint = token.class(), token.cause(), token.hint(c.protocol)
	case c.byToken():
		r.Cause, r.Hint = inbound.CauseCredentials, signInAgain(c.protocol)
	case r.Hint == "":
		r.Hint = "check the username and the password; many providers want an app password or OAuth2, and " +
			name(c.protocol) + " switched on in the mailbox's settings"
	}
	return r
}

func signInAgain(p inbound.Protocol) string {
	return "the owner of the mailbox has to sign in and give consent again, with a scope that includes " + name(p)
}

// name is how people write the protocol.
func name(p inbound.Protocol) string { return strings.ToUpper(string(p)) }
