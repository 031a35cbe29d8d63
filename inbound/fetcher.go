package inbound

import (
	"context"
	"crypto/x509"
	"io"
	"time"
)

// Fetcher opens mailboxes of one protocol. Implementations are safe for
// concurrent use. Between sessions they keep nothing of accounts; what they have
// learned of a server they may keep.
type Fetcher interface {
	// Open connects, encrypts and logs in with what login gives. It fails with an
	// *Error whose class says whether trying again makes sense. The account has its
	// defaults filled in. The context bounds Open; the session lives on after it, and
	// may call login again to reconnect. The context of a check contains a
	// [net/http/httptrace.ClientTrace], to which net.Dialer and net/http report; a
	// Fetcher that encrypts by other means calls its TLSHandshakeDone.
	Open(ctx context.Context, a Account, login Login) (Session, error)
}

// WholeMailbox is an optional interface of a [Fetcher] whose identities are those of
// the whole mailbox: SourceID.Folder is "", and one listing, of folder "", has the
// messages of all the account's folders or labels, each message once.
type WholeMailbox interface {
	WholeMailbox()
}

// Validator is an optional interface of a [Fetcher]: it checks the settings of the
// accounts of its protocol.
type Validator interface {
	// Validate returns what is wrong with an account's settings, or nil; preferably
	// a *FieldError, or several joined ones. The account has its defaults filled in.
	// New calls Validate and includes its error. It connects to nothing.
	Validate(a Account) error
}

// Session is one logged-in connection. It belongs to one goroutine. When a method's
// context ends, the method returns the context's error soon. After that, and after
// any error that wraps ErrDirty, the session is unusable and has to be closed.
type Session interface {
	// List returns one page of a folder's messages and where the next page begins.
	// Messages that have a Position come in its order; others come in any order, late,
	// or more than once. A page may be empty with more to come. A folder that does not
	// exist is an *Error of class ErrPermanent. A Token that the server no longer takes
	// is an error that wraps ErrCursorRefused, and the session goes on. List reads
	// only: no flag changes.
	List(ctx context.Context, folder string, from Cursor) (Listing, error)

	// Fetch calls fn once for every ref that the server delivers, in the order in
	// which they come (not always that of refs), with a reader that streams the
	// message's bytes. The reader is valid during that call only; what fn leaves
	// unread is skipped. It ends in io.EOF only when the message is whole (or the
	// limit of opts is reached); a cut connection is an error of Read. A message
	// that is gone, or that the server does not deliver, is left out: the caller
	// finds out what is missing. An error of fn ends Fetch and is returned. All
	// refs are of one folder and from this session's listings. \Seen is never set.
	Fetch(ctx context.Context, refs []Ref, opts FetchOptions, fn func(Ref, io.Reader) error) error

	// Delete removes exactly these messages. When it returns nil, they are gone for
	// good; one that was gone already is not an error. One that the server lists with a
	// different size than its Ref (0 is unknown) is a different message by now: it
	// stays, and when the others are gone Delete returns an error that wraps
	// ErrKeyReused. After any error some may be gone: list again. POP3 commits
	// deletions by ending the session; later calls except Close return ErrEnded. With
	// no refs it deletes nothing: that call says that all that was read is committed,
	// and POP3 then sends QUIT.
	Delete(ctx context.Context, refs []Ref) error

	// Close ends the session and frees everything. It never blocks for long
	// and may be called again. It commits nothing.
	Close() error
}

// Marker is an optional interface of a [Session]: it can mark mail as read.
// Without it, Account.MarkSeen has no effect (POP3 has no flags).
type Marker interface {
	// MarkSeen sets \Seen on these messages; one that is gone is not an error.
	MarkSeen(ctx context.Context, refs []Ref) error
}

// Watcher is an optional interface of a [Session]: the session may be kept between passes,
// and can wait for new mail meanwhile. Without it, the session ends with each pass.
type Watcher interface {
	// Watch waits until there may be something new in the folder, until limit is over, or
	// until wake receives something or is closed, whichever comes first, and then returns
	// nil. In IMAP it is IDLE (RFC 2177), or NOOP once a minute where the server has no
	// IDLE. What is new has to be found out by List. Where that finds nothing again and again,
	// the caller makes pauses: Watch need not. After nil the session goes on. When ctx ends,
	// Watch returns its error, and the session has to be closed, as with the methods of
	// Session.
	Watch(ctx context.Context, folder string, limit time.Duration, wake <-chan struct{}) error
}

// Informer is an optional interface of a [Session]: it reports what the server says
// about itself.
type Informer interface {
	// ServerInfo reports the server's capabilities and folders.
	ServerInfo(ctx context.Context) (ServerInfo, error)
}

