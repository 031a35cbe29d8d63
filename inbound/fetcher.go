package inbound

import (
	"context"
	"crypto/x509"
	"io"
	"time"
)

// Fetcher opens mailboxes of one protocol. Implementations are safe for
// concurrent use and keep nothing between sessions.
type Fetcher interface {
	// Open connects, encrypts and logs in. It fails with an *Error whose class
	// tells whether trying again makes sense. The account has its defaults
	// filled in. The context bounds Open; the session lives on after it.
	Open(ctx context.Context, a Account) (Session, error)
}

// Session is one logged-in connection. It belongs to one goroutine. Each method
// ends with the context's error soon after its context does, and the session is
// unusable then; so it is after any error that wraps ErrDirty.
type Session interface {
	// List returns one page of a folder's messages, in ascending order, and
	// where the next page begins. A folder that does not exist is an *Error of
	// class ErrPermanent. It reads only: no flag changes.
	List(ctx context.Context, folder string, from Cursor) (Listing, error)

	// Fetch calls each for every ref that the server delivers, once and in the
	// order in which they come (not always that of refs), streaming its bytes. A reader is valid during its call only; what
	// each leaves unread is skipped. It ends in io.EOF only when the message is
	// whole (or the Part reached); a cut connection is an error of Read.
	// A message that is gone, or that the server does not deliver, is left
	// out: the caller finds out what is missing. An error of each ends Fetch
	// and is returned. All refs are of one folder and from this session's
	// listings. \Seen is never set.
	Fetch(ctx context.Context, refs []Ref, part Part, each func(Ref, io.Reader) error) error

	// Delete removes exactly these messages. When it returns nil, they are gone
	// for good; one that was gone already is not an error. One that the server
	// lists with another size than its Ref (0 is unknown) is another message by
	// now: it stays, and when the others are gone Delete returns an error that
	// wraps ErrReplaced. After any error some may be gone: list again. POP3 commits deletions by ending the session;
	// later calls but Close return ErrEnded.
	Delete(ctx context.Context, refs []Ref) error

	// Close ends the session and frees everything. It never blocks for long
	// and may be called again. It commits nothing.
	Close() error
}

// Marker is an optional interface of a [Session]: it can mark mail as read.
// Without it, Account.MarkSeen has no effect (POP3 knows no flags).
type Marker interface {
	// MarkSeen sets \Seen on these messages; one that is gone is not an error.
	MarkSeen(ctx context.Context, refs []Ref) error
}

// Checker is an optional interface of a [Session]: what a person wants to know
// of a new account.
type Checker interface {
	// Check reports the server's capabilities and folders.
	Check(ctx context.Context) (Check, error)
}

// Check is what a server says about itself.
type Check struct {
	Encrypted    bool     `json:"encrypted"`
	Capabilities []string `json:"capabilities"`
	Folders      []string `json:"folders"` // nil in POP3
}

// Cursor is a place in a folder. The zero value is its beginning.
type Cursor struct {
	Generation uint32 // of the listing that the cursor came from; another one now makes the server's answer begin at the start
	After      uint32 // IMAP: the UID after which to list. POP3: the message number of this session
	Received   bool   // ask for Ref.Received, where the protocol has it
}

// Listing is one page of a folder.
type Listing struct {
	Generation uint32 // UIDVALIDITY; 0 in POP3
	// UIDNext is the IMAP UIDNEXT when the folder was opened: what arrives later
	// gets this UID or a higher one. 0 in POP3, and where a server hides it.
	UIDNext uint32
	Total   int    // messages in the folder, on all pages
	Refs    []Ref  // this page
	Next    Cursor // where the next page begins; used when More
	More    bool   // there are further pages
	// Incomplete tells that the server left messages out or named them in a way
	// that cannot be trusted; absence from such a listing proves nothing.
	Incomplete bool
}

// Part says how much of a message to fetch. The zero value is all of it.
type Part struct {
	HeaderOnly bool
	MaxBytes   int64 // no more than about this many bytes from the start; 0 means no limit
}

// NetworkPolicy is what a Fetcher may connect to. The zero value admits public
// addresses and verified TLS only.
type NetworkPolicy struct {
	AllowPrivate   bool           // loopback, private and other special addresses
	AllowPlaintext bool           // accounts with Security Plain
	RootCAs        *x509.CertPool // nil means the system's
	DialTimeout    time.Duration  // 0 means 20 s, for each of connect, TLS and log-in
	IdleTimeout    time.Duration  // longest wait for the next byte of an answer; 0 means 60 s
}
