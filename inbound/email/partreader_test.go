package email

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// newPartReader reads a text within multiparts of these boundaries.
func newPartReader(r io.Reader, boundaries ...string) *partReader {
	p := &partReader{windowReader: windowReader{buf: make([]byte, windowBytes), sum: sha256.New()}}
	p.begin(r, Limits{}.withDefaults())
	p.boundaries = boundaries
	return p
}

func TestPartReader_Warn(t *testing.T) {
	r := newPartReader(strings.NewReader(""))
	r.warn("a")
	r.warn("b")
	r.warn("a")
	assert.Equal(t, []string{"a", "b"}, r.warnings)
	for i := range 2 * maxWarnings {
		r.warn(fmt.Sprint(i))
	}
	assert.Len(t, r.warnings, maxWarnings)
}

func TestPartReader_SkipLine(t *testing.T) {
	r := newPartReader(strings.NewReader(strings.Repeat("x", 2*windowBytes) + "\nnext\n"))
	r.skipLine()
	assert.Equal(t, "next\n", string(r.line()))
	r.skipLine()
	assert.Equal(t, io.EOF, r.err)
}
