package refusal

import (
	"errors"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

// Step is when a server refuses. Rows of the table are for one or several.
type Step uint8

// The steps.
const (
	Greeting Step = 1 << iota // before the login: greeting, capabilities, STARTTLS
	Login                     // LOGIN, AUTHENTICATE; USER, PASS, AUTH
	Opening                   // SELECT, EXAMINE, STATUS; STAT and the first LIST and UIDL of POP3
	Working                   // any other command that is not about one message
	Reading                   // FETCH, RETR, TOP
	Goodbye                   // BYE, at any step: the connection ends
)

// StepOf returns the step of an operation of a fetcher.
func StepOf(p inbound.Protocol, op inbound.Op) Step {
	switch op {
	case inbound.OpConnect, inbound.OpGreet, inbound.OpCapabilities, inbound.OpStartTLS:
		return Greeting
	case inbound.OpLogin:
		return Login
	case inbound.OpOpenFolder:
		return Opening
	case inbound.OpList:
		if p == inbound.POP3 { // the first listing is what opens a maildrop
			return Opening
		}
	case inbound.OpRead:
		return Reading
	}
	return Working
}

// Refusal is what a refusal means.
type Refusal struct {
	Class      error         // inbound.ErrAuth, ErrThrottled, ErrTemporary or ErrPermanent
	Cause      inbound.Cause // never CauseUnknown
	Hint       string        // what a person can do; "" if that depends on the credential
	RetryAfter time.Duration // how long the server wants to be left alone, at most MaxRetryAfter; 0: it does not say
	Throttle   inbound.Throttle

	// Known is whether the server has said what it means. Where it is false, the rest
	// is what the step makes likely.
	Known bool
	// Message is whether the refusal counts against the message that was being read.
	// The rest is then what it means if other messages are refused as well. It is
	// never true at a step other than Reading.
	Message bool
}

// Failure returns the error of an operation that was refused. err has the server's words.
func (r Refusal) Failure(op inbound.Op, err error) *inbound.Error {
	return &inbound.Error{Op: op, Class: r.Class, Cause: r.Cause, Hint: r.Hint, RetryAfter: r.RetryAfter,
		Throttle: r.Throttle, Err: err}
}

// MaxInRow is how many messages in a row may be refused in words of the table. After
// that the refusals mean the server, and not the messages.
const MaxInRow = 20

// Passes reports whether the refusal is likely to pass without anybody's help.
func (r Refusal) Passes() bool {
	return errors.Is(r.Class, inbound.ErrTemporary) || errors.Is(r.Class, inbound.ErrThrottled)
}

// Read returns what a server means that refuses at a step. code is its response code
// without brackets, "" if it is not known apart: a text that begins with one may keep
// it. text may be anything in any encoding; what is beyond its first 1,024 bytes does
// not count.
func Read(p inbound.Protocol, step Step, code, text string) Refusal {
	s := hear(p, step, code, text)
	for _, r := range accountRows {
		if r.fits(s) {
			return r.means.of(s)
		}
	}
	for _, r := range generalRows {
		if !r.fits(s) {
			continue
		}
		if step == Reading {
			return r.means.ofMessage(s)
		}
		return r.means.of(s)
	}
	unspecific := likely(p, step).of(s)
	unspecific.Known, unspecific.Message = false, step == Reading
	return unspecific
}

// likely is what a refusal means that says nothing.
func likely(p inbound.Protocol, step Step) meaning {
	switch {
	case step == Greeting:
		return notServed
	case step == Login:
		return credentials
	case step == Opening && p == inbound.IMAP:
		return notOpened
	case step == Goodbye:
		return hungUp
	}
	return trouble
}

// row is what servers say, and its meaning. An empty field fits everything.
type row struct {
	at     Step             // one step, or several by |
	in     inbound.Protocol // by what protocol
	codes  string           // response codes, of which it has one
	says   words            // what it says
	unless words            // what it does not say
	means  meaning
}

func (r row) fits(s statement) bool {
	switch {
	case r.at != 0 && r.at&s.step == 0,
		r.in != "" && r.in != s.protocol,
		r.codes != "" && !hasWord(r.codes, s.code),
		r.says != nil && !r.says.in(s.words),
		r.unless != nil && r.unless.in(s.words):
		return false
	}
	return true
}

// hasWord reports whether a list of words, with a space between them, has one.
func hasWord(list, word string) bool {
	return word != "" && strings.Contains(" "+list+" ", " "+word+" ")
}

// meaning is what a row means. PROTOCOL in the hint stands for IMAP or POP3.
type meaning struct {
	class error
	cause inbound.Cause
	hint  string
}

// throttle returns what the server limits that refuses at a step.
func (m meaning) throttle(at Step) inbound.Throttle {
	switch {
	case m == trafficLimit:
		return inbound.ThrottleTraffic
	case m == tooManyConnections:
		return inbound.ThrottleConnections
	case m == tooManyLogins, m == lockedForNow, m == throttled && at == Login:
		return inbound.ThrottleLogins
	}
	return inbound.ThrottleUnknown
}

// of returns the meaning of a statement.
func (m meaning) of(s statement) Refusal {
	wait := s.statedWait(m.class)
	if m.cause == inbound.CauseBlocked && wait > 0 {
		m = lockedForNow
	}
	r := Refusal{Class: m.class, Cause: m.cause, Throttle: m.throttle(s.step), Known: true,
		Hint: strings.ReplaceAll(m.hint, "PROTOCOL", strings.ToUpper(string(s.protocol)))}
	if r.Passes() {
		r.RetryAfter = wait
	}
	return r
}

// ofMessage returns the meaning of words that are held against a message first:
// no such words stop the account.
func (m meaning) ofMessage(s statement) Refusal {
	r := m.of(s)
	if !r.Passes() {
		r = trouble.of(s)
	}
	r.Message = true
	return r
}
