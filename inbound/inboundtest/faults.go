package inboundtest

import (
	"slices"
	"strings"
	"time"
)

// Faults is what a [Server] does wrong, or does in a way that is right and
// rarely met. The zero value is a good server. What changes the mailbox itself
// is in [Mailbox]: messages whose lower UIDs become visible late
// ([Mailbox.Hide]), a new UIDVALIDITY ([Mailbox.Renumber]), a server restored
// from a backup ([Mailbox.Restore]), other programs' deletions
// ([Mailbox.Remove], [Mailbox.MarkDeleted]).
type Faults struct {
	// CutAt is the byte, counted from 1, in place of which the connection ends.
	// It counts what the server sends on all connections, before encryption,
	// from when the faults were set, and strikes once. Networks do it, and
	// servers that are restarted.
	CutAt int64
	// CutBy is how CutAt and CutAtStep end the connection.
	CutBy CutBy
	// SilentAt is the byte, counted like CutAt's, from which on the connection
	// gets no answer any more, and stays open. Routers that have forgotten a
	// connection do it, and overloaded servers.
	SilentAt int64
	// Trickle is how many bytes are sent at a time; 0 means as they come. Slow
	// lines do it, and anti-virus proxies that hold back a message.
	Trickle int
	// Pause is the time between the pieces of Trickle.
	Pause time.Duration

	// Instead gives other answers to commands: by verb ("UID FETCH"), or by the
	// whole command without its tag ("RETR 2"), which goes before its verb. The
	// command is not carried out. The tag is put before IMAP's answers of one line; one
	// that begins with "* BYE" also ends the connection; "" is no answer at all.
	// [Throttled] and the others below are answers of real servers.
	Instead map[string]string
	// Answer, when not nil, may answer what Instead does not: handled says that
	// it does, and reply is sent as it is, with every CRLF and tag of its own.
	// It gets each command line as it was read, and is called by the connections' goroutines.
	Answer func(command string) (reply string, handled bool)
	// Without are capabilities that the server lacks and does not announce:
	// "UIDPLUS", "ESEARCH", "IDLE", "SASL-IR", "AUTH=PLAIN", "LOGIN" (announces
	// LOGINDISABLED); in POP3 "UIDL", "TOP", "PIPELINING", "USER", "SASL",
	// "CAPA". RFC 1939 leaves UIDL and TOP to the server, and small
	// ones have neither.
	Without []string
	// Noise is put into the text of every status line: NUL bytes, 8-bit text, or
	// megabytes without a line's end. Banners of administrators do it, and
	// servers that mean harm.
	Noise string

	// HangUpOn are UIDs of messages in whose midst the connection ends, however
	// often they are read. Dovecot hangs up where a message is not as long as
	// its index says.
	HangUpOn []uint32

	// SizeOff is added to the sizes in listings. Exchange counts a message
	// before it converts it, and is wrong by some bytes either way.
	SizeOff int64
	// Literal is announced as the size of bodies in place of the true one:
	// "4294967296", "-1". No honest server does it.
	Literal string
	// SplitFetch answers each item of a FETCH in a response of its own. RFC
	// 9051, section 7.5.2, allows it; Dovecot and Cyrus do it with flags that
	// change meanwhile.
	SplitFetch bool
	// UIDLast puts UID behind the body in FETCH responses; RFC 9051 leaves the
	// order to the server.
	UIDLast bool
	// OmitFromFetch are UIDs that FETCH leaves out although they are there.
	// Gmail does so now and then, and iCloud for messages it has trouble with.
	OmitFromFetch []uint32
	// UIDNextAhead is added to UIDNEXT. Yahoo's is hundreds of thousands above
	// the last message.
	UIDNextAhead uint32
	// NoUIDNext leaves UIDNEXT out, as servers from before RFC 3501 do.
	NoUIDNext bool
	// MessageLimit is how many messages one SEARCH, FETCH, STORE or UID EXPUNGE
	// covers, the highest UIDs first; the answer is OK all the same, and the
	// capability is announced (RFC 9738, which Yahoo has a part in).
	MessageLimit int

	// TwinUIDLs gives messages of the same bytes the same unique-id, as servers
	// do that take a hash of the message for it (RFC 1939, section 7).
	TwinUIDLs bool
	// UIDLShort is how many messages at the end UIDL leaves out of those that
	// STAT counts. Servers do it that list while mail arrives.
	UIDLShort int
	// QuitLost deletes at QUIT and then cuts the connection in place of the
	// answer: the client cannot know that it was done.
	QuitLost bool
}

// CutBy is how a connection ends.
type CutBy int

// The ways to end a connection.
const (
	CutByFIN   CutBy = iota // TCP ends in order; TLS is cut off without close_notify
	CutByClose              // TLS, too, ends in order, with close_notify
	CutByReset              // TCP reset; what was sent just before may be lost
)

// Answers for Faults.Instead.
const (
	// Throttled is Gmail's answer to a mailbox that moves too much.
	Throttled = "NO [THROTTLED] Account exceeded command or bandwidth limits."
	// Limit is an answer to too many connections (RFC 9051, section 7.1).
	Limit = "NO [LIMIT] Too many connections"
	// Unavailable is an answer to a log-in while the mailbox's server is down (RFC 5530).
	Unavailable = "NO [UNAVAILABLE] Temporary authentication failure"
	// Bye is how Dovecot takes its leave when it is stopped.
	Bye = "* BYE Disconnected for server shutdown."
	// LoginDelay is an answer to a client that comes too often (RFC 2449).
	LoginDelay = "-ERR [LOGIN-DELAY] minimum time between mail checks violation"
	// InUse is an answer to a second client of a locked maildrop (RFC 2449).
	InUse = "-ERR [IN-USE] Couldn't get lock on the mailbox"
	// SysTemp is trouble that heals by itself (RFC 3206).
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
		if n > best && len(command) >= n && strings.EqualFold(command[:n], key) && (len(command) == n || command[n] == ' ') {
			best, reply = n, text
		}
	}
	return reply, best >= 0
}
