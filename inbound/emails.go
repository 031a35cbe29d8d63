package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/postroom/postroom/inbound/email"
)

// Email is a message that was uploaded and bound to a customer.
type Email struct {
	ID         string // the same for the same bytes in the same account
	AccountID  string
	Shop       string
	SourceID   SourceID // where it was on the server
	CustomerID string
	ManagerID  string // the customer's manager at the upload, or else the first one attached later; "": none yet
	MessageID  string // with its angle brackets; "" when there is none
	InReplyTo  string
	References []string
	// From is the sender's address, as customer.Normalize returns it: that of From. Where
	// a list of the company's own has put its own address there, it is the author whom the
	// list names. If Account.ReplyTo says so, it is the first address in Reply-To that is
	// not the company's own.
	From     string
	FromName string // display name of the sender
	// To and Cc are the addressees as the message names them, at most 50 each, with names of
	// at most 100 characters. Addresses of more than 320 bytes are left out. Emails that were
	// uploaded before these were kept have none.
	To, Cc   []email.Address
	Subject  string
	Snippet  string // the beginning of the reply text in one line, as email.Message.Snippet has it; may be ""
	Date     time.Time
	Class    email.Class
	Verified bool // the sender is that of the field From, and the provider says that it passed DMARC
	Size     int64
	SHA256   string // of the raw bytes, in hex
	// Fingerprint is email.Fingerprint.Header of the message. If that must not be gone by, or
	// is "", it is the version alone: see fingerprintOf. "" means not computed yet.
	Fingerprint string
	Extent      Extent // how much of the message is kept
	// Sources is how many messages on servers are this email: it and its duplicates. A
	// message counts again when the server has given it a new ID. AddEmails ignores it.
	Sources int
	// Notify is true if the customer's manager is to be notified of the email: its account
	// notifies (Account.NotifyManager), and it is not too old (Account.InitialAge).
	Notify bool
	// Initial is true for an email of the initial upload: see Account.InitialNotifications.
	Initial     bool
	Attachments []email.Attachment
	Warnings    []string
	UploadedAt  time.Time
}

// Truncated reports an email larger than the limit, of which only the beginning is kept.
func (e Email) Truncated() bool { return e.Extent.isPart() }

// Raw is the bytes of a message.
type Raw interface {
	io.ReaderAt
	Size() int64
}

// NewEmail is an email to add. The Store reads Raw during the call only.
type NewEmail struct {
	Email
	Raw Raw
	// Archived is true if the bytes are in the Archive under Email.SHA256: the Store does not
	// read Raw then, and only takes note of it.
	Archived bool
}

// EmailFilter narrows Emails.ListEmails. The zero value is everything.
type EmailFilter struct {
	AccountID  string
	CustomerID string
}

// Emails keeps what was uploaded, with its raw bytes unless those are in an Archive.
type Emails interface {
	// AddEmails adds emails (at most 1000) with their raw bytes. An email whose ID is
	// there already is left as it is. Bytes that KeepRaw kept under the same ID are
	// replaced by those of the email.
	AddEmails(ctx context.Context, emails []NewEmail) error

	// SetManager sets ManagerID of those of a customer's emails that have
	// none; the others stay as they are. A customer without emails is not an
	// error.
	SetManager(ctx context.Context, customerID, managerID string) error

	// KeepRaw keeps bytes without an email, for what is quarantined; OpenRaw
	// returns them by the same key. A key that is there already, or that is an
	// email's, is left as it is.
	KeepRaw(ctx context.Context, key string, raw Raw) error

	// KeepArchived notes that the bytes are in the Archive under this SHA-256, in lowercase
	// hex, instead of keeping them as KeepRaw does. It is like KeepRaw in everything else.
	KeepArchived(ctx context.Context, key, sha256 string) error

	// ListArchived returns the SHA-256 of up to limit emails and kept bytes that are in the
	// Archive, in an order of the Store's own, and what to give as after to get the next ones;
	// "" is the first page, and the next of the last one. A page may be empty and not the last.
	// What is there from the first page to the last is in one of them, or in several.
	ListArchived(ctx context.Context, after string, limit int) (sha256s []string, next string, err error)

	// HaveEmails reports which of these IDs (at most 1000) are there; an ID without an
	// email is absent from the map.
	HaveEmails(ctx context.Context, ids []string) (map[string]bool, error)

	// EmailsByFingerprint returns, by Fingerprint, the emails of a shop that have one of
	// these (at most 1000), of each the first MaxAlike in the order of upload. Within
	// Atomic, no other transaction adds an email of the shop before this one ends.
	EmailsByFingerprint(ctx context.Context, shop string, fingerprints []string) (map[string][]Email, error)

	// StaleFingerprints returns the IDs of up to limit emails whose Fingerprint does not
	// begin with version.
	StaleFingerprints(ctx context.Context, version string, limit int) ([]string, error)

	// SetFingerprints sets Fingerprint of these emails (at most 1000), by ID. An ID
	// without an email is ignored.
	SetFingerprints(ctx context.Context, fingerprints map[string]string) error

	// Email returns one email, or ErrNotFound.
	Email(ctx context.Context, id string) (Email, error)

	// OpenRaw streams the raw bytes of an email, or what KeepRaw kept, or
	// returns ErrNotFound, or an *ArchivedError if they are in the Archive. The caller closes
	// the reader. Memory does not grow with the email.
	OpenRaw(ctx context.Context, id string) (io.ReadCloser, error)

	// ListEmails returns up to limit emails in the order of upload, after the given ID
	// ("" for the start). An ID without an email is ErrNotFound.
	ListEmails(ctx context.Context, filter EmailFilter, after string, limit int) ([]Email, error)

	// CountEmails counts what ListEmails would return without a limit.
	CountEmails(ctx context.Context, filter EmailFilter) (int, error)
}

// MaxAlike is how many emails of one Fingerprint are compared with a message: nobody
// can slow uploads down by sending the same header many times.
const MaxAlike = 8

// emailID is the same for the same bytes in the same account: an email that is
// committed twice is one.
func emailID(account, sha string) string {
	sum := sha256.Sum256([]byte(account + "\x00" + sha))
	return hex.EncodeToString(sum[:16])
}
