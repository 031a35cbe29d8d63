package suggest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNearest(t *testing.T) {
	names := []string{"run", "raw", "report", "replay", "ledger", "settings", "Anna", strings.Repeat("a", 41)}
	for word, want := range map[string]string{
		"report": "report", "REPORT": "report", "anna": "Anna", "rn": "run", "urn": "run", "reprt": "report",
		"repotr": "report", "setings": "settings", "rawr": "raw",
		"rap": "raw", "ru": "run", // one wrong letter
		"":                      "",
		"h":                     "",
		"r":                     "",
		"copy":                  "",
		"discover":              "",
		"rax":                   "raw",
		"ran":                   "", // run or raw
		"replrt":                "report",
		"SET":                   "settings", // it begins so
		"led":                   "ledger",
		"rep":                   "", // report or replay
		"se":                    "",
		"repay":                 "replay",
		strings.Repeat("a", 41): "", // it is not compared
	} {
		assert.Equal(t, want, Nearest(word, names), word)
	}
	assert.Empty(t, Nearest("run", nil))
	assert.True(t, isTransposed("ab", "ba"))
	assert.False(t, isTransposed("ab", "ab"))
	assert.False(t, isTransposed("ab", "abc"))
	assert.False(t, isTransposed("abcd", "badc"))
}
