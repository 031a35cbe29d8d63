package inbound

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
)

// The classes of failure: Error.Class is one of them. Fetchers set it from the
// protocol's own codes. A Syncer never goes by the text of an error.
var (
	// ErrAuth reports a refused login; see Run.
	ErrAuth = errors.New("inbound: authentication failed")
	// ErrThrottled reports a server that limits logins, commands or traffic. Run retries
	// it like ErrTemporary.
	ErrThrottled = errors.New("inbound: throttled by server")
	// ErrTemporary reports trouble of the network or a server. Run retries it with growing
	// pauses.
	ErrTemporary = errors.New("inbound: temporary failure")
	// ErrPermanent reports wrong settings; the Hint says what to change. Run retries it
	// with growing pauses, too.
	ErrPermanent = errors.New("inbound: permanent failure")
)

// Errors of a Syncer and of a Store.
var (
	ErrBusy      = errors.New("inbound: busy elsewhere") // another call, in this process or another, has the lease
	ErrNotFound  = errors.New("inbound: not found")      // no such account, email or record
	ErrLeaseLost = errors.New("inbound: lease lost")     // another call, in this process or another, took over
)

// ErrPrivateAddress is in the error of a Fetcher whose NetworkPolicy does not admit the
// address of the host, and in that of an access token whose endpoint is at such an address.
var ErrPrivateAddress = errors.New("inbound: the host is at a private or special address")

// ErrPortNotAllowed is in the error of a Fetcher whose NetworkPolicy does not admit the port
// at the public address of the host; likewise for access tokens.
var ErrPortNotAllowed = errors.New("inbound: the port is not one of those allowed")

// Errors of a Session.
var (
	ErrKeyReused     = errors.New("inbound: key reused")          // the key now belongs to a different message
	ErrCursorRefused = errors.New("inbound: cursor refused")      // the server refuses the Token; list everything
	ErrEnded         = errors.New("inbound: session has ended")   // open a new one
	ErrDirty         = errors.New("inbound: connection unusable") // open a new one
)

var errNoFetcher = errors.New("inbound: no fetcher configured") // New reports it

// Error says what failed, where, and what the operator can do about it.
// errors.Is sees both its Class and the error that it wraps.
type Error struct {
	Account string // ID; "" when the failure is not of one account
	Op      Op     // what was being done
	Folder  string // "" when the failure is not of one folder
	Ref     string // the message, when the failure is of one; "" otherwise
	Class   error  // ErrAuth, ErrThrottled, ErrTemporary or ErrPermanent
	Cause   Cause  // "": that of the Class; see CauseOf
	Hint    string // what to do next, in a sentence; "" when there is nothing to do
	Err     error  // server text in it is quoted and truncated

	// RetryAfter is how long the server wants to be left alone, at most a day; 0
	// when it does not say.
	RetryAfter time.Duration
	Throttle   Throttle // what the server limits, with Class ErrThrottled; "" when it does not say
}

// Op is what was being done when something failed, in words.
type Op string

// The operations of the core and of its fetchers. Those of other fetchers may have
// names of their own.
const (
	OpSettings     Op = "check settings"
	OpCredentials  Op = "get credentials"
	OpToken        Op = "get access token"
	OpConnect      Op = "connect"
	OpGreet        Op = "greet"
	OpStartTLS     Op = "start TLS"
	OpCapabilities Op = "ask for capabilities"
	OpLogin        Op = "log in"
	OpServerInfo   Op = "ask about the server"
	OpOpenFolder   Op = "open folder"
	OpList         Op = "list"
	OpWatch        Op = "wait for new mail"
	OpRead         Op = "read"
	OpCommit       Op = "commit"
	OpDelete       Op = "delete"
	OpMarkSeen     Op = "mark as read"
	OpRenew        Op = "renew the connection"
	OpLogout       Op = "log out"
	OpSync         Op = "sync"
	OpUpload       Op = "upload"
	OpReplay       Op = "replay"
	OpRedecide     Op = "decide again"
)

