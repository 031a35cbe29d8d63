package email

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/htmltext"
)

// bodyText is a part that is read as text, or what was chosen of several alternatives.
type bodyText struct {
	text  string
	plain bool   // else HTML
	html  string // the same message in HTML, when text is plain and there is one
	// The outermost multipart/alternative around it, and which of the alternatives of
	// the innermost one; 0: none.
	alternative, choice int
	forwarded           bool // it is that of a message within the message
}

// bodyTexts are the texts of a message, in their order.
type bodyTexts struct {
	list               []bodyText
	textRoom, htmlRoom int // bytes that may still be kept
	htmlLimit          int // bytes of HTML in all
	spare              spareTexts
	looked             int  // texts in list that haveWords has looked at
	worded             bool // one of them has words, and is not forwarded
}

// begin makes t ready for a message.
func (t *bodyTexts) begin(room int) {
	*t = bodyTexts{list: t.list[:0], textRoom: room, htmlRoom: room, htmlLimit: room}
}

// release forgets the texts.
func (t *bodyTexts) release() {
	clear(t.list[:cap(t.list)])
	t.spare = spareTexts{}
}

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

// assemble puts the message's text and HTML together: of everything that is no
// alternative of another all, in its order, in both. Where there is only HTML, the text is
// made from it; where there is only text beside HTML, it becomes HTML. cut is true when
// one was longer than limit.
func (t *bodyTexts) assemble(limit int) (text, html string, cut bool) {
	var texts []string
	hasHTML := false
	for i := range t.list {
		b := &t.list[i]
		plain := b.plainText(limit)
		if strings.TrimSpace(plain) != "" {
			texts = append(texts, plain)
		}
		hasHTML = hasHTML || b.hasHTML()
	}
	text = strings.Join(texts, "\n")
	if len(text) > limit {
		text, cut = strings.ToValidUTF8(text[:limit], ""), true
	}
	if !hasHTML {
		return text, "", cut
	}
	if html = joinedHTML(t.list, limit); len(html) > limit {
		html, cut = strings.ToValidUTF8(html[:limit], ""), true
	}
	return text, html, cut
}

// hasHTML reports whether it can be had as HTML without making it from plain text.
func (b *bodyText) hasHTML() bool { return !b.plain || b.html != "" }

// plainText returns a text as plain text, of at most limit bytes when it is made from
// HTML.
func (b *bodyText) plainText(limit int) string {
	switch {
	case !b.plain:
		return htmltext.Convert(b.text, limit)
	case b.html != "":
		return chooseText(b.text, b.html, limit)
	}
	return b.text
}

// asHTML returns a text as HTML, of not much more than room bytes when it is made from plain
// text.
func (b *bodyText) asHTML(room int) string {
	switch {
	case !b.plain:
		return b.text
	case b.html != "":
		return b.html
	}
	return htmlOfText(b.text, room)
}

// joinedHTML returns texts as one HTML, of not much more than room bytes where it is made.
func joinedHTML(list []bodyText, room int) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].asHTML(room)
		room = max(0, room-len(texts[i]))
	}
	return strings.Join(texts, "\n")
}

// textEscapes are those of plain text within HTML.
var textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;",
	"\n", "<br>\n")

// htmlOfText makes HTML of plain text, of not much more than room bytes. Nothing in it
// is an element that the text had.
func htmlOfText(text string, room int) string {
	if len(text) > room {
		text = strings.ToValidUTF8(text[:room], "")
	}
	return `<div style="white-space:pre-wrap">` + textEscapes.Replace(strings.TrimRight(text, "\n")) + "</div>"
}

// plainText ends lines in "\n" and removes NUL, which databases refuse.
func plainText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.ReplaceAll(s, "\x00", "")
}
