package smime

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpener_Open(t *testing.T) {
	o, err := New(shop())
	require.NoError(t, err)
	byIssuer := ber(tagSequence, shop().Certificate.RawIssuer, ber(tagInteger, []byte{77}))
	long := letter + strings.Repeat("All that is gold does not glitter. ", 10_000)
	for name, test := range map[string]struct {
		data []byte
		want string // "" is letter
		note string
	}{
		"signed":            {data: signed(t, letter), note: noteSigned},
		"signed, long":      {data: signed(t, long), want: long, note: noteSigned},
		"signed, in pieces": {data: signedBER(letter[:10], letter[10:]), note: noteSigned},
		"signed, in pieces of pieces": {data: bytes.Replace(signedBER(letter), ber(tagOctets, []byte(letter)),
			indef(tagOctets|constructedBit, ber(tagOctets, []byte(letter))), 1), note: noteSigned},
		"signed, something behind it":     {data: append(signed(t, letter), "\r\n"...), note: noteSigned},
		"in base64 that nobody mentioned": {data: []byte(wrapped(signed(t, letter))), note: noteSigned},
		"in PEM": {data: pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: signed(t,
			letter)}), note: noteSigned},
		"signed within signed": {data: info(oidSigned, ber(tagSequence, version, ber(tagSet),
			ber(tagSequence, oid(oidSigned), ber(0xA0, ber(tagOctets, within(signedBER(letter))))))),
			note: noteSigned},
		"compressed": {data: compressed(long, 0), want: long, note: noteCompressed},
		"AES-256 by another library": {data: encrypted(t, letter, pkcs7.EncryptionAlgorithmAES256CBC, shop()),
			note: noteEncrypted},
		"AES-128 for two": {data: encrypted(t, letter, pkcs7.EncryptionAlgorithmAES128CBC, jane(),
			shop()), note: noteEncrypted},
		"GCM": {data: envelope{cipher: 6, plaintext: []byte(letter)}.build(t, shop()),
			note: noteEncrypted},
		"Triple-DES": {data: envelope{des: true, plaintext: append([]byte(letter),
			bytes.Repeat([]byte{byte(8 - len(letter)%8)}, 8-len(letter)%8)...)}.build(t, shop()),
			note: noteEncrypted},
		"by key identifier": {data: envelope{plaintext: padded(letter)}.build(t, shop()),
			note: noteEncrypted},
		"by issuer and number": {data: envelope{id: byIssuer, plaintext: padded(letter)}.build(t,
			shop()), note: noteEncrypted},
		"OAEP, AES-192": {data: envelope{oaep: true, cipher: 22,
			plaintext: padded(letter)}.build(t, shop()), note: noteEncrypted},
		"authenticated, with an attribute": {data: envelope{auth: true, cipher: 46,
			plaintext: []byte(letter)}.build(t, shop()), note: noteEncrypted},
		"a whole block of padding": {data: envelope{plaintext: padded(letter[:64])}.build(t, shop()),
			want: letter[:64], note: noteEncrypted},
	} {
		t.Run(name, func(t *testing.T) {
			kept := bytes.Clone(test.data)
			content, note, err := o.Open("S/MIME", test.data, 1<<20)
			require.NoError(t, err)
			if test.want == "" {
				test.want = letter
			}
			assert.Equal(t, test.want, string(content))
			assert.Equal(t, test.note, note)
			assert.Equal(t, kept, test.data, "the data stay")
			_, _, err = o.Open("S/MIME", test.data, len(test.want)-1)
			assert.ErrorIs(t, err, errTooLarge)
		})
	}
}

// within is the SignedData of a ContentInfo of indefinite length.
func within(b []byte) []byte {
	v, _, err := next(b)
	if err != nil {
		panic(err)
	}
	f := v.fields(tagSequence)
	f.oid()
	return f.next(0xA0).content
}

func wrapped(b []byte) string {
	s := base64.StdEncoding.EncodeToString(b)
	var lines strings.Builder
	for ; len(s) > 64; s = s[64:] {
		lines.WriteString(s[:64] + "\r\n")
	}
	return lines.String() + s + "\r\n"
}

