package pop3fetch

import (
	"errors"
	"regexp"
	"strings"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// errorClass is the class of a refusal, with what the operator can do about it.
type errorClass struct {
	class error
	hint  string
}

var (
	unclassified = errorClass{}
	inUse        = errorClass{inbound.ErrTemporary, "another program has the mailbox open by POP3; retried automatically"}
	temporary    = errorClass{inbound.ErrTemporary, "the server has trouble of its own; retried automatically"}
	permanent    = errorClass{inbound.ErrPermanent, "the mailbox needs its provider's administrator"}
	throttled    = errorClass{inbound.ErrThrottled,
		"the server wants fewer connections or less traffic; raise the account's interval if this stays"}
	unauthenticated = errorClass{inbound.ErrAuth, "check the username and the password, or sign in again"}
)

// codes are the response codes of RFC 2449, section 8, and RFC 3206.
var codes = map[string]errorClass{
	"AUTH":        unauthenticated,
	"IN-USE":      inUse,
	"LOGIN-DELAY": throttled,
	"THROTTLED":   throttled,
	"OVERQUOTA":   throttled,
	"SYS/TEMP":    temporary,
	"SYS/PERM":    permanent,
}

// phrases are for servers without response codes, which RFC 1939 does not have.
var phrases = []struct {
	re *regexp.Regexp
	errorClass
}{
	{regexp.MustCompile(`(?i)too many|too often|too fast|throttl|rate limit|limit(s)? exceeded|bandwidth`), throttled},
	{regexp.MustCompile(`(?i)(maildrop|mail drop|mailbox|spool)\b.*\b(lock|locked|in use|busy)\b|` +
		`\block (maildrop|mail drop|mailbox)`), inUse},
	{regexp.MustCompile(`(?i)temporar|try (again|later)|unavailable|internal error`), temporary},
}

// classify returns the class of a refusal by its code or its words. fallback is
// what the command makes likely, for a refusal that has neither.
func (r *refusal) classify(fallback errorClass) errorClass {
	code, coded := strings.CutPrefix(r.text, "[")
	if code, _, ok := strings.Cut(code, "]"); coded && ok {
		c, known := codes[strings.ToUpper(code)]
		switch {
		case known && c.class == fallback.class:
			return fallback // its hint is of this command
		case known:
			return c
		}
	}
	for _, p := range phrases {
		if p.re.MatchString(r.text) {
			return p.errorClass
		}
	}
	return fallback
}

// inbound.OpLogin is the login, as errors name it.
// explain makes an *inbound.Error of what went wrong in an operation. fallback
// is for refusals that do not say what they mean.
func explain(op inbound.Op, err error, fallback errorClass) error {
	var known *inbound.Error
	var refused *refusal
	var broken *protocolError
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &refused):
		c := refused.classify(fallback)
		return &inbound.Error{Op: op, Class: c.class, Hint: c.hint, Err: err}
	case errors.As(err, &broken):
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: err,
			Hint: "check that host, port and security are those of a POP3 server"}
	}
	return mailconn.Classify(op, err)
}

// recoverable is an error after which the session goes on: each command has its
// reply.
type recoverable struct{ error }

// callbackError is an error of the function that the caller passed. It is
// returned as it is.
type callbackError struct{ error }

// dirty marks the error that ended a session, without a word in its text.
type dirty struct{ error }

func (d dirty) Unwrap() []error { return []error{d.error, inbound.ErrDirty} }
