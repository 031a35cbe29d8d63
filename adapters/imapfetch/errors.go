package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

const (
	consentAgain = "the mailbox's owner has to give consent again"
	wrongLogin   = "check username and password; providers with two-factor authentication want an app password here, and some want IMAP to be switched on in the mailbox's settings"
)

// failure turns what ended a command of this connection into an *inbound.Error,
// or nil. It reports whether the connection is of no more use.
func (c *conn) failure(ctx context.Context, op string, err error) (e *inbound.Error, broken bool) {
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
		return statusError(op, &imap.Error{Type: status.Type, Code: imap.ResponseCode(c.hide(string(status.Code))), Text: c.hide(status.Text)}), false
	case errors.As(err, &refused):
		return &inbound.Error{Op: op, Class: inbound.ErrAuth, Hint: consentAgain, Err: refused}, true
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), errSlow):
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Hint: "check host, port and security, and the network", Err: errSlow}, true
	case ctx.Err() != nil:
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: ctx.Err()}, true
	case errors.As(err, &bye):
		return bye.at(op), true
	case errors.Is(err, errTruncated):
		return classify(op, err), true
	}
	if line := c.byes.bye(); line != "" {
		return byeError(c.hide(line)).at(op), true
	}
	if cause := c.transport.Cause(); cause != nil {
		return classify(op, cause), true
	}
	return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: fmt.Errorf("%w: %.200q", errUnreadable, c.hide(err.Error()))}, true
}

func classify(op string, err error) *inbound.Error {
	var e *inbound.Error
	errors.As(mailconn.Classify(op, err), &e)
	return e
}

var (
	// errUnreadable marks an answer that the library cannot read, while the
	// connection itself was fine.
	errUnreadable = errors.New("the server's answer cannot be read")
	// errTruncated marks a connection that ended within a message.
	errTruncated = errors.New("the message is cut")
)

// dirty says that the connection cannot be used any more.
func dirty(err error) error { return fmt.Errorf("%w: %w", inbound.ErrDirty, err) }

// statusError classes a NO or BAD by its code (RFC 5530) and, since many servers
// give none, by what is usual in its text.
func statusError(op string, status *imap.Error) *inbound.Error {
	e := &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: fmt.Errorf("the server answers %s [%.60q] %.200q", status.Type, string(status.Code), status.Text)}
	if status.Code == "" {
		e.Err = fmt.Errorf("the server answers %s %.200q", status.Type, status.Text)
	}
	login, selecting := op == "log in", op == "open folder"
	switch strings.ToUpper(string(status.Code)) {
	case "UNAVAILABLE", "INUSE", "SERVERBUG", "CORRUPTION":
		return e
	case "LIMIT", "OVERQUOTA", "THROTTLED":
		return throttled(e)
	case "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "WEBALERT", "CONTACTADMIN":
		e.Class, e.Hint = inbound.ErrAuth, wrongLogin
		return e
	case "NOPERM", "NONEXISTENT", "CANNOT":
		e.Class = inbound.ErrPermanent
		if selecting {
			e.Hint = noFolder
		}
		return e
	}
	switch text := strings.ToLower(status.Text); {
	case soundsThrottled(text):
		return throttled(e)
	case strings.Contains(text, "not connected"):
		e.Class, e.Hint = inbound.ErrPermanent, "the provider knows the user but gives no mailbox; check its licence and whether IMAP is allowed for it"
	case strings.Contains(text, "temporar"), strings.Contains(text, "try again"), strings.Contains(text, "unavailable"), strings.Contains(text, "internal error"):
	case login && strings.Contains(text, "app") && strings.Contains(text, "password"):
		e.Class, e.Hint = inbound.ErrAuth, "the provider wants an app password; make one in its account settings and enter it here"
	case login && status.Type == imap.StatusResponseTypeNo:
		e.Class, e.Hint = inbound.ErrAuth, wrongLogin
	case login:
		e.Class, e.Hint = inbound.ErrPermanent, "the server does not understand the log-in; check host, port and security"
	case selecting:
		e.Class, e.Hint = inbound.ErrPermanent, noFolder
	}
	return e
}

const noFolder = "check the folder's name; it has to be written as the server lists it"

func throttled(e *inbound.Error) *inbound.Error {
	e.Class, e.Hint = inbound.ErrThrottled, "the provider limits connections or traffic; this heals by itself, sooner if other programs use the mailbox less"
	return e
}

func soundsThrottled(text string) bool {
	for _, words := range []string{"too many", "throttl", "rate limit", "limit exceeded", "exceeded limit", "bandwidth", "quota"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// byeError is a server that takes its leave, with the reason it gives.
type byeError string

func (line byeError) Error() string {
	return fmt.Sprintf("the server ends the connection: %.200q", string(line))
}

// at classes it.
func (line byeError) at(op string) *inbound.Error {
	e := &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: line}
	if text := strings.ToLower(string(line)); soundsThrottled(text) || strings.Contains(text, "[limit]") {
		return throttled(e)
	}
	return e
}
