package inbound

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// SourceID is the identity of a message on its server, as stable as the protocol
// makes it. Only the Fetcher that gave it reads anything from its parts; everybody
// else compares them, byte by byte.
type SourceID struct {
	// Folder is the mailbox (IMAP). It is "" where a message has one identity
	// however many folders or labels show it, and in POP3.
	Folder string
	// Generation names the period in which keys are valid: UIDVALIDITY in IMAP (RFC
	// 9051, section 2.3.1.1), "" in POP3. In a new one all keys are unknown, but the
	// messages may be known ones.
	Generation string
	// Key is opaque, of at most 512 bytes: the UID in decimal in IMAP, the
	// unique-id in POP3, or the message ID of a provider.
	Key string
	// Occurrence is 0 for the first message of a listing with this Key, 1 for the
	// second, and so on. Only POP3 servers give one key several times (RFC 1939,
	// section 7).
	Occurrence int
}

// String returns the Key; further messages of one key get their occurrence: "abc#1".
func (id SourceID) String() string {
	if id.Occurrence > 0 {
		return fmt.Sprintf("%s#%d", id.Key, id.Occurrence)
	}
	return id.Key
}

// Compare returns the order in which a Store lists identities: by folder,
// generation, key and occurrence. Of two keys, the shorter one comes first, so that
// numbers are in their order (9 before 10); keys of one length are in the order of
// their bytes.
func (id SourceID) Compare(other SourceID) int {
	return cmp.Or(
		strings.Compare(id.Folder, other.Folder),
		strings.Compare(id.Generation, other.Generation),
		cmp.Compare(len(id.Key), len(other.Key)),
		strings.Compare(id.Key, other.Key),
		cmp.Compare(id.Occurrence, other.Occurrence),
	)
}

// Ref is a message in a listing.
type Ref struct {
	SourceID
	// Position is the place of the message in the folder's order of arrival, from
	// 1 on: the UID in IMAP. It is 0 where the server has no such order.
	Position uint64
	// Size is in bytes, as the server says. Servers miscount, so it does not limit what
	// is read. But a message shorter than Size is not deleted, and a new Size under the
	// same ID means a new message. It is 0 where the server gives no size, or only an
	// estimate.
	Size int64
	// Estimate is about how many bytes the message has, where Size is 0. It is used
	// for planning only; 0 means unknown.
	Estimate int64
	Received time.Time // IMAP INTERNALDATE; the zero time when it was not asked for or is unknown
	// Mark is why the message is not to be uploaded now: a different program has deleted it
	// and not removed it yet, or it is still being written. It is MarkNone where the
	// protocol has no such marks (POP3).
	Mark Mark
}

// Mark is a mark of the server on a message that is not to be uploaded while it has the
// mark.
type Mark string

// The marks. A message with both flags is MarkDeleted. The zero value is none.
const (
	MarkNone    Mark = ""
	MarkDeleted Mark = "deleted" // IMAP \Deleted, without EXPUNGE so far
	MarkDraft   Mark = "draft"   // IMAP \Draft
)

// expectedSize is how many bytes to plan for; 0 means unknown.
func (r Ref) expectedSize() int64 { return max(r.Size, r.Estimate) }
