package charset

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A score that is given up early would have been less than what was asked for.
func TestCandidate_GivesUpOnlyWhatIsLess(t *testing.T) {
	for _, text := range []string{
		"Gr\xfc\xdfe aus M\xfcnchen", "\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0?",
		"\xc4\xe3\xba\xc3\xa3\xac\xd0\xbb\xd0\xbb",
		"za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1 ja\xbc\xf1 and many words of English beside it, and more, and more of them",
		"\x93\xfa\x96{\x8c\xea\x82\xc5 hello", "\xe9", "\x81\x40",
	} {
		s := newSample([]byte(text))
		for _, c := range candidates() {
			whole := c.score(s, impossible)
			assert.Equal(t, whole, c.score(s, whole), "%s: %q", c.label, text)
			for _, less := range []float32{0.5, 5, 50} {
				got := c.score(s, whole+less)
				assert.True(t, got == whole || got == impossible, "%s: %q", c.label, text)
				assert.Equal(t, whole, c.score(s, whole-less), "%s: %q", c.label, text)
			}
		}
	}
}
