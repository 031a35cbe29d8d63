package imapfetch

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
	"golang.org/x/oauth2"

	"github.com/postroom/postroom/inbound"
)

// login is what an account logs in with.
type login struct {
	username, password string
	token              string // "" means by password
	host               string
	port               int
}

// prepareLogin checks the credentials and gets an access token, before a
// connection is made that would have to wait for it.
func prepareLogin(ctx context.Context, a inbound.Account) (*login, error) {
	l := &login{username: a.Username, password: a.Password.Reveal(), host: a.Host, port: a.Port}
	if hasControl(l.username) || hasControl(l.password) {
		return nil, &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("the username or password contains a line break or NUL"), Hint: "enter them again"}
	}
	if a.OAuth2 == nil {
		return l, nil
	}
	token, err := accessToken(ctx, a.OAuth2)
	if err != nil {
		return nil, err
	}
	l.token = token
	return l, nil
}

// secret is what the log-in sends that nobody else may know.
func (g *login) secret() string {
	if g.token != "" {
		return g.token
	}
	return g.password
}

// accessToken asks the source, which knows no contexts, under one.
func accessToken(ctx context.Context, source oauth2.TokenSource) (string, error) {
	type result struct {
		token *oauth2.Token
		err   error
	}
	got := make(chan result, 1)
	go func() {
		token, err := source.Token()
		got <- result{token, err}
	}()
	select {
	case <-ctx.Done():
		return "", &inbound.Error{Op: "get access token", Class: inbound.ErrTemporary, Err: ctx.Err()}
	case r := <-got:
		if r.err != nil {
			return "", tokenError(r.err)
		}
		if r.token == nil || r.token.AccessToken == "" || !isToken(r.token.AccessToken) {
			return "", &inbound.Error{Op: "get access token", Class: inbound.ErrAuth, Err: errors.New("the token source gave no usable token"), Hint: consentAgain}
		}
		return r.token.AccessToken, nil
	}
}

// tokenError tells a refusal of the authorisation server from trouble on the
// way to it. The server's answer itself is not repeated.
func tokenError(err error) error {
	e := &inbound.Error{Op: "get access token", Class: inbound.ErrTemporary, Err: fmt.Errorf("%.200q", err.Error())}
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		e.Err = fmt.Errorf("the authorisation server answers %.100q", refused.ErrorCode)
		if refused.Response == nil || refused.Response.StatusCode/100 == 4 && refused.Response.StatusCode != 429 && refused.Response.StatusCode != 408 {
			e.Class, e.Hint = inbound.ErrAuth, consentAgain
		}
	}
	return e
}

// run logs in by what the server offers: OAuth2 where there is a token, else
// LOGIN, or AUTHENTICATE PLAIN where LOGIN is switched off.
func (g *login) run(l *conn) error {
	caps := l.client.Caps()
	if caps == nil {
		return errors.New("the server does not tell its capabilities")
	}
	switch {
	case g.token != "" && caps.Has(imap.AuthCap(mechOAuthBearer)):
		return l.client.Authenticate(newOAuthBearer(g.username, g.token, g.host, g.port))
	case g.token != "" && caps.Has(imap.AuthCap(mechXOAuth2)):
		return l.client.Authenticate(newXOAuth2(g.username, g.token))
	case g.token != "":
		return &inbound.Error{Op: "log in", Class: inbound.ErrPermanent, Err: errors.New("the server does not accept OAuth2"), Hint: "log in by password, or check host and port"}
	case !caps.Has(imap.CapLoginDisabled):
		return l.client.Login(g.username, g.password).Wait()
	case l.transport.TLS() && caps.Has(imap.AuthCap(sasl.Plain)):
		return l.client.Authenticate(sasl.NewPlainClient("", g.username, g.password))
	case !l.transport.TLS():
		return &inbound.Error{Op: "log in", Class: inbound.ErrPermanent, Err: errors.New("the server does not take passwords without encryption"), Hint: "use security tls or starttls"}
	}
	return &inbound.Error{Op: "log in", Class: inbound.ErrAuth, Err: errors.New("the server does not accept passwords (LOGINDISABLED)"), Hint: "the provider wants OAuth2; connect the account by it"}
}
