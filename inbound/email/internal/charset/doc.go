// Package charset makes UTF-8 of text in any character set that mail comes in,
// labeled rightly, wrongly or not at all. It knows bytes and labels, nothing of
// MIME.
//
// [Decode] decodes by a label, and by the best guess where the label is missing or
// can only be wrong; [Detect] is the guess alone. [OfHTML], [Declares], [IsKnown]
// and [IsHint] say what a label, or a document, tells.
//
// # What it guarantees
//
// Decoded text is valid UTF-8 whatever the bytes and the label are. What is UTF-8
// already is never changed by a guess. Time is linear in the text, and a guess looks
// at no more than 4 KiB of it.
//
// # Why it is not a library
//
// The decoders are those of golang.org/x/text; only UTF-7, which x/text leaves out,
// is decoded here. Labels and guesses are the package's own. Of the 43 labels in
// its table of aliases, golang.org/x/text/encoding/htmlindex lacks 31, and ianaindex
// lacks 28 of these too. The guesses are for short text without markup, such as a
// raw subject line. Of the 265 encoded subject lines and 72 bodies made of
// testdata/phrases.json, this many come out right without a label, in this time for
// a subject line (measured on one machine with golang.org/x/net v0.62.0 and
// github.com/gogs/chardet of 2021-11-20):
//
//	                            subjects   bodies   time
//	this package                     257       72    4 µs
//	golang.org/x/net/html/charset     58       12    3 µs
//	github.com/gogs/chardet          152       67   44 µs
//
// The phrases are what the package is tested with, so that its figures may flatter it.
package charset
