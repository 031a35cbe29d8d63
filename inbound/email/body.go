package email

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/htmltext"
)

// bodyText is a part that is read as text.
type bodyText struct {
	text  string
	plain bool // else HTML
	// The outermost multipart/alternative around it, and which of its
	// alternatives; 0: none.
	alternative, choice int
}

// bodyTexts are the texts of a message, in their order.
type bodyTexts struct {
	list               []bodyText
	textRoom, htmlRoom int // bytes that may still be kept
}

// begin makes t ready for a message.
func (t *bodyTexts) begin(room int) { t.list, t.textRoom, t.htmlRoom = t.list[:0], room, room }

// release forgets the texts.
func (t *bodyTexts) release() { clear(t.list[:cap(t.list)]) }

const textTooLong = "the text is longer than the limit"

// add adds a text that is not blank. cut is true when there was no room for all of
// it.
func (t *bodyTexts) add(b bodyText) (cut bool) {
	room := &t.htmlRoom
	if b.plain {
		room = &t.textRoom
	}
	if len(b.text) > *room {
		b.text, cut = strings.ToValidUTF8(b.text[:*room], ""), true
	}
	*room -= len(b.text)
	if strings.TrimSpace(b.text) != "" {
		t.list = append(t.list, b)
	}
	return cut
}

// haveOther reports whether there is a text that one at this position would not be
// an alternative of.
func (t *bodyTexts) haveOther(at partPosition) bool {
	for i := range t.list {
		if at.alternative == 0 || t.list[i].alternative != at.alternative {
			return true
		}
	}
	return false
}

// assemble chooses the message's text and HTML as a mail program would: of
// alternatives one text and one HTML, of everything else all, in its order. Where
// there is only HTML, the text is made from it. cut is true when the text was longer
// than limit.
func (t *bodyTexts) assemble(limit int) (text, html string, cut bool) {
	var texts, htmls []string
	for i := 0; i < len(t.list); {
		end := i + 1
		for end < len(t.list) && t.list[end].alternative != 0 && t.list[end].alternative == t.list[i].alternative {
			end++
		}
		plain, html := pick(t.list[i:end], true), pick(t.list[i:end], false)
		i = end
		if html != "" {
			htmls = append(htmls, html)
		}
		if plain == "" && html != "" {
			plain = htmltext.Convert(html, limit)
		}
		if plain != "" {
			texts = append(texts, plain)
		}
	}
	text, html = strings.Join(texts, "\n"), strings.Join(htmls, "\n")
	if len(text) > limit {
		text, cut = strings.ToValidUTF8(text[:limit], ""), true
	}
	return text, html, cut
}

// pick joins the texts of one kind, of the first alternative that has some.
func pick(bodies []bodyText, plain bool) string {
	choice := -1
	var found []string
	for i := range bodies {
		b := &bodies[i]
		if b.plain != plain || choice >= 0 && b.choice != choice {
			continue
		}
		choice = b.choice
		found = append(found, b.text)
	}
	return strings.Join(found, "\n")
}

// plainText ends lines in "\n" and removes NUL, which databases refuse.
func plainText(s string) string {
	if !strings.ContainsAny(s, "\r\x00") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		switch c := s[i]; c {
		case 0:
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				continue
			}
			b.WriteByte('\n')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
