package charset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

// A rank is where a letter stands, so that none may stand twice.
func TestAlphabets_NoLetterTwice(t *testing.T) {
	for _, alphabet := range append(append(append([]string{turkish, greek, thai, hebrew}, western...), central...),
		cyrillic...) {
		for _, r := range alphabet {
			assert.Equal(t, 1, strings.Count(alphabet, string(r)), "%c in %s", r, alphabet)
		}
		assert.GreaterOrEqual(t, utf8.RuneCountInString(alphabet), 25, alphabet)
	}
}
