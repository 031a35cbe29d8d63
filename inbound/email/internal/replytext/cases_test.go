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

// below is what stands below a heading, too long for a signature.
const below = "Which colour do you want?\n\nMia Berg, 1 February\n\nAnd which size? We have them\n" +
	"in small and large at the\nmoment, and more will\ncome in April.\n\nBest regards\nMia"

func TestExtract_CutsHistories(t *testing.T) {
	const words = "Yes, the blue one please.\nAnd two cups."
	for name, history := range histories {
		if strings.HasPrefix(name, "head") {
			history += "\n" + below
		}
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, words, Extract(words+"\n\n"+history+"\n"))
			assert.Equal(t, words, Extract(strings.ReplaceAll(words+"\n\n"+history, "\n", "\r\n")), "with CRLF")
		})
	}
}

func TestExtract_CutsAtWordings(t *testing.T) {
	const words = "Yes, the blue one please."
	for _, marker := range markerWordings {
		assert.Equal(t, words, Extract(words+"\n\n"+marker+"\n\n"+below), marker)
	}
	for _, heading := range headingWordings {
		assert.Equal(t, words, Extract(words+"\n\n---\n*"+heading+"*\n\n"+below), heading)
	}
	for _, line := range deviceLines {
		assert.Equal(t, words, Extract(words+"\n\n"+line), line)
	}
}

func TestExtract_KeepsWordsBelowRules(t *testing.T) {
	for _, words := range belowRules {
		for _, rule := range []string{"--", "---", "____", "***", "====", "\n---\n", "__________________"} {
			letter := "The blue one please.\n" + rule + "\n" + words
			assert.Equal(t, letter, Extract(letter))
		}
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
