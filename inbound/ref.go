package inbound

import (
	"fmt"
	"strconv"
	"time"
)

// ID is the identity of a message on its server, as stable as the protocol
// makes it.
type ID struct {
	Folder     string // IMAP mailbox; "" in POP3
	Generation uint32 // IMAP UIDVALIDITY; 0 in POP3
	UID        uint32 // IMAP UID; 0 in POP3
	UIDL       string // POP3 unique-id; "" in IMAP
	Occurrence int    // POP3: 0 for the first message with this UIDL in the listing, 1 for the second, ... (RFC 1939, section 7, allows twins)
}

// String returns the UID or the UIDL; twins get their occurrence: "abc#1".
func (id ID) String() string {
	switch {
	case id.UIDL == "":
		return strconv.FormatUint(uint64(id.UID), 10)
	case id.Occurrence > 0:
		return fmt.Sprintf("%s#%d", id.UIDL, id.Occurrence)
	}
	return id.UIDL
}

// Ref is a message in a listing.
type Ref struct {
	ID
	Size     int64     // bytes, as the server says; a hint, since servers miscount
	Received time.Time // IMAP INTERNALDATE; the zero time when it was not asked for or is unknown
}
