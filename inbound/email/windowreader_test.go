package email

import (
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
)

// newWindowReader reads a text through a window of n bytes.
func newWindowReader(r io.Reader, n int) *windowReader {
	w := &windowReader{buf: make([]byte, n), sum: sha256.New()}
	w.begin(r)
	return w
}

func TestWindowReader_Line(t *testing.T) {
	r := newWindowReader(iotest.OneByteReader(strings.NewReader("ab\n\n0123456789\nend")), 8)
	var lines []string
	for {
		line := string(r.line())
		if line == "" {
			break
		}
		lines = append(lines, line)
	}
	assert.Equal(t, []string{"ab\n", "\n", "01234567", "89\n", "end"}, lines, "longer lines come in pieces")
	assert.Equal(t, io.EOF, r.err)
	assert.Equal(t, int64(18), r.size)
	assert.Equal(t, int64(18), r.offset())
}

func TestWindowReader_Need(t *testing.T) {
	r := newWindowReader(strings.NewReader("0123456789"), 8)
	r.need(4)
	assert.GreaterOrEqual(t, len(r.window()), 4)
	r.pos += 3
	assert.Equal(t, int64(3), r.offset())
	r.need(8)
	assert.Equal(t, "34567", string(r.window())[:5])
	r.need(100)
	assert.Equal(t, "3456789", string(r.window()), "no more than there is")
}

func TestWindowReader_HashesEveryByte(t *testing.T) {
	text := strings.Repeat("0123456789", 10)
	r := newWindowReader(strings.NewReader(text), 8)
	r.line()
	r.drain()
	whole := sha256.New()
	whole.Write([]byte(text))
	assert.Equal(t, hexSum(whole), hexSum(r.sum))
	assert.Empty(t, r.window())
}

func TestWindowReader_Errors(t *testing.T) {
	broken := errors.New("disk on fire")
	r := newWindowReader(io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), 8)
	assert.Equal(t, "ab", string(r.line()))
	assert.Equal(t, broken, r.err)

	r = newWindowReader(stuck{}, 8)
	assert.Empty(t, r.line())
	assert.Equal(t, io.ErrNoProgress, r.err)
}
