package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
	"github.com/postroom/postroom/internal/refusal"
)

var (
	// errUnreadable marks an answer that the library cannot read, while the
	// connection itself was fine.
	errUnreadable = errors.New("the server's answer cannot be read")
	// errTruncated marks a connection that ended within a message.
	errTruncated = errors.New("the message is truncated")
)

// dirty says that the connection can no longer be used.
func dirty(err error) error { return fmt.Errorf("%w: %w", inbound.ErrDirty, err) }

// failure turns what ended a command of this connection into an *inbound.Error,
// or nil. It reports whether the connection is of no more use.
func (c *conn) failure(ctx context.Context, op inbound.Op, err error) (e *inbound.Error, broken bool) {
	var (
		status *imap.Error
		token  *tokenRefused
		bye    byeError
	)
	switch {
	case err == nil:
		return nil, false
	case errors.As(err, &e):
		return e, false
	case errors.As(err, &status):
		return c.statusError(op, status, err), false
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), errSlow):
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: errSlow,
			Hint: "check host, port and security, and the network"}, true
	case ctx.Err() != nil:
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: ctx.Err()}, true
	case c.wire.Overtaken():
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: errAhead}, true
	case errors.As(err, &token):
		// The server has refused the token, and then hung up.
		r := refusal.Read(inbound.IMAP, refusal.Login, "", "")
		return c.credential.Explain(r, token.reason).Failure(op, token.reason), true
	case errors.As(err, &bye):
		return c.ended(op, bye), true
	case errors.Is(c.wire.Fault(), wire.ErrOutOfStep), errors.Is(c.wire.Fault(), wire.ErrTooLarge):
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary,
			Err: fmt.Errorf("%w: %w", errUnreadable, c.wire.Fault())}, true
	case c.wire.Fault() != nil:
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: c.wire.Fault(), Hint: hintServer}, true
	case errors.Is(err, errTruncated):
		return networkError(op, err), true
	}
	if line := c.wire.Bye(); line != "" {
		return c.ended(op, byeError(c.credential.Redact(line))), true
	}
	if cause := c.transport.Cause(); cause != nil {
		e = networkError(op, cause)
		if why, words := c.alerted(op, refusal.Refusal{}); words != "" && errors.Is(cause, io.ErrUnexpectedEOF) {
			e = c.credential.Explain(why, nil).Failure(op, fmt.Errorf("%w, after %s", e.Err, words))
		}
	} else {
		e = &inbound.Error{Op: op, Class: inbound.ErrTemporary,
			Err: fmt.Errorf("%w: %s", errUnreadable, escape.Quoted(c.redactQuoted(err.Error())))}
	}
	if n := c.wire.Dropped(); n > 0 {
		// An answer that never came may have been among them.
		e.Err = fmt.Errorf("%w (%d other lines of the server were not understood)", e.Err, n)
	}
	return e, true
}

// quotedText is a string in an error of the library: what the server has said.
var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// redactQuoted replaces the secrets in what an error of the library quotes. The
// library's own words stay: a hole in them would tell a secret that is a part of
// them.
func (c *conn) redactQuoted(text string) string {
	return quotedText.ReplaceAllStringFunc(text, func(quoted string) string {
		said, err := strconv.Unquote(quoted)
		if err != nil {
			return `"..."`
		}
		return strconv.Quote(c.credential.Redact(said))
	})
}

func networkError(op inbound.Op, err error) *inbound.Error {
	var e *inbound.Error
	errors.As(mailconn.Classify(op, err), &e)
	return e
}

// statusError is the failure of a command that the server has answered with NO
// or BAD. err is the whole error, which may be of a token that was refused.
func (c *conn) statusError(op inbound.Op, status *imap.Error, err error) *inbound.Error {
	code, text := c.credential.Redact(string(status.Code)), c.credential.Redact(status.Text)
	answer := string(status.Type)
	if code != "" {
		answer += " [" + escape.Text(code, 60) + "]"
	}
	answer += " " + escape.Text(text, escape.Most)
	said := errors.New("the server answers " + strings.TrimRight(answer, " "))
	if status.Type == imap.StatusResponseTypeBad {
		said = badAnswer{said}
	}
	var token *mailauth.Refusal
	if login := new(tokenRefused); errors.As(err, &login) {
		token, said = login.reason, fmt.Errorf("%w (%w)", said, login.reason)
	}
	r := refusal.Read(inbound.IMAP, refusal.StepOf(inbound.IMAP, op), code, text)
	if why, words := c.alerted(op, r); words != "" {
		r, said = why, fmt.Errorf("%w, after %s", said, words)
	}
	if op == inbound.OpLogin && status.Type == imap.StatusResponseTypeBad && token == nil && !r.Known {
		r.Class, r.Cause = inbound.ErrPermanent, inbound.CauseSettings
		r.Hint = "the server does not understand the login; check host, port and security"
	}
	return c.credential.Explain(r, token).Failure(op, said)
}

// badAnswer is a BAD of the server.
type badAnswer struct{ error }

// hintServer is for a server that sends what no server has a reason to send.
const hintServer = "check that host and port are those of the mail server; retried automatically, and if this stays, " +
	"contact its operator"

// hintFolder is for a folder that cannot be.
const hintFolder = "check the folder's name; it has to be written as the server lists it"

// ofMessages reports whether a refusal counts against single messages, rather than
// against the server or the account. After many in a row it does not.
func (job *fetchJob) ofMessages(status *imap.Error, b batch) bool {
	r := refusal.Read(inbound.IMAP, refusal.Reading, string(status.Code), status.Text)
	if r.Known && len(b) == 1 {
		job.refused++
	}
	return r.Message && job.refused <= refusal.MaxInRow
}

// byeError is the line with which a server ends the connection.
type byeError string

func (line byeError) Error() string {
	return "the server ends the connection: " + escape.Quoted(string(line))
}

// ended is the failure of an operation during which the server has ended the
// connection. Before a session begins, the line may say why there is none.
func (c *conn) ended(op inbound.Op, line byeError) *inbound.Error {
	text := string(line[min(len(line), len("* BYE ")):])
	r := refusal.Read(inbound.IMAP, refusal.Goodbye, "", text)
	if step := refusal.StepOf(inbound.IMAP, op); step == refusal.Greeting || step == refusal.Login {
		if why := refusal.Read(inbound.IMAP, step, "", text); why.Known {
			r = why
		} else if why, words := c.alerted(op, why); words != "" {
			return c.credential.Explain(why, nil).Failure(op, fmt.Errorf("%w, after %s", line, words))
		}
	}
	return c.credential.Explain(r, nil).Failure(op, line)
}
