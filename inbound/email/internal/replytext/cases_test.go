package replytext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestExtract_KeepsWholeLetters(t *testing.T) {
	for name, letter := range ownLetters {
		t.Run(name, func(t *testing.T) { assert.Equal(t, letter, Extract(letter)) })
	}
}

func TestExtract_KeepsAnswers(t *testing.T) {
	for name, c := range replies {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, Extract(c.text)) })
	}
}

func TestExtract_CutsHistories(t *testing.T) {
	const words = "Yes, the blue one please.\nAnd two cups."
	for name, history := range histories {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, words, Extract(words+"\n\n"+history+"\n"))
			assert.Equal(t, words, Extract(strings.ReplaceAll(words+"\n\n"+history, "\n", "\r\n")), "with CRLF")
		})
	}
}
