package smime

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // hashes that OAEP may name
	_ "crypto/sha256"
	_ "crypto/sha512"
	"errors"
	"math/big"
)

var (
	errNotForUs    = errors.New("it is encrypted, and not for a key that was given")
	errNoKeys      = errors.New("it is encrypted, and no key was given")
	errWrongKey    = errors.New("the key does not open it")
	errUnsupported = errors.New("it is encrypted in a way that is not supported")
)

// Object identifiers of keys and ciphers, as written in DER.
const (
	oidRSA       = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
	oidOAEP      = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07"
	oidMGF1      = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
	oidTripleDES = "\x2a\x86\x48\x86\xf7\x0d\x03\x07"
	oidAES       = "\x60\x86\x48\x01\x65\x03\x04\x01" // one byte follows: the size and the mode
)

// aesModes are the last bytes of oidAES: key size in bytes, and whether it is GCM.
var aesModes = map[byte]struct {
	keyBytes int
	gcm      bool
}{2: {16, false}, 22: {24, false}, 42: {32, false}, 6: {16, true}, 26: {24, true}, 46: {32, true}}

// hashes are what OAEP may use.
var hashes = map[string]crypto.Hash{
	"\x2b\x0e\x03\x02\x1a":                 crypto.SHA1,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x01": crypto.SHA256,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x02": crypto.SHA384,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x03": crypto.SHA512,
	"\x60\x86\x48\x01\x65\x03\x04\x02\x04": crypto.SHA224,
}

const (
	maxRecipients = 1000
	maxAttempts   = 3 // with private keys, for one part
)

// decrypt opens EnvelopedData (RFC 5652, section 6.1) or AuthEnvelopedData (RFC 5083) behind
// its version.
func (o *Opener) decrypt(f *fields, authenticated bool) (kind string, content []byte, err error) {
	f.optional(tagContext0 | constructedBit) // about the originator
	recipients := f.next(tagSet)
	info := f.next(tagSequence).fields(tagSequence)
	kind = info.oid()
	algorithm := info.next(tagSequence).fields(tagSequence)
	name := algorithm.oid()
	var sealed value
	for _, tag := range [...]byte{tagContext0, tagContext0 | constructedBit} {
		if info.has(tag) {
			sealed = info.next(tag)
		}
	}
	if err := errors.Join(f.err, info.err, algorithm.err); err != nil || sealed.raw == nil {
		return "", nil, errBroken
	}
	encrypted, err := octets(sealed)
	if err != nil {
		return "", nil, err
	}
	var additional, mac []byte
	if authenticated {
		if v, ok := f.optional(tagContext1 | constructedBit); ok {
			additional = append([]byte{tagSet}, v.raw[1:]...)
		}
		mac = f.next(tagOctets).content
	}
	if f.err != nil {
		return "", nil, f.err
	}
	if len(o.keys) == 0 {
		return "", nil, errNoKeys
	}
	err = errNotForUs
	attempts := 0
	list := recipients.fields(tagSet)
	for i := 0; i < maxRecipients && len(list.rest) > 0 && list.err == nil; i++ {
		v := list.next(0)
		if v.tag != tagSequence {
			continue // agreed on, or a password: those are not supported
		}
		for _, k := range o.keys {
			if attempts >= maxAttempts {
				return "", nil, err
			}
			secret, ok := k.unwrap(v, &attempts)
			if !ok {
				continue
			}
			if content, err = decipher(name, *algorithm, secret, encrypted, additional, mac); err == nil {
				return kind, content, nil
			}
		}
	}
	return "", nil, err
}

