// Package imapfetch is an [inbound.Fetcher] for IMAP (RFC 3501 and RFC 9051), on
// go-imap.
//
// What it promises beyond the Fetcher's contract:
//
//   - Reading changes nothing: folders are opened by EXAMINE and messages read
//     by BODY.PEEK. Only Delete and MarkSeen use SELECT; and List does, once, where
//     UIDVALIDITY may be a new one at each EXAMINE, as in a folder of Courier or GNU
//     mailutils that no other program opens: if it is not that of the cursor, or if the
//     cursor has none and it is a time within an hour of now. That ends \Recent, and
//     leaves the other flags as they are; EXAMINE follows.
//   - Delete and MarkSeen send nothing to a folder whose PERMANENTFLAGS lack the flag.
//   - Delete compares UIDVALIDITY and sizes again, sends UID EXPUNGE for exactly
//     these messages, and checks that they are gone. Without UIDPLUS (RFC 4315),
//     Delete fails, since a plain EXPUNGE would remove what other programs have
//     marked as deleted; the rest works.
//   - The server is never asked to parse messages (no ENVELOPE, no
//     BODYSTRUCTURE): many servers produce malformed ones, which client libraries
//     fail to parse.
//   - No command line is longer than about 1,000 bytes, unless a folder's name or a
//     password is. ID (RFC 2971) is sent where the server lists it, with the name and
//     the version of this module only.
//   - Several commands are in flight, so that distant servers are as fast. A server
//     that answers one of them with BAD, or loses it, gets one command at a time from
//     then on. A Fetcher remembers this, and how to log in and to list folders, by host
//     and port.
//   - A server that does not know or support LOGIN is tried again by AUTHENTICATE
//     PLAIN, and the other way round, on a new connection. A password that the server
//     refuses is not sent again.
//   - A session that is kept asks for what is new in one round trip: EXAMINE, and FETCH for
//     the end of the folder that it has listed before. Sequence numbers prove that nothing is
//     missing in the answer; otherwise the folder is searched, as it is the first time. A
//     listing from the newest message on asks by sequence number for one page at a time.
//   - Watch uses IDLE (RFC 2177), sent again every 25 minutes, or NOOP once a minute where the
//     server lacks or refuses IDLE. While it waits, no limit of time applies; a connection that
//     is cut is an error immediately, and a server that does not answer DONE within 15 s one
//     that wraps [inbound.ErrDirty]. EXISTS with more messages, or RECENT, ends it; flags,
//     EXPUNGE and remarks do not.
//   - Where a search is refused, or finds fewer messages than the folder has, it is
//     tried in other forms. Where the folder has no UIDNEXT, that of STATUS is taken.
//   - A folder may be named in modified UTF-7, unless there is one with that very name.
//   - What the server sends is scanned and repaired before the library reads it:
//     unknown responses, odd flags and dates, other spacing and letter case change
//     nothing. UIDVALIDITY may be any number.
//   - A message that the server or the library cannot handle is left out, and
//     the others are delivered. The session reconnects where that requires it, as
//     after a message whose announced length is wrong.
//   - Nothing waits forever: every step ends with its context, with the idle
//     time of the [inbound.NetworkPolicy], or with a limit on what the server
//     may send and on how slowly: a message that comes by less than 200 bytes a second
//     ends after 30 s, the answer to a search after a minute, a line after 15 s. Lines
//     that answer nothing do not count; there may be 1000 for a command, for a minute, or
//     in longer intervals than 10 s for 10 minutes. After BYE the server has 2 s to end
//     the connection. How slow it may be in the long run is up to the Syncer.
//   - A message may be 256 MiB, or four times its listed size, and a beginning 1 MiB
//     more than was asked for; a larger one is left out. Of the UIDs of a folder, up to
//     1,048,576 ranges are kept (8 MiB); apart from them, memory grows neither with the
//     folder nor with the message. A server that lists more messages than it has an
//     answer about is not believed.
//
// It does not synchronize flags, create folders, or move messages.
package imapfetch
