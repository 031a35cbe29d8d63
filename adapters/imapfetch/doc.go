// Package imapfetch is an [inbound.Fetcher] for IMAP (RFC 3501 and RFC 9051), on
// go-imap.
//
// What it promises beyond the Fetcher's contract:
//
//   - Reading changes nothing: folders are opened by EXAMINE and messages read
//     by BODY.PEEK. Only Delete and MarkSeen use SELECT.
//   - Delete compares UIDVALIDITY and sizes again, sends UID EXPUNGE for exactly
//     these messages, and checks that they are gone. Without UIDPLUS (RFC 4315),
//     Delete fails, since a plain EXPUNGE would remove what other programs have
//     marked as deleted; the rest works.
//   - The server is never asked to parse messages (no ENVELOPE, no
//     BODYSTRUCTURE): many servers produce malformed ones, which client libraries
//     fail to parse.
//   - What the server sends is scanned and repaired before the library reads it:
//     unknown responses, odd flags and dates, other spacing and letter case change
//     nothing. UIDVALIDITY may be any number.
//   - A message that the server or the library cannot handle is left out, and
//     the others are delivered. The session reconnects where that requires it, as
//     after a message whose announced length is wrong.
//   - Nothing waits forever: every step ends with its context, with the idle
//     time of the [inbound.NetworkPolicy], or with a limit on what the server
//     may send. Memory grows neither with the folder nor with the message.
//
// It does not synchronize flags, create folders, or move messages.
package imapfetch