// Error returns one line with everything but the Class, the Cause, the Hint,
// RetryAfter and Throttle.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("inbound: ")
	if e.Account != "" {
		b.WriteString("account " + e.Account + ": ")
	}
	if e.Op != "" {
		b.WriteString(string(e.Op))
	}
	if e.Folder != "" {
		b.WriteString(" (folder " + e.Folder + ")")
	}
	if e.Ref != "" {
		b.WriteString(" (message " + e.Ref + ")")
	}
	if e.Err != nil {
		b.WriteString(": " + within.Replace(strings.TrimPrefix(e.Err.Error(), "inbound: ")))
	}
	return b.String()
}

// within keeps the text of a cause to one line, and the package's name to its
// beginning.
var within = strings.NewReplacer("\n", "; ", ": inbound: ", ": ")

// Unwrap returns the Class and Err.
func (e *Error) Unwrap() []error {
	var errs []error
	if e.Class != nil {
		errs = append(errs, e.Class)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// HintOf returns the hint of the first Error in err's tree that has one, or "". The
// order is that of errors.As: pre-order, depth-first.
func HintOf(err error) string {
	for branch := range tree(err) {
		if e, ok := branch.(*Error); ok && e.Hint != "" {
			return e.Hint
		}
	}
	return ""
}

// RetryAfterOf returns the longest RetryAfter of the Errors in err's tree, or 0.
func RetryAfterOf(err error) time.Duration {
	var longest time.Duration
	for branch := range tree(err) {
		if e, ok := branch.(*Error); ok {
			longest = max(longest, e.RetryAfter)
		}
	}
	return longest
}

// tree returns err and all that it wraps, in the order of errors.As.
func tree(err error) iter.Seq[error] {
	return func(yield func(error) bool) { walkTree(err, yield) }
}

func walkTree(err error, yield func(error) bool) bool {
	if err == nil {
		return true
	}
	if !yield(err) {
		return false
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return walkTree(e.Unwrap(), yield)
	case interface{ Unwrap() []error }:
		for _, branch := range e.Unwrap() {
			if !walkTree(branch, yield) {
				return false
			}
		}
	}
	return true
}

// inAccount returns err with the account that it is of.
func inAccount(id string, err error) error {
	var inner *Error
	switch e, ok := err.(*Error); {
	case err == nil, errors.Is(err, context.Canceled) && !errors.As(err, &inner):
		return err
	case ok:
		named := *e
		named.Account = id
		return &named
	}
	return &Error{Account: id, Op: OpSync, Err: err}
}

// inFolder returns err with the folder that it is of, unless it names one.
func inFolder(folder string, err error) error {
	var inner *Error
	if folder == "" || !errors.As(err, &inner) || inner.Folder != "" {
		return err
	}
	if e, ok := err.(*Error); ok {
		named := *e
		named.Folder = folder
		return &named
	}
	return &Error{Op: OpSync, Folder: folder, Err: err}
}

// oneOrAll joins errors; a single one stays as it is.
func oneOrAll(errs ...error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// CauseOf returns what is wrong: of several failures the one that most needs
// somebody to act, by its class. It is the Cause of the first Error in err's tree of
// that class that has one, or else that of the class; nil has none.
func CauseOf(err error) Cause {
	for _, class := range []struct {
		err   error
		cause Cause
	}{
		{ErrAuth, CauseCredentials},
		{ErrPermanent, CauseSettings},
		{ErrThrottled, CauseThrottled},
		{ErrTemporary, CauseUnavailable},
	} {
		if !errors.Is(err, class.err) {
			continue
		}
		for branch := range tree(err) {
			if e, ok := branch.(*Error); ok && e.Cause != "" && errors.Is(e, class.err) {
				return e.Cause
			}
		}
		return class.cause
	}
	return CauseUnknown
}

// concernsAccount reports failures that the next folder would meet as well.
func concernsAccount(err error) bool {
	return errors.Is(err, ErrAuth) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrLeaseLost)
}
