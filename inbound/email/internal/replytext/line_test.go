package replytext

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIsQuote(t *testing.T) {
	for _, line := range []string{"> words", ">", "  >> words", "| words", "|", "JK> words", "JK>"} {
		assert.True(t, isQuote(line), line)
	}
	for _, line := range []string{"", "words", "-> words", "a | b", "|words", "J.K.> words", "somebody12> words",
		"a <b> c"} {
		assert.False(t, isQuote(line), line)
	}
}

func TestIsSeparator(t *testing.T) {
	for _, line := range []string{"---", "____", "* * *", "—", "-"} {
		assert.True(t, isSeparator(line), line)
	}
	for _, line := range []string{"", "  ", "--- words ---", "1", "..."} {
		assert.False(t, isSeparator(line), line)
	}
}

func TestFirstNonBlank(t *testing.T) {
	assert.Equal(t, "a", firstNonBlank([]string{"", "a", "b"}))
	assert.Empty(t, firstNonBlank([]string{"", ""}))
	assert.True(t, isBlank(nil))
}
