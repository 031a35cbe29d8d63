package mailconn

import "time"

// ErrSlow reports a server that sends, but so slowly or so little of what it was asked
// for that its answer would not end in a reasonable time.
var ErrSlow error = slowError{}

// slowError is a timeout, like that of a server that is silent.
type slowError struct{}

func (slowError) Error() string { return "mailconn: the server sends too slowly" }
func (slowError) Timeout() bool { return true }

// Answer is what the next bytes of a server belong to.
type Answer uint8

const (
	// Reply is lines of which the caller says by Progress what they are worth.
	Reply Answer = iota
	// List is an answer that is long where the mailbox is large.
	List
	// Message is the text of a message.
	Message
)

const (
	// leastRate is how many bytes a second of a message, a list or a line have to come: less
	// is a stall. A modem of 1 KiB/s is five times as fast. How slow a pass may be in the
	// long run is up to its caller.
	leastRate = 200
	perByte   = time.Second / leastRate
	// lineTime, listTime and messageTime are how long a line, a list and a message that
	// have begun may stay below leastRate.
	lineTime    = 15 * time.Second
	listTime    = time.Minute
	messageTime = 30 * time.Second
	// stepTime is how long the caller waits in one step for a server that sends nothing
	// of what it was asked for. Some servers send a line every few seconds while they
	// are busy.
	stepTime = 10 * time.Minute
	// talkTime is the same for a server that is never silent for quietTime meanwhile.
	talkTime  = time.Minute
	quietTime = 10 * time.Second
)

// pace is how long the server may still take. Only the time counts in which somebody waits
// for it. What it sends of what it was asked for gives it more time.
type pace struct {
	answer  Answer
	partial bool          // a line has begun
	begun   bool          // the list or the message has
	part    time.Duration // left for the line, the list or the message
	talk    time.Duration // left of talkTime
	step    time.Duration // left of stepTime
}

// restart begins a step.
func (p *pace) restart() { p.talk, p.step = talkTime, stepTime }

// expect says what comes next.
func (p *pace) expect(a Answer) {
	if p.answer != a {
		p.answer, p.begun, p.part = a, false, lineTime
	}
}

// progress takes note of n bytes of what was asked for.
func (p *pace) progress(n int) {
	gain := time.Duration(min(n, leastRate*int(stepTime/time.Second))) * perByte
	p.talk, p.step = min(p.talk+gain, talkTime), min(p.step+gain, stepTime)
}

// waited takes note of a time without a byte.
func (p *pace) waited(d time.Duration) {
	switch {
	case p.answer == Reply:
		if d < quietTime {
			p.talk -= d
		}
		p.step -= d
		if p.partial {
			p.part -= d
		}
	case p.begun:
		p.part -= d
	default:
		p.step -= d
	}
}

// received takes note of n bytes; ended says that they end in a line end. No more than
// most is left for what is being sent.
func (p *pace) received(n int, ended bool, most time.Duration) {
	gain := min(time.Duration(n), time.Duration(most/perByte)+1) * perByte
	switch {
	case p.answer != Reply && !p.begun:
		p.begun, p.part = true, messageTime
		if p.answer == List {
			p.part = listTime
		}
	case p.answer == Reply && !p.partial:
		p.part = lineTime
	}
	if p.answer == Reply {
		most = lineTime
	} else {
		p.progress(n)
	}
	p.part = max(p.part, min(p.part+gain, most))
	p.partial = !ended
}

// left returns how long the next byte may take.
func (p *pace) left() time.Duration {
	switch {
	case p.answer != Reply && p.begun:
		return p.part
	case p.answer == Reply && p.talk <= 0:
		return 0
	case p.answer == Reply && p.partial:
		return min(p.part, p.step)
	}
	return p.step
}
