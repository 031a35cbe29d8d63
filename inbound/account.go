package inbound

import (
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Account is the settings of one collecting mailbox. [New] checks them; an
// Account is not changed afterwards.
type Account struct {
	ID       string // stable key of everything remembered about the mailbox; never reused for another one
	Name     string // for people; "" means the ID
	Shop     string // the online store that the account collects for
	Inactive bool   // true: kept, but not collected from

	Protocol Protocol // a key of Config.Fetchers
	Host     string   // required in IMAP and POP3; elsewhere the Fetcher says whether it needs one
	Port     int      // 0 means the protocol's own: 993 or 143, 995 or 110
	Security Security // the zero value is TLS from the first byte
	Username string
	Password Secret // or an app password; unused when OAuth2 is set
	// OAuth2 gives access tokens for XOAUTH2 and OAUTHBEARER; nil means log in
	// by password. oauth2.Config.TokenSource refreshes by itself.
	OAuth2 oauth2.TokenSource

	// Folders are IMAP mailboxes, or a provider's folders or labels. None means INBOX
	// in IMAP, and [""] elsewhere, which is what the Fetcher shows then. POP3 has none.
	Folders []string
	Start   Start // which mail counts; the zero value is all of it

	DeleteUploaded bool // remove from the server what has been uploaded and is kept, and nothing else
	// DeleteAfter is how long uploaded messages stay on the server before
	// DeleteUploaded removes them; 0 means not at all.
	DeleteAfter    time.Duration
	MarkSeen       bool // mark what has been uploaded as read (POP3 cannot)
	NotifyManager  bool // tell the customer's manager about each incoming email; of a customer assigned to them, managers always hear
	CreateCustomer bool // false: mail of unknown senders is not uploaded and stays on the server
	// CreateFor says for which classes of mail of unknown senders a customer is
	// created; nil means personal mail only. Unused without CreateCustomer. Where
	// the shop's address is a group (Google Groups and the like), all mail comes as
	// list mail: add email.ClassList, and set ReplyTo if the group rewrites From.
	CreateFor []Class
	// ManagerGroup gets the customers that this account creates; "" means that
	// nobody is assigned.
	ManagerGroup string
	// AssignExisting true gives customers who were there before, and who have no
	// manager when they write, to the managers of ManagerGroup, too.
	AssignExisting bool
	// Fields are the custom fields set on the customers that this account
	// creates, by name.
	Fields map[string]string
	// ReplyTo true takes the sender from Reply-To where there is one, for
	// mailboxes fed by contact forms; false takes From.
	ReplyTo bool
	// AuthservID is the name under which the mailbox's own provider writes
	// Authentication-Results (RFC 8601), such as "mx.google.com"; nobody else's
	// are trusted. "" trusts none.
	AuthservID string
	// Interval between passes; 0 means 6 minutes. The shortest is a second: less
	// than that is taken as one.
	Interval time.Duration
}

// minInterval is the shortest pause between passes: providers lock mailboxes
// that are logged in to again and again.
const minInterval = time.Second

// DefaultInterval is how long the next pass of an account waits by default.
const DefaultInterval = 6 * time.Minute

// Protocol is how a mailbox is read: a key of Config.Fetchers, which may have others
// than these.
type Protocol string

// The protocols of this module.
const (
	IMAP Protocol = "imap" // RFC 9051 and RFC 3501
	POP3 Protocol = "pop3" // RFC 1939
)

// Security is how the connection is encrypted. Certificates are always
// verified.
type Security string

// The kinds of security. The zero value means TLS.
const (
	TLS      Security = "tls"      // from the first byte (RFC 8314)
	StartTLS Security = "starttls" // STARTTLS or STLS, or no connection at all
	Plain    Security = "none"     // refused unless NetworkPolicy.AllowPlaintext
)

// Start says which messages of a mailbox are uploaded. The zero value is all
// of them, also those that other programs have read or fetched before.
type Start struct {
	Now   bool      // only what arrives after the account is first connected
	Since time.Time // only what arrived at this time or later; the zero time means no limit
}

// port returns the port to connect to.
func (a Account) port() int {
	switch {
	case a.Port != 0 || !a.namesServer():
		return a.Port
	case a.Protocol == IMAP && a.security() == TLS:
		return 993
	case a.Protocol == IMAP:
		return 143
	case a.security() == TLS:
		return 995
	}
	return 110
}

// namesServer reports a protocol whose server is found and logged in to by the
// account's host, port, user name and password.
func (a Account) namesServer() bool { return a.Protocol == IMAP || a.Protocol == POP3 }

func (a Account) security() Security {
	if a.Security == "" {
		return TLS
	}
	return a.Security
}

func (a Account) interval() time.Duration {
	if a.Interval == 0 {
		return DefaultInterval
	}
	return max(a.Interval, minInterval)
}

// mailbox identifies the mailbox, however the settings write it: two accounts of
// one mailbox have the same, and it differs when the settings change to another
// mailbox. The protocol and the security do not matter, so their ports are one
// server. A port of another number is a server of its own, such as the end of a
// tunnel. Letter case does not matter, nor does the dot that ends a full host name.
func (a Account) mailbox() string {
	host := strings.TrimSuffix(a.Host, ".")
	switch port := a.port(); port {
	case 0, 993, 143, 995, 110:
	default:
		host = net.JoinHostPort(host, strconv.Itoa(port))
	}
	return strings.ToLower(a.Username + " at " + host)
}

// isMailbox reports whether a stored FolderState.Mailbox is this account's. Earlier
// versions stored the user name in the letter case of the settings, and the dot.
func (a Account) isMailbox(stored string) bool {
	return strings.ToLower(strings.TrimSuffix(stored, ".")) == a.mailbox()
}

// folderKey identifies a folder of a mailbox: INBOX in any letter case is one
// (RFC 9051, section 5.1), and it is what POP3 reads.
func folderKey(folder string) string {
	if folder == "" || strings.EqualFold(folder, "INBOX") {
		return "INBOX"
	}
	return folder
}

// folders returns the mailboxes to collect from; POP3's single one is "".
func (a Account) folders() []string {
	switch {
	case a.Protocol == POP3:
		return []string{""}
	case len(a.Folders) > 0:
		return a.Folders
	case a.Protocol == IMAP:
		return []string{"INBOX"}
	}
	return []string{""}
}

// listings returns the folders to list: those to collect from, or "" alone where one
// listing is of the whole mailbox.
func (a Account) listings(fetchers map[Protocol]Fetcher) []string {
	if _, whole := fetchers[a.Protocol].(WholeMailbox); whole {
		return []string{""}
	}
	return a.folders()
}

// marksSeen reports whether uploaded messages are to be marked: POP3 has no flags.
func (a Account) marksSeen() bool { return a.MarkSeen && a.Protocol != POP3 }

// endsSessionToDelete reports that messages can be deleted once in a session, which
// ends with it (RFC 1939, section 6).
func (a Account) endsSessionToDelete() bool { return a.Protocol == POP3 }

// withDefaults returns the account with every documented default filled in, as
// Fetchers get it.
func (a Account) withDefaults() Account {
	a.Port, a.Security, a.Interval, a.Folders = a.port(), a.security(), a.interval(), a.folders()
	if a.Name == "" {
		a.Name = a.ID
	}
	return a
}
