package imapfetch

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"
)

const (
	mechXOAuth2     = "XOAUTH2"
	mechOAuthBearer = "OAUTHBEARER"
)

// bearer is a SASL mechanism that consists of one message with a token.
type bearer struct {
	mech     string
	response string
}

var _ sasl.Client = bearer{}

// newXOAuth2 returns the mechanism that Google and Microsoft made before there
// was a standard.
func newXOAuth2(username, token string) bearer {
	return bearer{mechXOAuth2, "user=" + username + "\x01auth=Bearer " + token + "\x01\x01"}
}

// newOAuthBearer returns the standard mechanism (RFC 7628, section 3.1).
func newOAuthBearer(username, token, host string, port int) bearer {
	name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(username)
	return bearer{mechOAuthBearer, "n,a=" + name + ",\x01host=" + host + "\x01port=" + strconv.Itoa(port) + "\x01auth=Bearer " + token + "\x01\x01"}
}

// Start implements sasl.Client.
func (b bearer) Start() (string, []byte, error) { return b.mech, []byte(b.response), nil }

// Next implements sasl.Client. A challenge is the server's way of refusing
// (RFC 7628, section 3.2.2). It is not answered: the library cannot send the
// empty line that XOAUTH2 wants, so the connection ends here.
func (b bearer) Next(challenge []byte) ([]byte, error) {
	refusal := &tokenRefused{mech: b.mech}
	_ = json.Unmarshal(challenge, refusal) // not JSON: refused without a reason
	return nil, refusal
}

// tokenRefused is the server's refusal of an access token.
type tokenRefused struct {
	mech   string
	Status string `json:"status"`
}

func (e *tokenRefused) Error() string {
	return fmt.Sprintf("%s: the server refuses the access token, status %.100q", e.mech, e.Status)
}

// isToken reports a token that can stand in a bearer message (RFC 6750, section
// 2.1).
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