// unwrap decrypts the secret of a KeyTransRecipientInfo, if it is for this key.
func (k recipient) unwrap(v value, attempts *int) (secret []byte, ok bool) {
	f := v.fields(tagSequence)
	f.next(tagInteger)
	if id, ok := f.optional(tagContext0); ok {
		if len(id.content) == 0 || !bytes.Equal(id.content, k.certificate.SubjectKeyId) {
			return nil, false
		}
	} else {
		by := f.next(tagSequence).fields(tagSequence)
		issuer, serial := by.next(tagSequence), by.next(tagInteger)
		if by.err != nil || !bytes.Equal(issuer.raw, k.certificate.RawIssuer) ||
			!isSerial(serial.content, k.certificate.SerialNumber) {
			return nil, false
		}
	}
	algorithm := f.next(tagSequence).fields(tagSequence)
	name := algorithm.oid()
	encrypted := f.next(tagOctets).content
	if f.err != nil || algorithm.err != nil {
		return nil, false
	}
	*attempts++
	//lint:ignore SA1019 almost all messages are encrypted so, and nobody is told whether a key fits
	var options crypto.DecrypterOpts = &rsa.PKCS1v15DecryptOptions{}
	switch name {
	case oidRSA:
	case oidOAEP:
		oaep, ok := readOAEP(algorithm)
		if !ok {
			return nil, false
		}
		options = oaep
	default:
		return nil, false
	}
	secret, err := k.key.Decrypt(rand.Reader, encrypted, options)
	return secret, err == nil
}

// isSerial reports whether b, in two's complement, is that number.
func isSerial(b []byte, serial *big.Int) bool {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return len(b) > 0 && len(b) <= 64 && serial != nil && n.Cmp(serial) == 0
}

// readOAEP reads the parameters of OAEP (RFC 4055, section 4.1).
func readOAEP(algorithm *fields) (*rsa.OAEPOptions, bool) {
	options := &rsa.OAEPOptions{Hash: crypto.SHA1, MGFHash: crypto.SHA1}
	if !algorithm.has(tagSequence) {
		return options, true
	}
	parameters := algorithm.next(tagSequence).fields(tagSequence)
	if v, ok := parameters.optional(tagContext0 | constructedBit); ok {
		f := v.fields(v.tag)
		if options.Hash = hashes[f.next(tagSequence).fields(tagSequence).oid()]; options.Hash == 0 {
			return nil, false
		}
	}
	if v, ok := parameters.optional(tagContext1 | constructedBit); ok {
		mask := v.fields(v.tag).next(tagSequence).fields(tagSequence)
		if mask.oid() != oidMGF1 {
			return nil, false
		}
		if options.MGFHash = hashes[mask.next(tagSequence).fields(tagSequence).oid()]; options.MGFHash == 0 {
			return nil, false
		}
	}
	return options, true
}

// decipher decrypts content. Everything about it was chosen by the sender.
func decipher(name string, algorithm fields, secret, encrypted, additional, mac []byte) ([]byte, error) {
	if name == oidTripleDES {
		if len(secret) != 24 {
			return nil, errWrongKey
		}
		block, err := des.NewTripleDESCipher(secret)
		if err != nil {
			return nil, errWrongKey
		}
		return decipherCBC(block, algorithm.next(tagOctets).content, encrypted)
	}
	if len(name) != len(oidAES)+1 || name[:len(oidAES)] != oidAES {
		return nil, errUnsupported
	}
	mode, ok := aesModes[name[len(oidAES)]]
	if !ok {
		return nil, errUnsupported
	}
	if len(secret) != mode.keyBytes {
		return nil, errWrongKey
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, errWrongKey
	}
	if !mode.gcm {
		return decipherCBC(block, algorithm.next(tagOctets).content, encrypted)
	}
	nonce := algorithm.next(tagSequence).fields(tagSequence).next(tagOctets).content
	gcm, err := cipher.NewGCM(block)
	if err != nil || len(nonce) != gcm.NonceSize() {
		return nil, errUnsupported
	}
	// In EnvelopedData, some programs put the tag behind the content.
	content, err := gcm.Open(nil, nonce, append(bytes.Clone(encrypted), mac...), additional)
	if err != nil {
		return nil, errWrongKey
	}
	return content, nil
}

func decipherCBC(block cipher.Block, iv, encrypted []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(encrypted) == 0 || len(encrypted)%size != 0 {
		return nil, errBroken
	}
	content := make([]byte, len(encrypted))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(content, encrypted)
	padding := int(content[len(content)-1])
	if padding < 1 || padding > size {
		return nil, errWrongKey
	}
	for _, c := range content[len(content)-padding:] {
		if int(c) != padding {
			return nil, errWrongKey
		}
	}
	return content[:len(content)-padding], nil
}
