package smime

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// Key opens what was encrypted for its certificate.
type Key struct {
	Certificate *x509.Certificate
	// PrivateKey is an *rsa.PrivateKey, or any other crypto.Decrypter of an RSA key, such as
	// one in a hardware module. It is used by several goroutines concurrently.
	PrivateKey crypto.PrivateKey
}

// ParseKey reads a certificate and its private key from PEM, as in the files of a web
// server.
func ParseKey(certificate, privateKey []byte) (Key, error) {
	pair, err := tls.X509KeyPair(certificate, privateKey)
	if err != nil {
		return Key{}, fmt.Errorf("smime: read the certificate and its key: %w", err)
	}
	return Key{Certificate: pair.Leaf, PrivateKey: pair.PrivateKey}, nil
}

// Opener opens sealed parts; the zero value has no keys. It may be used by several goroutines
// concurrently.
type Opener struct{ keys []recipient }

// recipient is a Key that was checked.
type recipient struct {
	certificate *x509.Certificate
	key         crypto.Decrypter
}

// New returns an Opener. Without keys, it opens what is only signed or compressed; keys that
// were replaced should stay, since old mail needs them. A key that is not RSA, or not that of
// its certificate, is an error.
func New(keys ...Key) (*Opener, error) {
	o := &Opener{}
	for i, k := range keys {
		if k.Certificate == nil {
			return nil, fmt.Errorf("smime: key %d has no certificate", i+1)
		}
		public, ok := k.Certificate.PublicKey.(*rsa.PublicKey)
		if !ok {
			return nil, fmt.Errorf("smime: key %d is not an RSA key: only those are supported", i+1)
		}
		key, ok := k.PrivateKey.(crypto.Decrypter)
		if !ok || !public.Equal(key.Public()) {
			return nil, fmt.Errorf("smime: private key %d does not belong to its certificate", i+1)
		}
		o.keys = append(o.keys, recipient{k.Certificate, key})
	}
	return o, nil
}

// sealSMIME is email.SealSMIME.
const sealSMIME = "S/MIME"

var (
	errTooLarge = errors.New("what is within is larger than the limit")
	errNoText   = errors.New("there is a signature but no text")
)

// Object identifiers, as written in DER.
const (
	oidData          = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	oidSigned        = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	oidEnveloped     = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
	oidCompressed    = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
	oidAuthEnveloped = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
	oidZlib          = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08"
)

// What a person has to know of what was opened.
const (
	noteSigned     = "the letter was sealed by S/MIME: its signature was not checked"
	noteEncrypted  = "the letter was encrypted by S/MIME: who wrote it is not proved"
	noteCompressed = "the letter was compressed by S/MIME"
)

// maxLayers is how many layers without a MIME entity between them are opened.
const maxLayers = 4

// Open opens a part that is sealed by S/MIME: it implements email.Opener. data may also be in
// PEM or base64, where a program forgot to say so.
func (o *Opener) Open(seal string, data []byte, maxBytes int) (content []byte, note string, err error) {
	if seal != sealSMIME {
		return nil, "", errors.New("only S/MIME can be opened")
	}
	info, _, err := next(plain(data))
	if err != nil {
		return nil, "", err
	}
	f := info.fields(tagSequence)
	kind, wrapped := f.oid(), f.next(tagContext0|constructedBit)
	if f.err != nil {
		return nil, "", f.err
	}
	content = wrapped.content
	// Layers without a MIME entity between them are rare, but allowed.
	for range maxLayers {
		var hint string
		if kind, content, hint, err = o.layer(kind, content, maxBytes); err != nil {
			return nil, "", err
		}
		note = cmp.Or(note, hint) // the outermost layer says what to know
		if kind == oidData {
			if len(content) > maxBytes {
				return nil, "", errTooLarge
			}
			return content, note, nil
		}
	}
	return nil, "", errors.New("it is sealed too many times")
}

// plain returns data in BER.
func plain(data []byte) []byte {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 || data[0] == tagSequence {
		return data
	}
	if bytes.HasPrefix(data, []byte("-----BEGIN ")) {
		_, data, _ = bytes.Cut(data, []byte("\n"))
		data, _, _ = bytes.Cut(data, []byte("-----END "))
	}
	decoded, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(data)))
	if err != nil {
		return data // as damaged as it is
	}
	return decoded
}

// layer opens one layer. It returns what kind of content is within, and the note of the layer.
func (o *Opener) layer(kind string, b []byte, maxBytes int) (within string, content []byte, note string, err error) {
	v, _, err := next(b)
	if err != nil {
		return "", nil, "", err
	}
	f := v.fields(tagSequence)
	f.next(tagInteger)
	switch kind {
	case oidSigned:
		f.next(tagSet) // the algorithms
		within, content, err = encapsulated(f.next(tagSequence))
		note = noteSigned
	case oidCompressed:
		algorithm := f.next(tagSequence).fields(tagSequence).oid()
		within, content, err = encapsulated(f.next(tagSequence))
		if err == nil {
			content, err = inflate(algorithm, content, maxBytes)
		}
		note = noteCompressed
	case oidEnveloped, oidAuthEnveloped:
		within, content, err = o.decrypt(f, kind == oidAuthEnveloped)
		note = noteEncrypted
	default:
		err = errors.New("it is sealed in a way that is not supported")
	}
	if err == nil {
		err = f.err
	}
	return within, content, note, err
}

// encapsulated returns the content of an EncapsulatedContentInfo (RFC 5652, section 5.2).
func encapsulated(v value) (kind string, content []byte, err error) {
	f := v.fields(tagSequence)
	kind = f.oid()
	wrapped, ok := f.optional(tagContext0 | constructedBit)
	switch {
	case f.err != nil:
		return "", nil, f.err
	case !ok:
		return "", nil, errNoText
	}
	v, _, err = next(wrapped.content)
	if err != nil {
		return "", nil, err
	}
	if v.tag&^constructedBit != tagOctets { // PKCS #7 before CMS: the value itself
		return kind, v.raw, nil
	}
	content, err = octets(v)
	return kind, content, err
}

// inflate decompresses content (RFC 3274).
func inflate(algorithm string, b []byte, maxBytes int) ([]byte, error) {
	if algorithm != oidZlib {
		return nil, errors.New("it is compressed in a way that is not supported")
	}
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, errBroken
	}
	content, err := io.ReadAll(io.LimitReader(z, int64(maxBytes)+1))
	if err != nil {
		return nil, errBroken
	}
	return content, nil // Open refuses what is too large
}
