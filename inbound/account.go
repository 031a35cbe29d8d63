package inbound

import (
	"net"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Account is the settings of one mailbox to collect from. It is plain data, which a
// host may store as JSON, compare ([Account.Equal]) and read again; secrets come from Config.Credentials. ID,
// Protocol and, in IMAP and POP3, Host and Username are required; the zero value of
// every other field is its default. [Account.Validate] checks the settings. Do not
// change the slices and maps of an Account after [New].
type Account struct {
	// ID is the stable key of everything remembered about the mailbox, never reused for a
	// different one: 1 to 100 letters, digits, or . _ @ -; the first a letter or digit.
	ID       string
	Name     string // display name; "" means the ID
	Shop     string // the online store that the account collects for
	Inactive bool   // true: kept, but not collected from
	// Paused is true while the account is kept, but connected to nothing until somebody
	// resumes it. Unlike Inactive it is no decision about the account: it still counts as
	// one that collects from its mailbox.
	Paused bool

	Protocol Protocol // a key of Config.Fetchers
	Host     string   // required in IMAP and POP3; elsewhere the Fetcher says whether it needs one
	Port     int      // 0 means the protocol's own: 993 or 143, 995 or 110
	Security Security // the zero value is TLS from the first byte
	Username string   // required in IMAP and POP3
	// OAuth2 is the client for which access tokens are issued; the zero value means
	// log in by password.
	OAuth2 OAuth2

	// Folders are IMAP mailboxes, or a provider's folders or labels. Empty means INBOX
	// in IMAP, and [""] elsewhere: whatever the Fetcher lists as folder "". It must be
	// empty in POP3, which has no folders.
	Folders []string
	Start   Start // which mail counts; the zero value is all of it
	// InitialOrder is the order in which the initial upload reads what was in a folder
	// when it was first listed; "" means Oldest. New mail comes before all of it. It may
	// be changed in the middle of an initial upload.
	InitialOrder Order

	// DeleteUploaded removes from the server what has been uploaded and is kept, and
	// duplicates of it. Even without it, a mailbox may be set to archive or delete what
	// was read by POP3: Gmail has such a setting.
	DeleteUploaded bool
	// DeleteAfter is how long uploaded messages stay on the server before
	// DeleteUploaded removes them; 0 means that they are removed in the same pass.
	DeleteAfter time.Duration
	MarkSeen    bool // set \Seen on what has been uploaded; POP3 has no flags
	// NotifyManager notifies the customer's manager of each incoming email. The
	// notification of an assigned customer is sent in any case.
	NotifyManager  bool
	CreateCustomer bool // false: mail of unknown senders is not uploaded and stays on the server
	// CreateFor says for which classes of mail of unknown senders a customer is
	// created. Nil means personal mail, except from no-reply addresses; a list that is
	// set includes those. Mail of known customers is uploaded whatever its class. Unused
	// without CreateCustomer. Where the shop's address is a group (Google Groups and the
	// like), all mail comes as list mail: add email.ClassList, and the address of the
	// group to Config.OwnAddresses. Then the author counts also where the group has put
	// its own address into From.
	CreateFor []Class
	// ManagerGroup gets the customers that this account creates; "" means that
	// nobody is assigned.
	ManagerGroup string
	// AssignExisting also assigns customers who existed before, if they have no
	// manager when they write, to the managers of ManagerGroup.
	AssignExisting bool
	// InitialNotifications says how managers are notified of what the initial upload
	// brings; "" means NotifyDigest. With Start.Now, nothing is of the initial upload.
	InitialNotifications InitialNotifications
	// InitialAge is how old an email of the initial upload may be, by its time of arrival when its
	// folder is listed for the first time: an older one is uploaded and bound, and its
	// customer created, but nobody is assigned, and nobody is notified. The customer is
	// assigned with the next email that is not too old. 0 means 90 days; AnyAge, or any
	// negative value, means that none is too old. POP3 has no time of arrival: it is that
	// of the topmost Received field, or else the Date.
	InitialAge time.Duration
	// Fields are the custom fields set on the customers that this account
	// creates, by name.
	Fields map[string]string
	// ReplyTo true takes the sender from Reply-To where it has an address that is not the
	// company's own, for mailboxes fed by contact forms; false takes From. Email.From has
	// the whole rule.
	ReplyTo bool
	// AuthservID is the name under which the mailbox's own provider writes
	// Authentication-Results (RFC 8601), such as "mx.google.com"; no other server
	// is trusted. "" trusts none.
	AuthservID string
	// Interval is the pause between the end of one pass and the start of the next, give
	// or take a tenth; 0 means 6 minutes. Values between 0 and 1 s mean 1 s.
	Interval time.Duration
}

// OAuth2 is a client that is registered with a provider (RFC 6749). Its secret and
// the refresh token are in the account's Secrets.
type OAuth2 struct {
	ClientID string
	TokenURL string   // the token endpoint, from which access tokens are obtained; required with ClientID
	Scopes   []string // to ask for; none means those that the refresh token was given for
}

// isZero reports that the account logs in by password.
func (o OAuth2) isZero() bool { return o.ClientID == "" && o.TokenURL == "" && len(o.Scopes) == 0 }

// minInterval is the shortest pause between passes: providers lock mailboxes
// that are logged in to again and again.
const minInterval = time.Second

// DefaultInterval is the default of Account.Interval.
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

// Order is the order in which an initial upload reads a folder.
type Order string

// The orders. The zero value means Oldest.
const (
	Oldest Order = "oldest" // oldest first
	Newest Order = "newest" // newest first
)

// Start says which messages of a mailbox are uploaded. The zero value is all
// of them, also those that other programs have read or fetched before. The time of arrival
// is the server's. POP3 has none: it is that of the topmost Received field, or else, for
// Since alone, the Date. A message that none of them dates counts as new; dates before 1982
// are taken for none.
type Start struct {
	Now   bool      // only what arrives after the account is first connected
	Since time.Time // only what arrived at this time or later; the zero time means no limit
}

// withDefaults returns the account with every documented default filled in, as
// Fetchers get it.
func (a Account) withDefaults() Account {
	a.Port, a.Security, a.Interval, a.Folders = a.port(), a.security(), a.interval(), a.folders()
	a.InitialNotifications, a.InitialAge = a.initialNotifications(), a.initialAge()
	if a.Name == "" {
		a.Name = a.ID
	}
	if a.InitialOrder == "" {
		a.InitialOrder = Oldest
	}
	return a
}

// Equal reports whether two accounts have the same settings, defaults filled in. What is
// in a list has to be in the same order.
func (a Account) Equal(b Account) bool {
	return reflect.DeepEqual(a.normalized(), b.normalized())
}

// normalized returns the account in a form that is the same for the same settings.
func (a Account) normalized() Account {
	a = a.withDefaults()
	a.Start.Since = a.Start.Since.Round(0).UTC()
	if len(a.Fields) == 0 {
		a.Fields = nil
	}
	if len(a.OAuth2.Scopes) == 0 {
		a.OAuth2.Scopes = nil
	}
	return a
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

// mailbox identifies the mailbox, however the settings write it: two accounts of
// one mailbox have the same, and it differs when the settings change to a different
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

// marksSeen reports whether uploaded messages are to be marked: POP3 has no flags.
func (a Account) marksSeen() bool { return a.MarkSeen && a.Protocol != POP3 }

// endsSessionToDelete reports that messages can be deleted once in a session, which
// ends with it (RFC 1939, section 6).
func (a Account) endsSessionToDelete() bool { return a.Protocol == POP3 }
