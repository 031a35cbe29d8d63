package inboundtest

import (
	"slices"
	"strings"
	"time"
)

// Faults are what a [Server] does wrong, or what is allowed but rare. The zero value
// is a normal server. Changes of the mailbox itself are methods of [Mailbox]:
// messages whose UIDs appear late ([Mailbox.Hide]), a new UIDVALIDITY
// ([Mailbox.Renumber]), a server that is restored from a backup ([Mailbox.Restore]),
// deletions by other programs ([Mailbox.Remove], [Mailbox.MarkDeleted]).
type Faults struct {
	// CutAt is the byte, counted from 1, in place of which the connection ends. All
	// bytes that the server sends after the faults were set count, on all connections,
	// before encryption. Only one connection is cut. This happens on bad networks and
	// when a server restarts. 0 means no cut.
	CutAt int64
	// CutBy is how CutAt and CutAtStep end the connection.
	CutBy CutBy
	// SilentAt is the byte, counted as for CutAt, from which on the server sends
	// nothing, while the connection stays open. This happens when a router has
	// dropped the connection, and when a server is overloaded. 0 means never.
	SilentAt int64
	// Trickle is how many bytes are sent together; 0 means any number. This happens on
	// slow networks, and with antivirus proxies that delay a message.
	Trickle int
	// Pause is the time between the pieces of Trickle.
	Pause time.Duration

	// Instead replaces the answers to commands, which are not executed. A key is a
	// verb ("UID FETCH"), or a whole command without its tag ("RETR 2"), which
	// takes precedence. The tag is added to one-line answers of IMAP; an answer
	// that begins with "* BYE" also ends the connection; "" is no answer at all.
	// [Throttled] and the other constants are answers of real servers.
	Instead map[string]string
	// Answer, when not nil, is called with each command line that Instead does not
	// answer, concurrently for different connections. If handled is true, reply is
	// sent unchanged, so it must include tags and line ends.
	Answer func(command string) (reply string, handled bool)
	// Without are capabilities that the server lacks and does not announce:
	// "UIDPLUS", "ESEARCH", "IDLE", "SASL-IR", "AUTH=PLAIN", "LOGIN" (announces
	// LOGINDISABLED); in POP3 "UIDL", "TOP", "PIPELINING", "USER", "SASL",
	// "CAPA". UIDL and TOP are optional in RFC 1939, and small servers have
	// neither.
	Without []string
	// Noise is added to the text of every status line: NUL bytes, 8-bit text, or
	// megabytes without a line end. Banners of administrators have such text, and
	// malicious servers send it.
	Noise string

	// HangUpOn are UIDs of messages in the middle of which the connection ends,
	// each time they are read. This happens when Dovecot has a message that is
	// shorter than its index says.
	HangUpOn []uint32

	// SizeOff is added to the sizes in listings. Exchange measures a message
	// before it converts it, and is wrong by some bytes in either direction.
	SizeOff int64
	// Literal is announced as the size of bodies in place of the true one:
	// "4294967296", "-1". Only a malicious server sends that.
	Literal string
	// SplitFetch answers each item of a FETCH in a response of its own. RFC
	// 9051, section 7.5.2, allows this; Dovecot and Cyrus send flags in a response of
	// their own when they change meanwhile.
	SplitFetch bool
	// UIDLast puts UID after the body in FETCH responses; RFC 9051 leaves the
	// order to the server.
	UIDLast bool
	// OmitFromFetch are UIDs of existing messages that FETCH omits. This happens
	// occasionally with Gmail, and with messages that iCloud cannot read.
	OmitFromFetch []uint32
	// UIDNextAhead is added to UIDNEXT. Yahoo's is hundreds of thousands above
	// the last message.
	UIDNextAhead uint32
	// NoUIDNext omits UIDNEXT, as servers older than RFC 3501 do.
	NoUIDNext bool
	// MessageLimit is how many messages one SEARCH, FETCH, STORE or UID EXPUNGE
	// covers, the highest UIDs first; the answer is still OK, and the capability is
	// announced (RFC 9738, as Yahoo has it). 0 means no limit.
	MessageLimit int

	// QuietIdle announces nothing during IDLE, as servers do on file systems that do not
	// notify them. Other commands do.
	QuietIdle bool
	// IgnoreDone leaves DONE, which ends IDLE, without an answer, and what the client sends
	// after it. This happens behind proxies.
	IgnoreDone bool
	// EndIdle is after how long the server ends IDLE itself, with an OK. 0 means never.
	EndIdle time.Duration
	// OldUntilOpened shows a folder as it was when the client opened it, until the client
	// opens it again, whatever comes or goes meanwhile.
	OldUntilOpened bool
	// OldUntilLogin shows all folders as they were when the client logged in. This happens
	// with servers whose sessions lose their index, and after a failover.
	OldUntilLogin bool

	// TwinUIDLs gives messages with the same bytes the same unique-id, like servers
	// that use a hash of the message (RFC 1939, section 7).
	TwinUIDLs bool
	// NumberedUIDLs gives the number of each message as its unique-id. When a message is
	// gone, those after it get the unique-ids of others.
	NumberedUIDLs bool
	// UIDLShort is the number of messages that UIDL omits at the end although STAT
	// counts them. This happens when mail arrives while a server lists.
	UIDLShort int
	// QuitLost deletes at QUIT and then cuts the connection in place of the
	// answer, so that the client cannot know that the deletion was done.
	QuitLost bool
}

// CutBy is the way in which a connection ends.
type CutBy int

// The ways to end a connection.
const (
	CutByFIN   CutBy = iota // TCP is closed; TLS is cut without close_notify
	CutByClose              // TLS is closed with close_notify, then TCP
	CutByReset              // TCP is reset; what was sent just before may be lost
)

// Answers of real servers, for [Faults.Instead].
const (
	// Throttled is Gmail's answer to a client that transfers too much.
	Throttled = "NO [THROTTLED] Account exceeded command or bandwidth limits."
	// Limit is an answer to too many connections (RFC 9051, section 7.1).
	Limit = "NO [LIMIT] Too many connections"
	// Unavailable is an answer to a login while the mailbox's server is down (RFC 5530).
	Unavailable = "NO [UNAVAILABLE] Temporary authentication failure"
	// Bye is what Dovecot sends when it is stopped.
	Bye = "* BYE Disconnected for server shutdown."
	// LoginDelay is an answer to a client that logs in too often (RFC 2449).
	LoginDelay = "-ERR [LOGIN-DELAY] minimum time between mail checks violation"
	// InUse is an answer to a second client of a locked maildrop (RFC 2449).
	InUse = "-ERR [IN-USE] Couldn't get lock on the mailbox"
	// SysTemp is a transient error (RFC 3206).
	SysTemp = "-ERR [SYS/TEMP] Mailbox temporarily unavailable"
)

// lacks reports a capability of Without.
func (f *Faults) lacks(name string) bool {
	return slices.ContainsFunc(f.Without, func(s string) bool { return strings.EqualFold(s, name) })
}

// instead returns the scripted answer to a command without its tag.
func (f *Faults) instead(command string) (reply string, ok bool) {
	best := -1
	for key, text := range f.Instead {
		n := len(key)
		if n > best && len(command) >= n && strings.EqualFold(command[:n], key) &&
			(len(command) == n || command[n] == ' ') {
			best, reply = n, text
		}
	}
	return reply, best >= 0
}
