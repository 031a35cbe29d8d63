package email

import (
	"strings"
	"unicode"

	"github.com/postroom/postroom/inbound/email/internal/replytext"
)

const (
	// snippetLength is how many characters a snippet has at most.
	snippetLength = 300
	// wordRoom is how far back a snippet is cut for the sake of a whole word.
	wordRoom = 40
	// snippetText is how much of Text a snippet is made of.
	snippetText = 16 << 10
)

// Snippet returns the beginning of ReplyText for a list of emails: one line of at most 300
// characters, with white space folded and without control, direction-override and hidden
// characters. A text that goes on is cut behind a word, or within a word of more than 40
// characters, and "…" is the last character then. It is "" if ReplyText has nothing to
// show. Of a Text of more than 16 KiB only that beginning is looked at.
func (m *Message) Snippet() string {
	text := m.Text
	if len(text) > snippetText {
		text = strings.ToValidUTF8(text[:snippetText], "")
	}
	text = replytext.Extract(text)
	runes := make([]rune, 0, snippetLength+1)
	space := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = len(runes) > 0
			continue
		case isHarmful(r), isHidden(r):
			continue
		}
		if space {
			runes, space = append(runes, ' '), false
		}
		if len(runes) >= snippetLength+1 {
			break
		}
		runes = append(runes, r)
	}
	if len(runes) > snippetLength {
		return string(cutBehindWord(runes[:snippetLength])) + "…"
	}
	return string(runes)
}

// cutBehindWord returns the beginning of a text that goes on, without its last character
// at least, and without half a word or half a character of several code points.
func cutBehindWord(runes []rune) []rune {
	end := len(runes) - 1
	for i := end; i > end-wordRoom; i-- {
		if runes[i] == ' ' {
			return runes[:i]
		}
	}
	for end > 0 && (extends(runes[end]) || isJoiner(runes[end-1])) {
		end--
	}
	return runes[:end]
}

// extends reports whether a code point belongs to the character before it.
func extends(r rune) bool {
	return unicode.Is(unicode.M, r) || isJoiner(r) || '\U0001F3FB' <= r && r <= '\U0001F3FF'
}

func isJoiner(r rune) bool { return r == '\u200D' }
