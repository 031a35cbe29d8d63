package pop3fetch

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/emersion/go-sasl"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/refusal"
)

// login logs in by SASL where saslClient says so, else by USER and PASS.
func (s *session) login() error {
	client, err := s.saslClient(s.credential)
	switch {
	case err != nil:
		return err
	case client != nil:
		err = s.authenticate(client)
	default:
		if err = s.lib.User(s.credential.Username); err == nil {
			err = s.lib.Pass(s.credential.Password.Reveal())
		}
	}
	if err == nil {
		return nil
	}
	var token *mailauth.Refusal
	if client != nil {
		token = client.Refusal()
	}
	if token == nil {
		return s.explain(inbound.OpLogin, err)
	}
	reply := new(errReply) // says nothing: the server may have refused the token, and then hung up
	errors.As(err, &reply)
	r := s.credential.Explain(s.meaning(refusal.Login, reply), token)
	return r.Failure(inbound.OpLogin, fmt.Errorf("%w (%w)", err, token))
}

// saslClient chooses the SASL mechanism: one for an access token, or PLAIN where
// the server announces it and not USER. It returns nil if the password is to be
// sent by USER and PASS.
func (s *session) saslClient(c mailauth.Credential) (*mailauth.Client, error) {
	if c.AccessToken == "" {
		if s.caps != nil && !s.caps.has("USER") && s.caps.hasSASL(sasl.Plain) {
			return c.Plain(), nil
		}
		return nil, nil
	}
	offers := s.caps.hasSASL
	if !s.caps.has("SASL") {
		// Without a list of mechanisms nothing is known: try the usual one.
		offers = func(mechanism string) bool { return mechanism == "XOAUTH2" }
	}
	client := c.Bearer(offers)
	if client == nil {
		return nil, &inbound.Error{Op: inbound.OpLogin, Class: inbound.ErrPermanent,
			Err:  errors.New("the server does not accept OAuth2"),
			Hint: "log in by password, or check host and port"}
	}
	return client, nil
}

// authenticate runs AUTH (RFC 5034). The client's first response is sent in a
// step of its own: Microsoft requires that, and every server accepts it. The
// server ends the exchange after at most one challenge.
func (s *session) authenticate(client sasl.Client) error {
	mechanism, response, err := client.Start()
	if err != nil {
		return err
	}
	if err := s.send([]byte("AUTH " + mechanism + "\r\n")); err != nil {
		return err
	}
	_, more, err := s.challenge()
	if err == nil && !more {
		err = &protocolError{what: "the server accepts a login that has not begun"}
	}
	if err != nil {
		return err
	}
	if err := s.sendResponse(response); err != nil {
		return err
	}
	challenge, more, err := s.challenge()
	if err != nil || !more {
		return err
	}
	if response, err = client.Next(challenge); err != nil {
		err = s.send([]byte("*\r\n")) // cancels
	} else {
		err = s.sendResponse(response)
	}
	if err != nil {
		return err
	}
	_, err = s.status()
	return err
}

func (s *session) sendResponse(response []byte) error {
	return s.send([]byte(base64.StdEncoding.EncodeToString(response) + "\r\n"))
}

// challenge reads the server's answer to a step of AUTH; more is false when it is
// the final +OK. A challenge that is not base64 is returned as
// far as it is.
func (s *session) challenge() (text []byte, more bool, err error) {
	line, err := s.line()
	if err != nil {
		return nil, false, err
	}
	encoded, more := bytes.CutPrefix(line, []byte("+ "))
	if !more && !bytes.Equal(line, []byte("+")) {
		_, err = s.parseStatus(line)
		return nil, false, err
	}
	text, _ = base64.StdEncoding.AppendDecode(nil, encoded)
	return text, true, nil
}
