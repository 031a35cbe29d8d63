package pop3fetch

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
	"golang.org/x/oauth2"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// credentials are who logs in, and how.
type credentials struct {
	user     string
	password string
	token    string // an OAuth2 access token; "" means by password
	host     string
	port     int
	wrong    errorClass // of a refusal that gives no reason
}

var wrongToken = errorClass{inbound.ErrAuth, "the access token was refused; give consent again, with a scope that includes POP3 and by the user whose mailbox it is"}

// newCredentials gets a fresh token where the account has OAuth2, and refuses
// what would put words into the conversation.
func newCredentials(ctx context.Context, a inbound.Account) (credentials, error) {
	c := credentials{user: a.Username, password: a.Password.Reveal(), host: a.Host, port: a.Port, wrong: wrongLogin}
	if a.OAuth2 != nil {
		var err error
		if c.token, err = accessToken(ctx, a.OAuth2); err != nil {
			return c, err
		}
		c.wrong = wrongToken
	}
	// \x01 separates the fields of XOAUTH2 and OAUTHBEARER.
	if c.user == "" || strings.ContainsAny(c.user+c.password, "\r\n\x00") || strings.ContainsAny(c.user+c.token, "\r\n\x00\x01") {
		return c, &inbound.Error{Op: "log in", Class: inbound.ErrPermanent,
			Err: errors.New("the user name is empty, or it, the password or the token has a control character in it"), Hint: "correct the account's user name and password"}
	}
	return c, nil
}

// hide takes the secrets out of what the server said: some repeat the command
// that they do not like.
func (c credentials) hide(err error) error {
	var refused *refusal
	var broken *protocolError
	for _, secret := range []string{c.password, c.token} {
		switch {
		case secret == "":
		case errors.As(err, &refused):
			refused.text = strings.ReplaceAll(refused.text, secret, "[redacted]")
		case errors.As(err, &broken):
			broken.line = bytes.ReplaceAll(broken.line, []byte(secret), []byte("[redacted]"))
		}
	}
	return err
}

// accessToken asks for a token. TokenSource knows no context, so the asking may
// go on for a while after ctx has ended; it ends with its own HTTP request.
func accessToken(ctx context.Context, source oauth2.TokenSource) (string, error) {
	type answer struct {
		token *oauth2.Token
		err   error
	}
	got := make(chan answer, 1)
	go func() {
		token, err := source.Token()
		got <- answer{token, err}
	}()
	select {
	case <-ctx.Done():
		return "", mailconn.Classify("get an access token", ctx.Err())
	case a := <-got:
		if a.err == nil && a.token.AccessToken != "" {
			return a.token.AccessToken, nil
		}
		return "", explainToken(a.err)
	}
}

// explainToken says why there is no token, without the server's whole answer.
func explainToken(err error) error {
	e := &inbound.Error{Op: "get an access token", Class: inbound.ErrTemporary, Err: err}
	var refused *oauth2.RetrieveError
	switch {
	case err == nil:
		e.Class, e.Err, e.Hint = inbound.ErrAuth, errors.New("the token source gave an empty token"), wrongToken.hint
	case !errors.As(err, &refused):
		e.Err = fmt.Errorf("%.200q", err.Error())
	case refused.ErrorCode == "invalid_grant":
		e.Class, e.Hint = inbound.ErrAuth, "the consent has expired or was withdrawn; give consent again"
		e.Err = fmt.Errorf("%.50q: %.200q", refused.ErrorCode, refused.ErrorDescription)
	default:
		e.Err = fmt.Errorf("%.50q: %.200q", refused.ErrorCode, refused.ErrorDescription)
		if r := refused.Response; r != nil && r.StatusCode/100 == 4 && r.StatusCode != 429 {
			e.Class, e.Hint = inbound.ErrAuth, "check the client ID, the client secret and the tenant of the OAuth2 settings"
		}
	}
	return e
}

// login logs in: by XOAUTH2, or by OAUTHBEARER (RFC 7628) where the server
// announces nothing else, with a token; by USER and PASS with a password, or by
// AUTH PLAIN (RFC 4616) where the server announces that alone.
func (s *session) login(c credentials) error {
	switch {
	case c.token != "" && s.caps.hasSASL(sasl.OAuthBearer) && !s.caps.hasSASL("XOAUTH2"):
		mechanism, first, err := sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{
			Username: c.user, Token: c.token, Host: c.host, Port: c.port}).Start()
		if err != nil {
			return err
		}
		return s.authenticate(mechanism, first, "AQ==\r\n") // RFC 7628, section 3.2.3: answers an error with \x01
	case c.token != "":
		first := "user=" + c.user + "\x01auth=Bearer " + c.token + "\x01\x01"
		return s.authenticate("XOAUTH2", []byte(first), "\r\n")
	case s.caps != nil && !s.caps.has("USER") && s.caps.hasSASL(sasl.Plain):
		return s.authenticate(sasl.Plain, []byte("\x00"+c.user+"\x00"+c.password), "*\r\n")
	}
	if err := s.lib.User(c.user); err != nil {
		return err
	}
	return s.lib.Pass(c.password)
}

// authenticate runs AUTH (RFC 5034) with the client's first word in a step of
// its own: Microsoft wants it so, and nobody minds. What a server asks after
// that can only be an error; giveUp answers it, and the refusal follows.
func (s *session) authenticate(mechanism string, first []byte, giveUp string) error {
	if err := s.send([]byte("AUTH " + mechanism + "\r\n")); err != nil {
		return err
	}
	goOn, err := s.challenge()
	if err == nil && !goOn {
		err = &protocolError{what: "the server accepts a log-in that has not begun"}
	}
	if err != nil {
		return err
	}
	if err := s.send([]byte(base64.StdEncoding.EncodeToString(first) + "\r\n")); err != nil {
		return err
	}
	if goOn, err = s.challenge(); err != nil || !goOn {
		return err
	}
	if err := s.send([]byte(giveUp)); err != nil {
		return err
	}
	_, err = s.status()
	return err
}

// challenge reads the answer to a step: true asks for another one.
func (s *session) challenge() (bool, error) {
	line, err := s.line()
	if err != nil {
		return false, err
	}
	if bytes.Equal(line, []byte("+")) || bytes.HasPrefix(line, []byte("+ ")) {
		return true, nil
	}
	_, err = parseStatus(line)
	return false, err
}
