// Package smime opens messages that are sealed by S/MIME (RFC 8551): those that are signed
// with their text within the signature, those that are compressed, and, with the keys of the
// company, those that are encrypted. Without it, they are an attachment smime.p7m.
//
//	opener, err := smime.New(key)
//	message, err := email.Parser{Opener: opener}.Parse(raw)
//
// An [Opener] is an email.Opener and the Opener of inbound.Config.
//
// # What it guarantees
//
// Everything in a sealed part is written by strangers. Open takes time and memory linear
// in its size, needs no more than a few operations of a private key, and does not panic; it has
// a reader of its own for BER, since libraries for PKCS #7 recurse as deep as the sender
// wants.
//
// # What it does not do
//
// Signatures are not checked, nor are certificates: the note of each opened part says so, and
// From is still what the sender claims. Content that was encrypted without authentication (CBC)
// may have been changed on its way. Keys have to be RSA keys.
package smime
