// Package email reads incoming mail: it turns the bytes of a message into what a
// person would see in a mail program, and into the facts for deciding what to do
// with it.
//
// [Parse] turns any input into a [Message]. Real mail breaks every rule, so what is
// broken is repaired or skipped, and [Message.Warnings] says so in words; an error
// means that the reader failed, never that the message is bad. Besides the header, the
// text, the HTML and a description of each attachment, a Message has
//
//   - its [Class] (a person, an automatic reply, a bounce, a list, mass mail, spam by the
//     provider's verdict), with the reason in words, and the facts of a bounce;
//   - the provider's verdict on the sender, [Message.DMARC];
//   - files that are uuencoded in the text, or within a winmail.dat (TNEF), as attachments;
//   - the text of a winmail.dat or of an invitation (a calendar), where there is no other;
//   - what is within a letter that is sealed by S/MIME, if a [Parser] has an [Opener];
//   - the new text of a reply, [Message.ReplyText], and its beginning for a list,
//     [Message.Snippet];
//   - who wrote the message that is forwarded, [Message.ForwardedFrom].
//
// [ReadFingerprint] recognizes a message that a server has written anew.
//
// # What it guarantees
//
// Every text is valid UTF-8 and has no NUL. Header texts, addresses and file names have
// no control characters and none that override the direction of text; file names have
// no directories. The message is read once, in time linear in its size; memory is
// bounded by [Limits], not by the message: attachments are hashed while they pass.
// Where a limit is hit, the rest is left out with a warning.
//
// # What it does not do
//
// It keeps no raw bytes and no attachments: [OpenAttachment] reads one out of the
// raw bytes that the caller kept. It sends nothing, fetches nothing, and runs
// nothing. HTML is as the sender wrote it: sanitize it before showing it. Signatures
// are not verified, and nothing is decrypted without an [Opener]. Files within archives
// stay there, and the archive is the attachment. From is what the
// sender claims: see [Message.DMARC] before trusting it.
package email
