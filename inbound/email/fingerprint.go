package email

import (
	"fmt"
	"io"
	"strconv"

	"github.com/postroom/postroom/inbound/email/internal/fingerprint"
)

// FingerprintVersion is the version that the strings of a Fingerprint begin with. It
// changes when the same message would get another fingerprint; those of an older
// version have to be computed anew from the raw bytes.
const FingerprintVersion = 1

// Fingerprint recognizes a message that a mail server has written anew. Equal strings
// mean the same message; that holds across providers, protocols and accounts, not
// across versions.
//
// These do not change it: added header lines, their order and folding, the
// case of their names, the encoding and charset of encoded words, the way a
// date is written, quotation marks in From, line ends, white space at the end of lines of
// text and of a part, transfer encodings, boundaries, a level of multipart more, media
// types, file names, and the ">From " of mbox files. Anything else does: a sender who
// copies the header of another message, but not its parts, gets another Message.
//
// The documentation of package internal/fingerprint specifies it to the byte.
type Fingerprint struct {
	// Header is made of From, Date, Subject and Message-ID; if there is neither Date
	// nor Message-ID, also of the Received of the first server. It is "h", the version, ":"
	// and 64 hexadecimal digits, or "" if the header has none of the four. A message
	// without fingerprint equals none: never compare "".
	Header string
	// Message is made of Header and of the decoded parts: "m", the version, ":" and 64
	// hexadecimal digits. It is "" if Header is, and if only the header was read.
	Message string
	// Weak means that there is no Message-ID, Date or Received. The same words sent twice,
	// for instance by a contact form, are then equal: do not go by the fingerprint.
	Weak bool
}

// ReadFingerprint reads a whole message from r to its end and returns its fingerprint.
// An error is r's, wrapped. It takes time linear in the size of the message, keeps less
// than 4 MiB of it, and may be called from several goroutines concurrently.
func ReadFingerprint(r io.Reader) (Fingerprint, error) {
	return fingerprintOf(fingerprint.Read(r))
}

// ReadHeaderFingerprint reads no more than the header, and less than 4 KiB behind it, and
// returns a Fingerprint without Message. r may be a header alone, even one of only the
// fields that count.
func ReadHeaderFingerprint(r io.Reader) (Fingerprint, error) {
	return fingerprintOf(fingerprint.ReadHeader(r))
}

func fingerprintOf(s fingerprint.Sums, err error) (Fingerprint, error) {
	if err != nil {
		return Fingerprint{}, fmt.Errorf("email: read: %w", err)
	}
	f := Fingerprint{Weak: s.Weak}
	version := strconv.Itoa(FingerprintVersion)
	if s.Header != "" {
		f.Header = "h" + version + ":" + s.Header
	}
	if s.Message != "" {
		f.Message = "m" + version + ":" + s.Message
	}
	return f, nil
}
