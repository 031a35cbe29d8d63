package email

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

func TestBody_EndsAtBoundary(t *testing.T) {
	end := boundaryHit{level: atEnd}
	for name, test := range map[string]struct {
		raw, body string
		hit       boundaryHit
	}{
		"the innermost":            {"x\r\n--in\r\nrest", "x", boundaryHit{level: 1}},
		"the outermost":            {"x\n--out\nrest", "x", boundaryHit{}},
		"closing":                  {"x\n--in--\n", "x", boundaryHit{level: 1, closing: true}},
		"spaces behind":            {"x\n--in-- \t\r\n", "x", boundaryHit{level: 1, closing: true}},
		"letters of another case":  {"x\n--IN--\n", "x", boundaryHit{level: 1, closing: true}},
		"at the beginning":         {"--in\nx", "", boundaryHit{level: 1}},
		"without a line end":       {"x\n--in", "x", boundaryHit{level: 1}},
		"no boundary line":         {"x\n--other\n-- in\n--inn\n--in-\n", "x\n--other\n-- in\n--inn\n--in-\n", end},
		"in the midst of a line":   {"x --in\ny", "x --in\ny", end},
		"line ends before":         {"x\n\r\n\n--in\n", "x\n\r\n", boundaryHit{level: 1}},
		"a line longer than looks": {"x\n--in" + strings.Repeat(" ", longestBoundaryLine) + "\n", "", end},
	} {
		if test.body == "" && test.hit == end {
			test.body = test.raw
		}
		for _, slow := range [...]bool{false, true} {
			t.Run(name, func(t *testing.T) {
				r := newPartReader(strings.NewReader(test.raw), "out", "in")
				if slow {
					r.src = iotest.OneByteReader(r.src)
				}
				var d bodyDecoder
				var kept []byte
				d.begin(transfer.Identity, nil, &kept, 1<<20)
				assert.Equal(t, test.hit, r.body(&d, false))
				assert.Equal(t, test.body, string(kept))
			})
		}
	}
}

func TestBoundary_Guess(t *testing.T) {
	const raw = "x\n--zzz\nContent-Type: text/plain\n\nHello"
	r := newPartReader(strings.NewReader(raw), "")
	assert.Equal(t, boundaryHit{level: 0}, r.body(nil, true))
	assert.Equal(t, []string{"zzz"}, r.boundaries)
	assert.Len(t, r.warnings, 1)

	r = newPartReader(strings.NewReader(raw), "")
	assert.Equal(t, boundaryHit{level: atEnd}, r.body(nil, false))
	r = newPartReader(strings.NewReader("x\n--zzz\nno header"), "")
	assert.Equal(t, boundaryHit{level: atEnd}, r.body(nil, true))
}

func TestUndecided(t *testing.T) {
	for tail, want := range map[string]int{
		"x": 0, "x\n": 1, "x\r": 1, "x\r\n": 2, "x\n-": 2, "x\r\n-": 3, "x-": 0, "\n\r": 1, "": 0,
	} {
		assert.Equal(t, want, undecided([]byte(tail)), "%q", tail)
	}
}
