package mailauth

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
)

// Refusal is a server's error challenge: what it says about an access token that
// it refuses (RFC 7628, section 3.2.2). The server's text has no secrets in it.
type Refusal struct {
	Mechanism string
	Status    string // such as "invalid_token", or an HTTP status like "401"; "" if there is none
	Scope     string // the scope that the server wants; "" if it does not say
}

// readRefusal reads a challenge, which may be anything: it is a refusal in any
// case.
func readRefusal(mechanism string, challenge []byte, redact func(string) string) *Refusal {
	var text struct {
		Status any    `json:"status"` // a number on some servers
		Scope  string `json:"scope"`
	}
	r := &Refusal{Mechanism: mechanism}
	if err := json.Unmarshal(challenge, &text); err != nil {
		return r
	}
	if text.Status != nil {
		r.Status = redact(fmt.Sprint(text.Status))
	}
	r.Scope = redact(text.Scope)
	return r
}

// Error implements error.
func (r *Refusal) Error() string {
	text := r.Mechanism + ": the server refuses the access token"
	if r.Status != "" {
		text += ", status " + escape.Quoted(r.Status)
	}
	if r.Scope != "" {
		text += ", scope " + escape.Quoted(r.Scope)
	}
	return text
}

func (r *Refusal) class() error {
	switch status, _ := strconv.Atoi(r.Status); {
	case status == 429:
		return inbound.ErrThrottled
	case status == 408 || status >= 500:
		return inbound.ErrTemporary
	}
	return inbound.ErrAuth
}

func (r *Refusal) cause() inbound.Cause {
	switch r.class() {
	case inbound.ErrThrottled:
		return inbound.CauseThrottled
	case inbound.ErrTemporary:
		return inbound.CauseUnavailable
	}
	return inbound.CauseCredentials
}

func (r *Refusal) hint(p inbound.Protocol) string {
	switch {
	case r.class() != inbound.ErrAuth:
		return "the server cannot check the access token now; retried automatically"
	case strings.EqualFold(r.Status, "insufficient_scope"):
		return "the access token does not allow " + name(p) + "; " + signInAgain(p)
	}
	return signInAgain(p)
}
