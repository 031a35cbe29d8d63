package inbound

import (
	"errors"
	"strings"
)

// Classes of failure. Adapters set them from the protocol's own codes; what is
// done about a failure depends on the class alone.
var (
	ErrAuth          = errors.New("inbound: authentication failed") // stop until the settings change
	ErrThrottled     = errors.New("inbound: throttled by server")   // wait longer
	ErrTemporary     = errors.New("inbound: temporary failure")     // network and server trouble; retried automatically
	ErrPermanent     = errors.New("inbound: permanent failure")     // wrong settings; says what to change
	ErrBusy          = errors.New("inbound: busy elsewhere")        // a different process syncs this account
	ErrNotFound      = errors.New("inbound: not found")             // no such account, email or record
	ErrLeaseLost     = errors.New("inbound: lease lost")            // a different process took over
	ErrKeyReused     = errors.New("inbound: key reused")            // the message under it is a different one by now
	ErrCursorRefused = errors.New("inbound: cursor refused")        // the server does not take the token any more; list everything
	ErrEnded         = errors.New("inbound: session has ended")     // open a new one
	ErrDirty         = errors.New("inbound: connection unusable")   // open a new one

	errNoFetcher = errors.New("inbound: no fetcher configured") // New reports it
)

// Error says what failed, where, and what the operator can do about it.
// errors.Is sees both its Class and its cause.
type Error struct {
	Account string // ID; "" when the failure is not of one account
	Op      string // what was being done: "connect", "log in", "list", ...
	Folder  string // "" when the failure is not of one folder
	Ref     string // the message, when the failure is of one; "" otherwise
	Class   error  // ErrAuth, ErrThrottled, ErrTemporary or ErrPermanent
	Hint    string // what to do next, in a sentence; "" when there is nothing to do
	Err     error  // the cause; server text in it is quoted and cut
}

// Error returns one line with everything but the Class.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("inbound: ")
	if e.Account != "" {
		b.WriteString("account " + e.Account + ": ")
	}
	if e.Op != "" {
		b.WriteString(e.Op)
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
	if e.Hint != "" {
		b.WriteString(" - " + e.Hint)
	}
	return b.String()
}

// within keeps the text of a cause to one line, and the package's name to its
// beginning.
var within = strings.NewReplacer("\n", "; ", ": inbound: ", ": ")

// Unwrap returns the class and the cause.
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

// HintOf returns the hint of the first Error in err's tree that has one, in the
// order of errors.As: an error comes before those that it wraps, and joined
// errors follow each other, each with its whole branch. It returns "" when there
// is no hint.
func HintOf(err error) string {
	if e, ok := err.(*Error); ok && e.Hint != "" {
		return e.Hint
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return HintOf(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, branch := range e.Unwrap() {
			if hint := HintOf(branch); hint != "" {
				return hint
			}
		}
	}
	return ""
}
