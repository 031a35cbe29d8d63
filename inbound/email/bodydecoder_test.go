package email

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

func TestBodyDecoder_KeepsAsMuchAsThereIsRoom(t *testing.T) {
	var d bodyDecoder
	kept := []byte("before ")
	d.begin(transfer.Base64, sha256.New(), &kept, 3)
	d.write([]byte("SGVs"))
	d.write([]byte("bG8"))
	d.end()
	assert.Equal(t, "before Hel", string(kept))
	assert.True(t, d.cut)
	assert.Equal(t, int64(5), d.size)
	whole := sha256.New()
	whole.Write([]byte("Hello"))
	assert.Equal(t, hexSum(whole), hexSum(d.sum), "all of it is hashed")

	d.begin(transfer.Identity, nil, nil, 0)
	d.write([]byte("Hi"))
	d.end()
	assert.Equal(t, int64(2), d.size)
	assert.False(t, d.cut)
}

// textOnly passes on the text around uuencoded blocks.
type textOnly struct{ d *bodyDecoder }

func (s textOnly) Text(b []byte)  { s.d.add(b) }
func (s textOnly) Begin(string)   {}
func (s textOnly) Decoded([]byte) {}
func (s textOnly) End(bool)       {}

func TestBodyDecoder_Filter(t *testing.T) {
	var d bodyDecoder
	var kept []byte
	var scanner transfer.UUScanner
	d.begin(transfer.QuotedPrintable, nil, &kept, 100)
	scanner.Reset(textOnly{&d})
	d.filter = &scanner
	d.write([]byte("Hi =3D\nbegin 644 a\n#0V%T\n`\nend\nBy"))
	d.write([]byte("e="))
	d.end()
	assert.Equal(t, "Hi =\nBye", string(kept))
	assert.Equal(t, int64(len(kept)), d.size)
}