// What a sender who has the certificate of a shop can make.
func TestOpener_Open_RefusesWhatIsBroken(t *testing.T) {
	o, err := New(shop())
	require.NoError(t, err)
	detached, err := pkcs7.NewSignedData([]byte(letter))
	require.NoError(t, err)
	detached.Detach()
	apart, err := detached.Finish()
	require.NoError(t, err)
	padding := func(last byte) []byte { return append(bytes.Repeat([]byte{1}, 15), last) }
	shorter := func(b []byte) []byte { return b[:len(b)-1] }
	for name, test := range map[string]struct {
		data []byte
		want error // nil: any
	}{
		"nothing":                    {nil, errBroken},
		"a letter":                   {[]byte(letter), errBroken},
		"a signature without text":   {apart, errNoText},
		"cut off":                    {signed(t, letter)[:300], errBroken},
		"a length beyond the end":    {[]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 6}, errBroken},
		"a length of 127 bytes":      {append([]byte{0x30, 0xff}, make([]byte, 200)...), nil},
		"a primitive without length": {[]byte{0x06, 0x80, 0, 0}, errBroken},
		"no end":                     {[]byte{0x30, 0x80, 0x06, 0x01, 0x2a}, errBroken},
		"a tag without end":          {[]byte{0x3f, 0xff, 0xff}, errBroken},
		"another kind":               {info("\x2a\x03", ber(tagSequence, version)), nil},
		"digested": {info("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05", ber(tagSequence, version)),
			nil},
		"compressed, broken": {bytes.Replace(compressed(letter, 0), []byte{0x78, 0x9c}, []byte{0x78,
			0x9d}, 1), errBroken},
		"compressed, cut off": {compressed(letter, 9), errBroken},
		"a bomb":              {compressed(strings.Repeat("\x00", 8<<20), 0), errTooLarge},
		"for somebody else": {encrypted(t, letter, pkcs7.EncryptionAlgorithmAES256CBC, jane()),
			errNotForUs},
		"padding of 255":            {envelope{plaintext: padding(255)}.build(t, shop()), errWrongKey},
		"padding of 0":              {envelope{plaintext: padding(0)}.build(t, shop()), errWrongKey},
		"padding of 17":             {envelope{plaintext: padding(17)}.build(t, shop()), errWrongKey},
		"padding that is not equal": {envelope{plaintext: padding(2)}.build(t, shop()), errWrongKey},
		"not a whole block": {envelope{plaintext: padded(letter), encrypted: shorter}.build(t, shop()),
			errBroken},
		"no content": {envelope{plaintext: padded(letter),
			encrypted: func([]byte) []byte { return nil }}.build(t, shop()), errBroken},
		"a secret that is too short": {envelope{plaintext: padded(letter), cipher: 42, secret: make([]byte,
			16)}.build(t, shop()), errWrongKey},
		"authenticated and changed": {envelope{auth: true, cipher: 6, plaintext: []byte(letter),
			encrypted: func(b []byte) []byte { b[0] ^= 1; return b }}.build(t, shop()), errWrongKey},
		"a nonce that is too short": {bytes.Replace(envelope{cipher: 6, plaintext: []byte(letter)}.build(t,
			shop()), append([]byte{4, 12}, bytes.Repeat([]byte{9}, 12)...), append([]byte{4, 8, 9, 9, 9, 9, 9, 9, 9,
			9}, 5, 2, 0, 0), 1), nil},
		"an empty identifier": {envelope{id: []byte{0x80, 0}, plaintext: padded(letter)}.build(t,
			shop()), errNotForUs},
		"an empty number": {envelope{id: ber(tagSequence, shop().Certificate.RawIssuer,
			ber(tagInteger)), plaintext: padded(letter)}.build(t, shop()), errNotForUs},
		"the same recipient, many times": {manyRecipients(t), errWrongKey},
	} {
		t.Run(name, func(t *testing.T) {
			content, note, err := o.Open("S/MIME", test.data, 1<<20)
			require.Error(t, err)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
			assert.Empty(t, content)
			assert.Empty(t, note)
		})
	}
	_, _, err = o.Open("OpenPGP", signed(t, letter), 1<<20)
	assert.ErrorContains(t, err, "only S/MIME")
	_, _, err = new(Opener).Open("S/MIME", encrypted(t, letter, pkcs7.EncryptionAlgorithmAES256CBC, shop()), 1<<20)
	assert.ErrorIs(t, err, errNoKeys)
	content, _, err := new(Opener).Open("S/MIME", signed(t, letter), 1<<20)
	require.NoError(t, err, "the zero value opens what is signed")
	assert.Equal(t, letter, string(content))
}

// manyRecipients is encrypted for one key 10,000 times, wrongly each time.
func manyRecipients(t *testing.T) []byte {
	t.Helper()
	b := envelope{plaintext: []byte(strings.Repeat("\x00", 16))}.build(t, shop())
	v, _, err := next(within(b))
	require.NoError(t, err)
	f := v.fields(tagSequence)
	f.next(tagInteger)
	recipients, rest := f.next(tagSet), f.rest
	return info(oidEnveloped, ber(tagSequence, version, ber(tagSet, bytes.Repeat(recipients.content, 10_000)), rest))
}

