// Package confusable finds text that passes for other text: with characters that nobody
// sees, that stand for other characters, or that look like those of another script. An
// address with such characters is nobody's real address, and the domain of an address
// is shown to people in Unicode only without them.
//
// The rules are those that Unicode has for email addresses (UTS #39, section 3.3, with
// the restriction level "highly restrictive" for each word), and a list of letters that
// look like ASCII.
package confusable
