package email

import (
	"time"

	"github.com/postroom/postroom/inbound/email/internal/replytext"
)

// Message is what a person would see of an email, and the facts for deciding what to
// do with it. Every text is valid UTF-8; header texts and names have no control or
// bidirectional-override characters.
type Message struct {
	MessageID  string   // with its angle brackets; "" when there is none
	InReplyTo  string   // the first message ID of In-Reply-To
	References []string // in the order of the header, at most Limits.References
	// From is the first author; the zero value when From cannot be read. Of a message
	// without From it is Sender, which is never verified. A name in a comment behind a word
	// without a domain, as in "nora (Nora Lindqvist)", leaves that word as Address.
	From    Address
	Sender  Address
	ReplyTo []Address
	// OriginalFrom is the author whom X-Original-From names, or else X-Original-Sender:
	// mailing lists that put their own address into From write them. Anybody else can,
	// too, so they mean nothing unless From is an address whose list is trusted.
	OriginalFrom Address
	FromList     bool // From has the address of the mailing list that the header names
	// ForwardedFrom is who wrote the message that this one forwards: by the header that the
	// sender's mail program has written above its text (in the first 64 KiB), or else by the
	// attached message. It is the zero value when nothing is forwarded, and may be so although
	// something is. Anybody can write such lines: offer it to a person, bind nothing by it.
	ForwardedFrom Address
	To, Cc        []Address // without entries that have no address
	DeliveredTo   []string  // Delivered-To, X-Original-To, Envelope-To: as written, without angle brackets
	Subject       string
	Date          time.Time // Date, or else Received; the zero time when neither can be read
	// Received is when the last server took the message: the date of the topmost
	// Received field that can be read; the zero time when there is none. Unlike
	// Date, it is not the sender's clock.
	Received time.Time

	// Text is the text body; lines end in "\n". What has no text, or only one that stands for
	// the HTML, is made from HTML: with the targets of links in angle brackets, without what a
	// style hides. Of alternatives the last text counts (RFC 2046, section 5.1.4).
	Text string
	// HTML is the HTML body as sent, not sanitized; "" when there is none. Texts that stand
	// beside HTML are in it, too, as HTML: Text and HTML have the same words.
	HTML        string
	Attachments []Attachment

	Class       Class
	ClassReason string  // why it is that, in words; a value from the header is quoted and bounded
	NoReply     bool    // the sender's address says that nobody reads answers
	Bounce      *Bounce // set when Class is ClassBounce

	Size     int64    // raw bytes
	SHA256   string   // of the raw bytes, lower-case hex
	Warnings []string // everything that was repaired or skipped

	authResults    []string // the topmost Authentication-Results
	severalAuthors bool     // From names more than one
	repairedFrom   bool     // the address in From is not written there as it was read
}

// ReplyText returns the new text of a reply: Text without the message that it quotes, without
// what a ticket program put below its "reply above this line", and without the signature. It
// keeps quoted text with interleaved answers, and keeps everything where it is not sure, where
// all of it is quoted, and where the new words say that the answers stand below. For a pure
// forward it returns the text of the forwarded message. Its lines are lines of Text. It is empty
// only if Text is, or if Text is a notice of a program that is quoted down to its link to
// unsubscribe. It takes time linear in Text.
func (m *Message) ReplyText() string { return replytext.Extract(m.Text) }

// Address is a mailbox of a header field.
type Address struct {
	Name string `json:"name"` // decoded display name; may be ""
	// Address is the addr-spec as written; "" when there was none. It has U+FFFD in place of
	// control characters, those that override the direction of text, and spaces outside of
	// ASCII; other invisible characters are as they came.
	Address string `json:"address"`
}

// Attachment is a part of a message that is kept as a file. Parts that repeat the text
// for one program, such as AMP, are none. A text with a name may be a file and be in
// Text as well, where the message has no other.
type Attachment struct {
	Name      string `json:"name"`       // without directories; never empty
	Type      string `json:"type"`       // media type, lower case
	Size      int64  `json:"size"`       // decoded bytes
	SHA256    string `json:"sha256"`     // of the decoded bytes, lower-case hex
	Inline    bool   `json:"inline"`     // shown within the HTML body
	ContentID string `json:"content_id"` // without angle brackets; "" when there is none
	// IMAP part number, such as "2.1" (RFC 9051, section 6.4.5.1); "1.u1" is the
	// first uuencoded file in the text of part 1, "2.t1" the first file in the winmail.dat
	// that is part 2, "1.s2" part 2 within the sealed part 1. OpenAttachment takes it.
	Part string `json:"part"`
}

// Bounce is a delivery report (RFC 3464) or a complaint (RFC 5965).
type Bounce struct {
	Recipient string // the first address that failed; "" when none is named
	// Recipients are the addresses that failed, each once, in the order of the report, at most
	// 50; Recipient is the first. If none failed, they are those to which mail is delayed.
	Recipients        []string
	Status            string // enhanced status code (RFC 3463) of Recipient, such as "5.1.1"; "" when it is not known
	Action            string // "failed", "delayed", ...; of a complaint (RFC 5965) its Feedback-Type
	OriginalMessageID string // of the message that bounced, with angle brackets; "" when it is not known
}

// Class is what kind of mail a message is. It is personal unless signs of a different
// kind of mail are strong enough: what relays, mailbox rules and contact forms set on
// people's mail decides nothing by itself.
type Class string

// The classes.
const (
	ClassPersonal  Class = "personal"   // written by a person
	ClassAutoReply Class = "auto_reply" // sent by a program: an automatic reply or notice (RFC 3834)
	ClassBounce    Class = "bounce"     // delivery report (RFC 3464) or complaint (RFC 5965)
	ClassList      Class = "list"       // from a mailing list (RFC 2369, RFC 2919)
	ClassBulk      Class = "bulk"       // newsletters and other mass mail
	ClassSpam      Class = "spam"       // the receiving provider takes it for spam, and it is no bounce
)
