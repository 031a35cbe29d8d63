// Package charset makes UTF-8 of text in any character set that mail comes in,
// labeled rightly, wrongly or not at all. It knows bytes and labels, nothing of
// MIME.
//
// [Decode] decodes by a label, and by the best guess where the label is missing or
// can only be wrong; [Detect] is the guess alone, [DetectNear] one with a hint.
// [Correct] finds the right label of texts that one program wrote, such as the words
// of a header. [OfHTML], [Declares], [IsKnown], [IsHint] and [Same] say what a label,
// or a document, tells. [JoinSurrogates] repairs HTML.
//
// # What it guarantees
//
// Decoded text is valid UTF-8 whatever the bytes and the label are. What is UTF-8
// already is never changed by a guess, unless its zeros show that it is UTF-16. Time is
// linear in the text, and a guess looks at no more than 4 KiB of it.
//
// A label is overruled only by much better readings, since real text in a legacy charset
// must stay, however short it is: for UTF-8 where a text has its sequences, for another
// charset of the same language, and for any other where the label is the default of
// western programs.
//
// # Why it is not a library
//
// The decoders are those of golang.org/x/text; what x/text leaves out is decoded here:
// UTF-7, CESU-8, ISO-2022-KR and -CN, UTF-16 whose order nobody says, and some code
// pages of DOS, Mac OS and Asia. Labels and guesses are the package's own. The
// guesses are for short text, such as a raw subject line; tags of HTML are left out. Of the
// 265 encoded subject lines and 72 bodies made of testdata/phrases.json, this many come out
// right without a label, in this time for a subject line (measured on one machine with
// golang.org/x/net v0.62.0 and github.com/gogs/chardet of 2021-11-20):
//
//	                            subjects   bodies   time
//	this package                     257       72    4 µs
//	golang.org/x/net/html/charset     58       12    3 µs
//	github.com/gogs/chardet          152       67   44 µs
//
// The phrases are what the package is tested with, so that its figures may flatter it.
package charset
