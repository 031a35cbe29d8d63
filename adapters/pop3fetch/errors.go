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
	wrongLogin   = errorClass{inbound.ErrAuth, "check the user name and the password; many providers want POP3 switched on in the mailbox's settings and an app password, or OAuth2"}
	inUse        = errorClass{inbound.ErrTemporary, "another program has the mailbox open by POP3; it is tried again"}
	throttled    = errorClass{inbound.ErrThrottled, "the server wants fewer connections or less traffic; raise the account's interval if this stays"}
	temporary    = errorClass{inbound.ErrTemporary, "the server has trouble of its own; it is tried again"}
	unclassified = errorClass{}
	permanent    = errorClass{inbound.ErrPermanent, "the mailbox needs its provider's administrator"}
)

// codes are the response codes of RFC 2449, section 8, and RFC 3206.
var codes = map[string]errorClass{
	"AUTH":        wrongLogin,
	"IN-USE":      inUse,
	"LOGIN-DELAY": throttled,
	"THROTTLED":   throttled,
	"OVERQUOTA":   throttled,
	"SYS/TEMP":    temporary,
	"SYS/PERM":    permanent,
}

// phrases are for servers without codes, as RFC 1939 knows them. What says
// neither is what the command makes likely.
var phrases = []struct {
	re *regexp.Regexp
	errorClass
}{
	{regexp.MustCompile(`(?i)too many|too often|too fast|throttl|rate limit|limit(s)? exceeded|bandwidth`), throttled},
	{regexp.MustCompile(`(?i)(maildrop|mail drop|mailbox|spool)\b.*\b(lock|locked|in use|busy)\b|\block (maildrop|mail drop|mailbox)`), inUse},
	{regexp.MustCompile(`(?i)temporar|try (again|later)|unavailable|internal error`), temporary},
}

// meaning tells what a refusal means; other is for one that does not say.
func (r *refusal) meaning(other errorClass) errorClass {
	code, coded := strings.CutPrefix(r.text, "[")
	if code, _, ok := strings.Cut(code, "]"); coded && ok {
		m, known := codes[strings.ToUpper(code)]
		switch {
		case known && m.class == other.class:
			return other // it knows better what to do about it
		case known:
			return m
		}
	}
	for _, p := range phrases {
		if p.re.MatchString(r.text) {
			return p.errorClass
		}
	}
	return other
}

// explain makes an *inbound.Error of whatever went wrong while doing op. other
// is for refusals that do not say what they mean.
func explain(op string, err error, other errorClass) error {
	var known *inbound.Error
	var refused *refusal
	var broken *protocolError
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &refused):
		m := refused.meaning(other)
		return &inbound.Error{Op: op, Class: m.class, Hint: m.hint, Err: err}
	case errors.As(err, &broken):
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: err,
			Hint: "check that host, port and security are those of a POP3 server"}
	}
	return mailconn.Classify(op, err)
}

// dirty marks the error that ended a session, without another word.
type dirty struct{ error }

func (d dirty) Unwrap() []error { return []error{d.error, inbound.ErrDirty} }
