package smime

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	"github.com/stretchr/testify/require"
)

// letter is what the tests seal.
const letter = "Content-Type: text/plain; charset=utf-8\r\n\r\nMy order 4711 is late.\r\n"

// shop and jane have a key each. Keys are slow to make.
var (
	shop = sync.OnceValue(func() Key { return newKey(77) })
	jane = sync.OnceValue(func() Key { return newKey(1) })
)

func newKey(serial int64) Key {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "Shop"}, SubjectKeyId: []byte{1, 2,
			byte(serial)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return Key{certificate, key}
}

// signed is what another library makes of content.
func signed(t testing.TB, content string) []byte {
	t.Helper()
	s, err := pkcs7.NewSignedData([]byte(content))
	require.NoError(t, err)
	require.NoError(t, s.AddSigner(jane().Certificate, jane().PrivateKey, pkcs7.SignerInfoConfig{}))
	b, err := s.Finish()
	require.NoError(t, err)
	return b
}

var ciphers sync.Mutex // the library keeps its cipher in a global variable

// encrypted is what another library makes of content.
func encrypted(t testing.TB, content string, algorithm int, to ...Key) []byte {
	t.Helper()
	ciphers.Lock()
	defer ciphers.Unlock()
	pkcs7.ContentEncryptionAlgorithm = algorithm
	var certificates []*x509.Certificate
	for _, k := range to {
		certificates = append(certificates, k.Certificate)
	}
	b, err := pkcs7.Encrypt([]byte(content), certificates)
	require.NoError(t, err)
	return b
}

// ber encodes a value; indef does so with an indefinite length.
func ber(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	n := len(content)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, content...)
	default:
		return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, content...)
	}
}

func indef(tag byte, parts ...[]byte) []byte {
	return append(append([]byte{tag, 0x80}, bytes.Join(parts, nil)...), 0, 0)
}

func oid(s string) []byte { return ber(tagOID, []byte(s)) }

func info(kind string, content []byte) []byte {
	return ber(tagSequence, oid(kind), ber(tagContext0|constructedBit, content))
}

var version = ber(tagInteger, []byte{1})

// signedBER is signed data in pieces, as streaming programs write it, without certificates.
func signedBER(content ...string) []byte {
	var pieces [][]byte
	for _, c := range content {
		pieces = append(pieces, ber(tagOctets, []byte(c)))
	}
	return indef(tagSequence, oid(oidSigned), indef(tagContext0|constructedBit, indef(tagSequence, version,
		ber(tagSet),
		indef(tagSequence, oid(oidData), indef(tagContext0|constructedBit, indef(tagOctets|constructedBit,
			pieces...))),
		ber(tagSet))))
}

// compressed is content that was compressed, without its last bytes.
func compressed(content string, without int) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(content)) // into memory
	_ = z.Close()
	return info(oidCompressed, ber(tagSequence, version, ber(tagSequence, oid(oidZlib)),
		ber(tagSequence, oid(oidData), ber(tagContext0|constructedBit, ber(tagOctets, b.Bytes()[:b.Len()-without])))))
}

// envelope is an EnvelopedData with one recipient, made by hand. The options change it.
type envelope struct {
	id        []byte // of the recipient; nil: its key identifier
	oaep      bool   // SHA-256
	cipher    byte   // of AES; 0: AES-256 in CBC
	secret    []byte // nil: of the right size
	plaintext []byte // with its padding, for CBC
	encrypted func(b []byte) []byte
	auth      bool // AuthEnvelopedData, with an attribute
	des       bool // Triple-DES
}

func (e envelope) build(t testing.TB, to Key) []byte {
	t.Helper()
	if e.cipher == 0 {
		e.cipher = 42
	}
	if e.des {
		e.secret = []byte("Triple DES has 24 bytes.")
	}
	if e.secret == nil {
		e.secret = bytes.Repeat([]byte{7}, aesModes[e.cipher].keyBytes)
	}
	if e.id == nil {
		e.id = ber(tagContext0, to.Certificate.SubjectKeyId)
	}
	public := to.Certificate.PublicKey.(*rsa.PublicKey)
	//lint:ignore SA1019 almost all letters are encrypted so
	wrapped, err := rsa.EncryptPKCS1v15(rand.Reader, public, e.secret)
	algorithm := ber(tagSequence, oid(oidRSA), ber(5))
	if e.oaep {
		wrapped, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, public, e.secret, nil)
		hash := ber(tagSequence, oid("\x60\x86\x48\x01\x65\x03\x04\x02\x01"))
		algorithm = ber(tagSequence, oid(oidOAEP), ber(tagSequence, ber(tagContext0|constructedBit, hash),
			ber(tagContext1|constructedBit, ber(tagSequence, oid(oidMGF1), hash))))
	}
	require.NoError(t, err)
	block, err := aes.NewCipher(e.secret)
	name := oidAES + string(e.cipher)
	if e.des {
		block, err = des.NewTripleDESCipher(e.secret)
		name = oidTripleDES
	}
	require.NoError(t, err)
	var parameters, content, mac, attributes []byte
	if aesModes[e.cipher].gcm {
		nonce := bytes.Repeat([]byte{9}, 12)
		parameters = ber(tagSequence, ber(tagOctets, nonce), ber(tagInteger, []byte{16}))
		gcm, err := cipher.NewGCM(block)
		require.NoError(t, err)
		var additional []byte
		if e.auth {
			attributes = ber(tagContext1|constructedBit, ber(tagSequence, oid(oidData)))
			additional = append([]byte{tagSet}, attributes[1:]...)
		}
		content = gcm.Seal(nil, nonce, e.plaintext, additional)
		if e.auth {
			mac = ber(tagOctets, content[len(content)-16:])
			content = content[:len(content)-16]
		}
	} else {
		iv := bytes.Repeat([]byte{3}, block.BlockSize())
		parameters = ber(tagOctets, iv)
		content = make([]byte, len(e.plaintext))
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(content, e.plaintext)
	}
	if e.encrypted != nil {
		content = e.encrypted(content)
	}
	kind := oidEnveloped
	if e.auth {
		kind = oidAuthEnveloped
	}
	return info(kind, ber(tagSequence, version,
		ber(tagSet, ber(tagSequence, version, e.id, algorithm, ber(tagOctets, wrapped))),
		ber(tagSequence, oid(oidData), ber(tagSequence, oid(name), parameters), ber(tagContext0, content)),
		attributes, mac))
}

func padded(s string) []byte {
	n := 16 - len(s)%16
	return append([]byte(s), bytes.Repeat([]byte{byte(n)}, n)...)
}
