package pop3fetch

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
	"github.com/postroom/postroom/internal/refusal"
)

// explain makes an *inbound.Error of what went wrong in an operation.
func (s *session) explain(op inbound.Op, err error) error {
	var known *inbound.Error
	var reply *errReply
	var broken *protocolError
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &reply):
		r := s.meaning(refusal.StepOf(inbound.POP3, op), reply)
		return s.credential.Explain(r, nil).Failure(op, err)
	case errors.As(err, &broken):
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: err,
			Hint: "check that host, port and security are those of a POP3 server"}
	}
	return mailconn.Classify(op, err)
}

// meaning returns what a reply means. The wait of a [LOGIN-DELAY] is announced by CAPA
// (RFC 2449, section 6.5), in seconds.
func (s *session) meaning(step refusal.Step, reply *errReply) refusal.Refusal {
	r := refusal.Read(inbound.POP3, step, "", reply.text)
	announced := s.caps.arguments("LOGIN-DELAY")
	if r.RetryAfter == 0 && len(announced) > 0 && strings.HasPrefix(strings.ToUpper(reply.text), "[LOGIN-DELAY") {
		seconds, _ := strconv.ParseUint(announced[0], 10, 24) // 0 if it is no number
		r.RetryAfter = min(time.Duration(seconds)*time.Second, refusal.MaxRetryAfter)
	}
	return r
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
