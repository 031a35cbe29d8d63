package mailauth

import (
	"strings"

	"github.com/emersion/go-sasl"
)

// mechXOAuth2 is older than the standard mechanism (RFC 7628), and the only one
// at Microsoft.
const mechXOAuth2 = "XOAUTH2"

// Client is the client's side of one SASL exchange. It implements [sasl.Client]
// for protocol libraries.
type Client struct {
	sasl.Client
	redact  func(string) string
	answer  []byte // to an error challenge; nil for a mechanism that has none
	refusal *Refusal
}

// Plain returns the client that sends the password by PLAIN (RFC 4616).
func (c Credential) Plain() *Client {
	return &Client{Client: sasl.NewPlainClient("", c.Username, c.Password.Reveal()), redact: c.Redact}
}

// Bearer returns the client that sends the access token by one of the mechanisms
// that the server offers: OAUTHBEARER (RFC 7628), or else XOAUTH2. It returns nil
// if the server offers neither.
func (c Credential) Bearer(offers func(mechanism string) bool) *Client {
	switch {
	case offers(sasl.OAuthBearer):
		return c.oauthBearer()
	case offers(mechXOAuth2):
		return c.xoauth2()
	}
	return nil
}

func (c Credential) oauthBearer() *Client {
	// The library does not encode the name (RFC 5801, section 4).
	username := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(c.Username)
	return &Client{
		Client: sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{
			Username: username, Token: c.AccessToken.Reveal(), Host: c.host, Port: c.port}),
		redact: c.Redact,
		answer: []byte{1}, // RFC 7628, section 3.2.3
	}
}

func (c Credential) xoauth2() *Client {
	return &Client{
		Client: xoauth2{"user=" + c.Username + "\x01auth=Bearer " + c.AccessToken.Reveal() + "\x01\x01"},
		redact: c.Redact,
		answer: []byte{},
	}
}

// Next implements [sasl.Client]. A challenge after an access token is the
// server's refusal, which Refusal returns from then on. It is answered, so that
// the server completes the command with a reply that may give a better reason.
func (c *Client) Next(challenge []byte) ([]byte, error) {
	if c.answer == nil {
		return c.Client.Next(challenge)
	}
	if c.refusal != nil {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	mechanism, _, _ := c.Start() // none of the mechanisms fails
	c.refusal = readRefusal(mechanism, challenge, c.redact)
	return c.answer, nil
}

// Refusal returns what the server said about the access token, or nil if it has
// said nothing.
func (c *Client) Refusal() *Refusal { return c.refusal }

// xoauth2 is the mechanism XOAUTH2, which consists of one response.
type xoauth2 struct{ response string }

func (x xoauth2) Start() (string, []byte, error) { return mechXOAuth2, []byte(x.response), nil }

func (xoauth2) Next([]byte) ([]byte, error) { return nil, sasl.ErrUnexpectedServerChallenge }
