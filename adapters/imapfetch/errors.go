package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

var (
	// errUnreadable marks an answer that the library cannot read, while the
	// connection itself was fine.
	errUnreadable = errors.New("the server's answer cannot be read")
	// errTruncated marks a connection that ended within a message.
	errTruncated = errors.New("the message is truncated")
)

// dirty says that the connection cannot be used any more.
func dirty(err error) error { return fmt.Errorf("%w: %w", inbound.ErrDirty, err) }

// failure turns what ended a command of this connection into an *inbound.Error,
// or nil. It reports whether the connection is of no more use.
func (c *conn) failure(ctx context.Context, op inbound.Op, err error) (e *inbound.Error, broken bool) {
	var (
		status  *imap.Error
		refused *tokenRefused
		bye     byeError
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
	case errors.As(err, &refused):
		// The server has refused the token, and then hung up.
		hint, class := c.credential.Refused(refused.reason)
		return &inbound.Error{Op: op, Class: class, Hint: hint, Err: refused.reason}, true
	case errors.As(err, &bye):
		return bye.at(op), true
	case c.wire.OutOfStep():
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary,
			Err: fmt.Errorf("%w: %w", errUnreadable, wire.ErrOutOfStep)}, true
	case errors.Is(err, errTruncated):
		return networkError(op, err), true
	}
	if line := c.wire.Bye(); line != "" {
		return byeError(c.credential.Redact(line)).at(op), true
	}
	if cause := c.transport.Cause(); cause != nil {
		e = networkError(op, cause)
	} else {
		e = &inbound.Error{Op: op, Class: inbound.ErrTemporary,
			Err: fmt.Errorf("%w: %.200q", errUnreadable, c.redactQuoted(err.Error()))}
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
	safe := &imap.Error{Type: status.Type, Text: c.credential.Redact(status.Text),
		Code: imap.ResponseCode(c.credential.Redact(string(status.Code)))}
	e := &inbound.Error{Op: op, Err: fmt.Errorf("the server answers %s %.200q", safe.Type, safe.Text)}
	if safe.Code != "" {
		e.Err = fmt.Errorf("the server answers %s [%.60q] %.200q", safe.Type, string(safe.Code), safe.Text)
	}
	var login errorClass
	var refused *tokenRefused
	if errors.As(err, &refused) {
		e.Err = fmt.Errorf("%w (%w)", e.Err, refused.reason)
		login.hint, login.class = c.credential.Refused(refused.reason)
		safe.Type = imap.StatusResponseTypeNo // BAD, too, only completes a login that was refused before
	} else {
		login.hint, login.class = c.credential.Refused(nil)
	}
	class := classify(op, safe, login)
	e.Class, e.Hint = class.class, class.hint
	return e
}

// byeError is the line with which a server ends the connection.
type byeError string

func (line byeError) Error() string {
	return fmt.Sprintf("the server ends the connection: %.200q", string(line))
}

// at classifies it.
func (line byeError) at(op inbound.Op) *inbound.Error {
	class := temporary
	if text := strings.ToLower(string(line)); isThrottled(text) || strings.Contains(text, "[limit]") {
		class = throttled
	}
	return &inbound.Error{Op: op, Class: class.class, Hint: class.hint, Err: line}
}
