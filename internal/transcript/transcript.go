package transcript

import (
	"regexp"
	"strings"
	"time"
)

// Transcript is a file of this package's format. It does not change.
type Transcript struct {
	Provider  string
	Protocol  string    // "imap" or "pop3"
	Token     bool      // the login is by access token
	Since     time.Time // zero: all messages count
	Behaviors []Behavior
	Messages  []Message // of the mailbox, in the order of their UIDs

	window int // messages that a POP3 session shows; 0: all
	rules  []*rule
}

// Behavior is something for which the provider is known.
type Behavior struct{ Name, Text string }

// rule is what a command is answered with.
type rule struct {
	line  int // in the file
	steps []step

	behavior      string
	times         int // 0: any number
	with          uint32
	longer        int
	after, unless string
	then          string
	means         string
	guard         bool
}

// step is a line of a rule.
type step struct {
	kind    byte           // C, S or M
	pattern *regexp.Regexp // of C
	text    string
	uid     uint32 // of M: the one message that it is for; 0: the others
}

// isGreeting reports a rule without a command.
func (r *rule) isGreeting() bool { return r.steps[0].kind != 'C' }

// isFallback reports a rule for any command.
func (r *rule) isFallback() bool { return r.steps[0].kind == 'C' && r.steps[0].text == "*" }

// Message is a message of the mailbox.
type Message struct {
	UID  uint32
	Raw  string
	date time.Time
}

// newMessage makes the message with this UID. Its text has lines that look like those of
// the protocols.
func newMessage(index int, uid uint32) Message {
	date := time.Date(2025, time.January, 6, 10, 0, 0, 0, time.UTC).Add(time.Duration(index) * time.Hour)
	n := itoa(uid)
	lines := []string{
		"From: Customer " + n + " <customer" + n + "@example.com>",
		"To: Shop <shop@shop.example>",
		"Subject: Order " + n,
		"Date: " + date.Format(time.RFC1123Z),
		"Message-ID: <order-" + n + "@example.com>",
		"",
		"Hello,", ".", "..", ")", "* 1 FETCH (UID 1 BODY[] {3}", "+OK", "",
	}
	for range index%7 + 1 {
		lines = append(lines, "I would like to order number "+n+", "+strings.Repeat("please, ", index%5)+"thank you.")
	}
	return Message{UID: uid, Raw: strings.Join(append(lines, ""), "\r\n"), date: date}
}

// header is the message up to the empty line, inclusive.
func (m Message) header() string {
	end := strings.Index(m.Raw, "\r\n\r\n") + 4
	return m.Raw[:end]
}

// lines is the message as POP3 sends it, without the line that ends it.
func (m Message) lines() string {
	text := strings.TrimSuffix(m.Raw, "\r\n")
	return strings.ReplaceAll("\r\n"+text, "\r\n.", "\r\n..")[2:]
}
