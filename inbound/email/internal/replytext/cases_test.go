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

// What is new has nothing more that is old.
func TestExtract_Again(t *testing.T) {
	again := func(text string) {
		words := Extract(text)
		assert.Equal(t, words, Extract(words))
	}
	for _, letter := range ownLetters {
		again(letter)
	}
	for _, c := range replies {
		again(c.text)
	}
	for _, history := range histories {
		again("Yes, the blue one please.\n\n" + history)
	}
}
