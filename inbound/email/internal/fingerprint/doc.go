// Package fingerprint computes what stays the same when a mail server writes a
// message anew: when it adds header lines, folds them otherwise, chooses other
// transfer encodings, charsets of encoded words, boundaries or line ends.
//
// What a store has recorded must be equal to what is computed years later, so this
// package reads the structure of a message itself and shares nothing with the tolerant
// parser but the decoding of transfer encodings. It guesses nothing: neither a
// charset, nor a boundary, nor what an odd date means.
//
// # Version 1
//
// This is all that an implementation in another language needs. A change of any of it
// is a new version. Quoted texts are ASCII, LF is a line feed, "white space" is SP, HT,
// CR and LF, and letters are compared without regard to case only where that is said,
// and then only ASCII letters. Concatenation is by bytes; hashes are SHA-256 in lower-case
// hexadecimal.
//
//	H = hash of "postroom header 1" LF and, for each value (see Values), name ":" value LF
//	M = hash of "postroom message 1" LF, for each leaf (see Leaves) "part:" hash LF, and "header:" H LF
//
// A message whose header has no value of Date, From, Message-ID and Subject has neither.
// It is weak if it has no value of Date, Message-ID and Received: the same words sent
// twice are then equal.
//
// # Lines and headers
//
// A line ends in LF, or at the end of the message. A header is the lines up to the first
// one that is only LF or CR LF. Such lines in front of the first header are skipped.
// In a header within a multipart, a boundary line ends it, too, and the part then has no
// body. A line that begins with SP or HT belongs to the line in front of it. A field is a
// line of one or more bytes from "!" to "~" without ":", any SP and HT, and ":". The
// first line of the message, if it is no field, is skipped with its continuation if it
// begins with "From " or ">From ". Other lines that are no field are strays: those of a
// header are a leaf of text, in front of the leaves of its body, so that nothing that a
// person could read is left out if the blank line is missing. Within a line of more than
// 65,536 bytes, only the first 65,536 are looked at to see what it is.
//
// # Values
//
// Of the message's header, the fields Date, From, Message-ID and Subject count,
// whatever the case of their names; of each name the first 16. If neither Date nor
// Message-ID has a value, the last field Received counts, too: the first server that
// had the message has added it, and it tells two messages of the same words apart. A
// value is what stands behind the colon; each run of white space becomes one SP, also
// where a line is continued; white space at both ends is left out; what remains is cut
// after 16,384 bytes. Then:
//
//   - Date that is [weekday ","] day month year time zone, as RFC 5322, section 3.3, has
//     it in at most 200 bytes, becomes the seconds since 1970 in decimal. Comments in
//     parentheses, nested or not, become SP. The weekday (Mon to Sun) need not be right.
//     A day has one or two digits; a year two to four (00 to 49: 2000 is added; else if
//     fewer than four: 1900), and is at least 1900; hour, minute and second one or two, the
//     second may be missing (0) or 60; a zone is "+" or "-" and four digits, hours and
//     minutes, or UT, UTC, GMT, Z, EST, EDT, CST, CDT, MST, MDT, PST, PDT. Letters may have
//     either case. Any other Date is treated as Subject is.
//   - From: encoded words are decoded; `"` and `\` are left out; "<", ">", "(", ")" and ","
//     become SP; runs of white space become one SP, none at the ends; in each word between
//     them, letters from the last "@" on become lower case.
//   - Message-ID: encoded words are decoded; all white space is left out, then one "<" in
//     front and one ">" at the end.
//   - Subject and Received: encoded words are decoded, then runs of white space become one
//     SP, none at the ends.
//
// Values that are empty do not count. Those of one name are sorted by bytes, and equal
// ones count once. The names, in lower case, come in the order date, from, message-id,
// subject, received.
//
// # Encoded words
//
// An encoded word is "=?" label "?" encoding "?" text "?=", anywhere in a value, from left
// to right: the label has 1 to 80 bytes without "?", "=" and SP, the encoding is B or Q in
// either case, the text goes to the first "?=". What is no encoded word stays, and the search
// goes on behind its "=?". Q: "_" is SP, "=" and two hexadecimal digits are a byte, other
// bytes stay. B: see Leaves. SP between two encoded words is left out. The label in lower
// case, up to a "*", names the charset. The bytes of words next to each other with equal
// labels are joined. They become UTF-8 if the label is one of the variable charsets, read
// as the WHATWG Encoding Standard has it, and all of them belong to that charset; bytes that
// would be U+FFFD or U+0080 to U+009F do not. Otherwise, and for any other label, the bytes
// stay as they are.
//
// # Structure
//
// The type of a part is the first value of Content-Type, in the order of bytes, among its
// fields that are not empty, made as values are made; the same goes for
// Content-Transfer-Encoding; of each name the first 16 fields are looked at. The type is
// what stands before the first "/", ";" or SP, in lower case. Parameters stand behind
// semicolons, a name up to "=", either quoted (a backslash takes the next byte as it is)
// or up to ";" or SP; those behind a quotation mark that is not closed do not exist. The
// boundary is the first boundary parameter that is not empty, has at most 200 bytes, and
// is not in the form of RFC 2231; SP at its end is left out.
//
// A part of type multipart with a boundary, in fewer than 30 other multiparts, is a
// multipart. A boundary line begins with "--", the boundary of an open multipart, and "--"
// if it is the closing one, and has only white space behind; it has at most 65,536
// bytes; inner multiparts are tried first. The parts between boundary lines are read in
// their order; the boundary line of an outer multipart ends the inner ones; behind a
// closing line nothing counts up to the next boundary line, which may be one of the same
// multipart. A multipart without one boundary line of its own is a leaf of text. Everything
// else is a leaf. Levels do not count, so that a part alone in a multipart is the same as the
// part without it, nor do types, names, and what stands in front of the first boundary line.
// A message within a message is a leaf.
//
// # Leaves
//
// A leaf is a text if its type is text, message, multipart or empty. Strays, and multiparts
// that are leaves, have no encoding. Otherwise it is the first run of letters, digits and
// "-" in Content-Transfer-Encoding, behind any quotation marks, apostrophes and SP, in
// lower case:
//
//   - base64: the letters, digits, "+" or "-", "/" or "_" are six bits each; four make three
//     bytes. At the end, two or three make one or two bytes, and one is left out; "=" behind
//     one to three is such an end, and nothing counts behind it up to LF. All other bytes
//     are left out.
//   - Otherwise, ">" in front of "From " at the beginning of a line are left out. In a leaf
//     that is not text, the LF or CR LF at the end of a line becomes CR LF.
//   - Then, with quoted-printable: SP, HT and CR at the end of a line are left out; "=" at the
//     end of a line is left out with its line break; "=" and two hexadecimal digits, of either
//     case, are a byte; any other "=" stays. A run of SP, HT and CR of more than 1,024 bytes that
//     crosses the end of the first, second, ... 65,536 bytes of a line stays, too.
//
// The normal form of a decoded text: any number of CR followed by LF, and each other CR, is
// a line break, written LF; SP and HT in front of a line break are left out, as are ">" in
// front of "From " at the beginning of a line; line breaks, SP and HT at the end are left
// out. The normal form of any other leaf: white space at the end is left out. Runs of SP
// and HT, or at the end of what is not text of white space, of more than 1,024 bytes are
// not left out. A leaf of which nothing remains does not count. The hash of a leaf is that
// of its normal form.
package fingerprint
