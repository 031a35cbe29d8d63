// Package transfer undoes content transfer encodings: base64, quoted-printable (RFC
// 2045, section 6) and uuencode. It knows bytes, nothing of MIME parts.
//
// A [Decoder] takes a body in pieces, as they come off the wire, and hands back what
// they decode to; for people, [Decoder.ResetRepair] makes the best of broken base64, while
// [Decoder.Reset] is what fingerprints go by and never changes. A [UUScanner] finds uuencoded
// files in the midst of text.
// [AppendBase64] and [HexPair] are for short values, such as those of a header.
//
// # What it guarantees
//
// Nothing is an error: what is not valid is skipped or stays as it is, and a Decoder
// tells afterwards what was wrong. It does not matter how a body is cut into pieces.
// Time is linear; memory is bounded by the largest piece.
//
// # Why it is not a library
//
// Bodies are pushed through, whole windows at a time and without a goroutine, while
// encoding/base64 and mime/quotedprintable pull from an io.Reader and stop at the
// first byte that is not valid. Of 1,477 real messages that other projects publish
// with their tests, 562 bodies are base64: encoding/base64 fails on 65 of them and
// returns other bytes in 61, because the rest is lost. mime/quotedprintable reads all
// 377 quoted-printable bodies, and to the same bytes, but reports nothing that is
// malformed, and is slower: BenchmarkQuotedPrintable has 300 MB/s here and 140 to 230
// there, BenchmarkBase64 1,460 to 1,930 here and 740 to 1,000 there. The standard
// library has no uuencode.
package transfer