// ServerInfo is what a server says about itself.
type ServerInfo struct {
	Encrypted    bool     `json:"encrypted"`
	Capabilities []string `json:"capabilities"`
	Folders      []string `json:"folders"` // nil in POP3
}

// FolderInformer is an optional interface of a [Session]: it reports how much mail is in
// a folder without listing it.
type FolderInformer interface {
	// FolderInfo opens a folder for reading and counts its messages. A folder that
	// does not exist is an *Error of class ErrPermanent, as in List. No flag changes.
	FolderInfo(ctx context.Context, folder string) (FolderInfo, error)
}

// FolderInfo is how much mail is in a folder.
type FolderInfo struct {
	Folder   string // "" in POP3
	Messages int    // -1 means unknown
	Bytes    int64  // of all messages together; -1 means unknown
}

// Cursor is a place in a listing. The zero value is its beginning.
type Cursor struct {
	// Generation is that of the listing that the cursor came from. If it is a
	// different one now, the listing begins at its beginning.
	Generation string
	// After is the Position after which to list. In POP3 it is a message number of this
	// session: any of them may be asked for, and Next has that of the last message listed.
	After uint64
	// Token is a place in a provider's change feed, or in a listing of the whole
	// mailbox: text of at most 8 KiB that only the Fetcher writes and reads. "" lists
	// everything. It contains what it depends on (the account's folders, the form of
	// IDs), so that the Fetcher can refuse it when that has changed.
	Token    string
	Received bool // ask for Ref.Received, where the protocol has it
	// Newest asks for the newest messages first: each page has those with the highest
	// Positions after After and, unless Before is 0, below Before; Next has the Before of
	// the page that follows. Within a page, Positions ascend as ever. A Fetcher whose Refs
	// have no Position ignores both.
	Newest bool
	Before uint64
	// Again are up to 100 Positions of Generation, ascending and no higher than After:
	// those of them that are still there are listed too, before the others. A Fetcher
	// whose Refs have no Position gets none.
	Again []uint64
}

// Listing is one page of a folder.
type Listing struct {
	Generation string // UIDVALIDITY; "" in POP3
	// NextPosition is the IMAP UIDNEXT when the folder was opened: what arrives
	// later gets this Position or a higher one. It is 0 in POP3, and where a server
	// hides it.
	NextPosition uint64
	Total        int   // messages in the folder, on all pages; 0 where that is unknown
	Refs         []Ref // this page
	More         bool  // there are further pages
	// Next is where the next page begins, if there is one. After the last page, its
	// Token is where the next pass continues: the state of the feed before the listing
	// began, so that nothing is missed in between. It is saved once all Refs before it
	// have a record, since a feed does not repeat what it has listed.
	Next Cursor
	// Windowed means that the server may show only a part of the mail, and the rest
	// in later sessions, once that part has been read (POP3; Gmail shows some 250
	// messages at a time).
	Windowed bool
	// Incomplete means that the server left messages out, or gave identities that
	// cannot be trusted. That a message is absent from such a listing proves nothing;
	// nor does it in a listing of changes, which begins at a Token. The account is
	// HealthDegraded if the folder is listed so a second time in the same pass.
	Incomplete bool
}

// FetchOptions says how much of a message to fetch. The zero value is all of it.
type FetchOptions struct {
	HeaderOnly bool
	MaxBytes   int64 // how many bytes from the start are needed; fewer may come only if Ref.Size is larger; 0: all
}

// NetworkPolicy is what a Fetcher may connect to, and a Syncer for access tokens. The zero
// value admits public addresses and verified TLS only, at public addresses the ports 110,
// 143, 993 and 995, for access tokens 443. What counts is the address that a name resolves
// to when it is dialed. An address that has an IPv4 address in it for a translator or a
// tunnel, such as NAT64 and 6to4, is no public one.
type NetworkPolicy struct {
	AllowPrivate   bool           // loopback, private and other special addresses, on any port; see ErrPrivateAddress
	AllowedPorts   []int          // more ports at public addresses; see ErrPortNotAllowed
	AllowPlaintext bool           // accounts with Security Plain
	RootCAs        *x509.CertPool // nil means the system's
	DialTimeout    time.Duration  // 0 means 30 s, for each of connect and TLS
	LoginTimeout   time.Duration  // for the greeting and the login together; 0 means 90 s
	IdleTimeout    time.Duration  // longest silence before the next byte of an answer; 0 means 2 min
}

// listings returns the folders to list: those to collect from, or "" alone where one
// listing is of the whole mailbox.
func (a Account) listings(fetchers map[Protocol]Fetcher) []string {
	if _, whole := fetchers[a.Protocol].(WholeMailbox); whole {
		return []string{""}
	}
	return a.folders()
}
