// Package pop3fetch is an [inbound.Fetcher] for POP3 (RFC 1939), on go-pop3.
//
// The library reads the greeting and sends USER, PASS and QUIT. This package handles
// the rest on the same connection (capabilities, STLS, SASL, listings, messages),
// because errors there can lose or forge mail, hang, or exhaust memory.
//
// # Guarantees
//
//   - A message is whole or an error: its reader ends in io.EOF only at the
//     terminating CRLF "." CRLF, and its bytes are as the server keeps them.
//     A bare LF never ends a message, so no sender can forge the server's replies.
//   - A listing that STAT, LIST and UIDL do not agree on is marked incomplete,
//     and no message is deleted on the strength of it. A message without a unique-id
//     is named by the SHA-256 of its header.
//   - Deleted means that the server has confirmed QUIT.
//   - Every wait ends with the context, or when the server makes no progress
//     for NetworkPolicy.IdleTimeout; and so does an answer that comes by less than 200
//     bytes a second: a message after 30 s, a list after a minute, a line after 15 s.
//   - Memory: 16 to 24 bytes and the unique-id for each message of the
//     maildrop while a session lasts, of Options.ListMemory for all sessions, and 32 KiB;
//     messages are streamed. A maildrop whose list alone takes more is refused
//     (ErrPermanent), and so is a message that is longer than 128 MiB and four times its
//     listed size (ErrTemporary).
//
// # Speed
//
// Where the server announces PIPELINING, up to 256 commands are in flight, which
// hides the round trip of all but the first. A server that does not announce it before
// the login is asked once more after it, as proxies announce less than the server behind
// them.
//
// # Limits
//
// A maildrop with more than 4,194,304 messages is refused (ErrPermanent). APOP is not
// supported. Message sizes above 4 GiB are listed as 4 GiB.
//
// On a server without UIDL, each session reads the header of every message to identify
// it. So it does where the unique-ids are the message numbers (1, 2, 3, or from 0 on),
// which belong to other messages once one is gone. A server that counts all messages
// ever received looks the same until one is gone; from then on its unique-ids are used,
// and the messages that were there are read once more under them.
//
// Where a server gives the unique-id of a message that is gone to a later one of the same
// size, nothing in its listings shows that it is a different message.
package pop3fetch
