// Package replytext finds what a person wrote newly in a reply: text without the
// message that is quoted below or above, its attribution line ("On ... Jane wrote:"),
// and the signature. It knows lines of text, nothing of MIME or HTML.
//
// [Extract] is all of it. It goes by the words of more than forty languages, and where
// it has none by the shape: an address, a date, a time and a colon. Files attribution.go,
// worded.go and named.go find the lines "On ... wrote:", and what customers tell in such words;
// header.go the blocks of From, Sent and Subject; quoted.go the dividers above them;
// marker.go "reply above this line" and the headings of earlier replies, by the words in
// markerwords.go, which wording.go reads; signature.go the signature, and speech.go what is no
// signature although it stands below a rule; inplace.go what says that the answers stand in the
// old message; armor.go the lines around signed text.
//
// # What it guarantees
//
// The words are lines of the text, in their order; nothing is added. Where it is not
// sure, a line is kept: what a customer tells of a journey, an order or a form is no header,
// and a rule between two parts of a letter delimits no signature. There are no words only
// where the text has none, or is a program's notice and quoted to its end. It takes time
// linear in the text.
//
// # Why it is not a library
//
// The Go libraries are ports of github.com/github/email_reply_parser, which looks for
// the English "On ... wrote:" only. Of the 64 replies that tests of seven other
// projects publish with the words to be found, this package finds 61, and two ports
// in JavaScript 37 (email-reply-parser 2.3.9) and 38 (node-email-reply-parser 0.1.4),
// all judged without regard to white space. They are among what the package is tested
// with, so that its figure may flatter it.
package replytext
