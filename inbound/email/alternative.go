package email

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/htmltext"
)

// choose replaces the texts from a place on, the alternatives of one multipart, by the
// best of them: of plain text and of HTML the last one, as RFC 2046, section 5.1.4, has
// it. at is where the multipart stands.
func (t *bodyTexts) choose(from int, at partPosition) {
	list := t.list[from:]
	switch len(list) {
	case 0:
		return
	case 1:
		list[0].choice = at.choice
		return
	}
	t.looked = min(t.looked, from)
	var plain, html choice
	for i := 0; i < len(list); {
		end := i + 1
		for end < len(list) && list[end].choice == list[i].choice {
			end++
		}
		c := choice(list[i:end])
		i = end
		if c.isPlain() && c.beats(plain) && (len(plain) == 0 || !c.isMarkup()) {
			plain = c
		}
		if c.hasHTML() && c.beats(html) && (len(html) == 0 || !c.isBlank()) {
			html = c
		}
	}
	kept := html
	if len(kept) == 0 {
		kept = plain
	}
	if len(plain) > 0 && len(html) > 0 && &plain[0] != &html[0] {
		kept = choice{{plain: true, text: plain.joined(), html: joinedHTML(html, t.htmlLimit),
			alternative: list[0].alternative}}
	}
	n := copy(list, kept)
	clear(list[n:])
	t.list = t.list[:from+n]
	for i := range t.list[from:] {
		t.list[from+i].choice = at.choice
	}
}

// choice is one of several alternatives: its texts.
type choice []bodyText

// isPlain reports whether all of it can be had as plain text without making it from HTML.
func (c choice) isPlain() bool {
	for i := range c {
		if !c[i].plain {
			return false
		}
	}
	return true
}

// isMarkup reports whether it is HTML that is called plain text.
func (c choice) isMarkup() bool {
	return len(c) == 1 && c[0].plain && looksLikeHTML([]byte(c[0].text[:min(len(c[0].text), 100)]))
}

func (c choice) hasHTML() bool {
	for i := range c {
		if c[i].hasHTML() {
			return true
		}
	}
	return false
}

// Lists and gateways put footers among the alternatives. One is recognized by its length: the
// alternative before it has longFooter bytes or more, and is footerShare times as long.
const (
	footerShare = 4
	longFooter  = 200
)

// beats reports whether c, which comes later, is the better one.
func (c choice) beats(earlier choice) bool {
	length := earlier.length()
	return length < longFooter || c.length() >= length/footerShare
}

// isBlank reports whether it is HTML that shows nothing, as some programs put it last.
func (c choice) isBlank() bool {
	if len(c) > 1 || len(c[0].text) > longFooter || c[0].plain {
		return false
	}
	html := c[0].text
	return !strings.Contains(html, "<img") && !strings.Contains(html, "<IMG") &&
		strings.TrimFunc(htmltext.Convert(html, longFooter), isBlankRune) == ""
}

func (c choice) length() int {
	n := 0
	for i := range c {
		n += len(c[i].text)
	}
	return n
}

func (c choice) joined() string {
	texts := make([]string, len(c))
	for i := range c {
		texts[i] = c[i].text
	}
	return strings.Join(texts, "\n")
}
