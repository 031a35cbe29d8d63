package imapfetch

import (
	"encoding/base64"
	"errors"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
)

// loginMethod is how to log in by password.
type loginMethod int32

const (
	byOffer loginMethod = iota // LOGIN, or PLAIN where LOGIN is switched off
	byPlain                    // AUTHENTICATE PLAIN
	byLogin                    // LOGIN, although it is said to be switched off
)

// logIn logs in by what the server offers: an access token by AUTHENTICATE, a
// password by LOGIN, or by AUTHENTICATE PLAIN where LOGIN is switched off. Where the
// server does not know or support the one, the other is for the next connection: some
// servers end this one.
func (c *conn) logIn() error {
	caps := c.client.Caps()
	if caps == nil {
		return errors.New("the server does not list its capabilities")
	}
	c.before = caps
	offers := func(mechanism string) bool { return caps.Has(imap.AuthCap(mechanism)) }
	refuse := func(class error, what, hint string) error {
		return &inbound.Error{Op: inbound.OpLogin, Class: class, Err: errors.New(what), Hint: hint}
	}
	if c.credential.AccessToken != "" {
		client := c.credential.Bearer(offers)
		if client == nil {
			return refuse(inbound.ErrPermanent, "the server does not accept OAuth2",
				"log in by password, or check host and port")
		}
		return c.authenticate(client)
	}
	disabled := caps.Has(imap.CapLoginDisabled)
	switch {
	case c.method == byPlain && (c.transport.TLS() || !disabled):
		return c.authenticate(c.credential.Plain())
	case !disabled, c.method == byLogin && c.transport.TLS():
		err := c.client.Login(c.credential.Username, c.credential.Password.Reveal()).Wait()
		if c.method == byOffer && offers(sasl.Plain) && c.unsupported(err) {
			c.method, c.again = byPlain, true
		}
		return err
	case c.transport.TLS() && offers(sasl.Plain):
		err := c.authenticate(c.credential.Plain())
		if c.method == byOffer && c.unsupported(err) {
			c.method, c.again = byLogin, true
		}
		return err
	case !c.transport.TLS():
		return refuse(inbound.ErrPermanent, "the server does not accept passwords without encryption",
			"use security tls or starttls")
	}
	return refuse(inbound.ErrAuth, "the server does not accept passwords (LOGINDISABLED)",
		"the provider requires OAuth2; connect the account by it")
}

// authenticate runs AUTHENTICATE. Its error wraps the reason that the server has
// given for refusing an access token, if it has given one.
func (c *conn) authenticate(client *mailauth.Client) error {
	err := c.client.Authenticate(client)
	if err != nil && client.Refusal() != nil {
		return &tokenRefused{client.Refusal(), err}
	}
	// The library gives up at a challenge that is not base64. Where a token has
	// been sent, any challenge is a refusal.
	if errors.As(err, new(base64.CorruptInputError)) && c.credential.AccessToken != "" {
		mechanism, _, _ := client.Start() // has not failed before
		return &tokenRefused{&mailauth.Refusal{Mechanism: mechanism}, err}
	}
	return err
}

// tokenRefused is a login that failed after the server had refused the token.
type tokenRefused struct {
	reason *mailauth.Refusal
	err    error // of the command: the server's final reply, or a connection that ended
}

func (e *tokenRefused) Error() string { return e.reason.Error() }

func (e *tokenRefused) Unwrap() error { return e.err }