// Time and memory must not depend on how deep values are nested, nor on how they are
// cut in pieces.
func TestOpener_Open_Hostile(t *testing.T) {
	o, err := New(shop())
	require.NoError(t, err)
	const n = 4 << 20
	for name, data := range map[string][]byte{
		"values without end in each other": bytes.Repeat([]byte{0x30, 0x80}, n/2),
		"values in each other":             bytes.Repeat([]byte{0x30, 0x84, 0, 0, 0, 8}, n/6),
		"octet strings in each other": indef(tagSequence, oid(oidSigned), indef(0xA0, indef(tagSequence,
			version, ber(tagSet), indef(tagSequence, oid(oidData), indef(0xA0, bytes.Repeat([]byte{0x24, 0x80},
				n/2)))))),
		"octet strings in each other, with ends": indef(tagSequence, oid(oidSigned), indef(0xA0, indef(tagSequence,
			version,
			ber(tagSet), indef(tagSequence, oid(oidData), indef(0xA0, append(bytes.Repeat([]byte{0x24, 0x80}, n/4),
				make([]byte, n/2)...)))))),
		"empty octet strings":       signedBER(make([]string, n/2)...),
		"octet strings of one byte": signedBER(strings.Split(strings.Repeat("x", n/3), "")...),
		"ends of values":            append([]byte{0x30, 0x80}, make([]byte, n)...),
		"values that are no recipients": info(oidEnveloped, ber(tagSequence, version, ber(tagSet,
			bytes.Repeat([]byte{0xA1, 0}, n/2)), ber(tagSequence, oid(oidData), ber(tagSequence, oid(oidTripleDES)),
			ber(0x80, []byte("x"))))),
		"PEM without end": append([]byte("-----BEGIN PKCS7-----\n"),
			bytes.Repeat([]byte("-----END"), n/8)...),
		"lines that look like PEM": bytes.Repeat([]byte("-----BEGIN \n"), n/12),
		"base64":                   bytes.Repeat([]byte("M"), n),
		"line ends":                append([]byte("M"), bytes.Repeat([]byte("\r\n"), n/2)...),
		"a tag that goes on":       append([]byte{0x3f}, bytes.Repeat([]byte{0xff}, n)...),
		"a serial number of megabytes": envelope{id: ber(tagSequence, shop().Certificate.RawIssuer,
			ber(tagInteger, bytes.Repeat([]byte{0xff}, n))), plaintext: padded(letter)}.build(t, shop()),
		"a secret of megabytes": bytes.Replace(envelope{plaintext: padded(letter)}.build(t, shop()),
			[]byte{4, 0x84, 0, 0, 1, 0}, []byte{4, 0x84, 0, 0, 0, 255}, 1),
		"something that inflates in layers": info(oidSigned, ber(tagSequence, version, ber(tagSet), ber(tagSequence,
			oid(oidSigned), ber(0xA0, ber(tagOctets, bytes.Repeat([]byte{0x30, 0x80}, n/2)))))),
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			_, _, _ = o.Open("S/MIME", data, 16<<20) // whatever it says
			assert.Less(t, time.Since(begun), 5*time.Second)
		})
	}
}

// countingKey is a key that says how often it was used.
type countingKey struct {
	crypto.Decrypter
	used int
}

func (k *countingKey) Decrypt(r io.Reader, b []byte, o crypto.DecrypterOpts) ([]byte, error) {
	k.used++
	return k.Decrypter.Decrypt(r, b, o)
}

func TestOpener_Open_UsesAKeyAFewTimes(t *testing.T) {
	key := &countingKey{Decrypter: shop().PrivateKey.(crypto.Decrypter)}
	o, err := New(Key{shop().Certificate, key})
	require.NoError(t, err)
	_, _, err = o.Open("S/MIME", manyRecipients(t), 1<<20)
	require.ErrorIs(t, err, errWrongKey)
	assert.Equal(t, maxAttempts, key.used)
}

func TestNew_RefusesWhatCannotWork(t *testing.T) {
	for want, key := range map[string]Key{
		"has no certificate":      {PrivateKey: shop().PrivateKey},
		"does not belong to":      {shop().Certificate, jane().PrivateKey},
		"private key 1 does not":  {shop().Certificate, nil},
		"only those are support":  ecKey(t),
		"key 1 is not an RSA key": ecKey(t),
	} {
		_, err := New(key)
		assert.ErrorContains(t, err, want)
	}
}

func ecKey(t *testing.T) Key {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return Key{certificate, key}
}

func TestParseKey(t *testing.T) {
	der, err := x509.MarshalPKCS8PrivateKey(shop().PrivateKey)
	require.NoError(t, err)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: shop().Certificate.Raw})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	key, err := ParseKey(certificate, private)
	require.NoError(t, err)
	_, err = New(key)
	require.NoError(t, err)

	_, err = ParseKey(private, certificate)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), string(private[40:60]))
}

func FuzzOpen(f *testing.F) {
	o, err := New(shop())
	require.NoError(f, err)
	f.Add(signed(f, letter))
	f.Add(signedBER(letter[:10], letter[10:]))
	f.Add(compressed(letter, 0))
	f.Add(envelope{cipher: 46, plaintext: []byte(letter)}.build(f, shop()))
	f.Add(envelope{oaep: true, plaintext: padded(letter)}.build(f, shop()))
	f.Add(envelope{auth: true, cipher: 6, plaintext: []byte(letter)}.build(f, shop()))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: []byte("0")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 10_000
		content, note, err := o.Open("S/MIME", data, limit)
		if err != nil {
			require.Empty(t, content)
			return
		}
		require.LessOrEqual(t, len(content), limit)
		require.NotEmpty(t, note)
		again, _, err := o.Open("S/MIME", data, limit)
		require.NoError(t, err)
		require.Equal(t, content, again)
	})
}
