// Package wire stands between a connection to an IMAP server and go-imap's
// imapclient. The library gives up the whole connection at the first response that
// it does not expect, and real servers send many. Each line that a server sends is
// read here first, and written anew in the form that the library takes:
//
//   - The responses that the fetcher asks for, with what it asks for in them: FETCH
//     (UID, RFC822.SIZE, INTERNALDATE and bodies), LIST, STATUS, CAPABILITY, EXISTS,
//     EXPUNGE, OK, NO, BAD, BYE and continuation requests.
//   - Everything else is left out: flags, envelopes, extensions that nobody has
//     asked for, unknown responses, stray lines, replies to unknown commands.
//   - What is malformed is repaired where its meaning is clear (spaces, letter case,
//     line ends, dates, missing parentheses), and left out otherwise. A response
//     that cannot be read costs no other response.
//
// Message bodies pass through unchanged and are not kept. Of everything else no more
// than 64 KiB are in memory at a time. The UIDs that a search names do not pass through:
// they are kept here, in any order, as ranges.
//
// What a server may send has bounds, so that nothing unbounded reaches the library: the
// size of bodies, the depth of parentheses, the length of lines, and how many lines come
// that nobody has asked for. Beyond them nothing more is read; see Fault.
package wire
