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
		c := choice{bodies: list[i:]}
		for c.end < len(c.bodies) && c.bodies[c.end].choice == list[i].choice {
			c.end++
		}
		c.bodies = c.bodies[:c.end]
		i += c.end
		if c.isPlain() && c.beats(plain) && (len(plain.bodies) == 0 || !c.isMarkup()) {
			plain = c
		}
		if c.hasHTML() && c.beats(html) && (len(html.bodies) == 0 || !c.isBlank()) {
			html = c
		}
	}
	kept := html.bodies
	if len(kept) == 0 {
		kept = plain.bodies
	}
	if len(plain.bodies) > 0 && len(html.bodies) > 0 && &plain.bodies[0] != &html.bodies[0] {
		kept = []bodyText{{plain: true, text: plain.joined(), html: html.joinedHTML(t.htmlLimit),
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
type choice struct {
	bodies []bodyText
	end    int
}

// isPlain reports whether all of it can be had as plain text without making it from HTML.
func (c choice) isPlain() bool {
	for i := range c.bodies {
		if !c.bodies[i].plain {
			return false
		}
	}
	return true
}

// isMarkup reports whether it is HTML that is called plain text.
func (c choice) isMarkup() bool {
	return len(c.bodies) == 1 && c.bodies[0].plain &&
		looksLikeHTML([]byte(c.bodies[0].text[:min(len(c.bodies[0].text), 100)]))
}

func (c choice) hasHTML() bool {
	for i := range c.bodies {
		if !c.bodies[i].plain || c.bodies[i].html != "" {
			return true
		}
	}
	return false
}

// footerShare is how much shorter a later alternative has to be so that it is none, but
// a footer that a list or a gateway has put among the alternatives; longFooter, in bytes, how
// long the earlier one has to be.
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
	if len(c.bodies) > 1 || len(c.bodies[0].text) > longFooter || c.bodies[0].plain {
		return false
	}
	html := c.bodies[0].text
	return !strings.Contains(html, "<img") && !strings.Contains(html, "<IMG") &&
		strings.TrimFunc(htmltext.Convert(html, longFooter), isBlankRune) == ""
}

func (c choice) length() int {
	n := 0
	for i := range c.bodies {
		n += len(c.bodies[i].text)
	}
	return n
}

func (c choice) joined() string {
	if len(c.bodies) == 1 {
		return c.bodies[0].text
	}
	texts := make([]string, len(c.bodies))
	for i := range c.bodies {
		texts[i] = c.bodies[i].text
	}
	return strings.Join(texts, "\n")
}

func (c choice) joinedHTML(room int) string {
	if len(c.bodies) == 1 {
		return c.bodies[0].asHTML(room)
	}
	texts := make([]string, len(c.bodies))
	for i := range c.bodies {
		texts[i] = c.bodies[i].asHTML(room)
		room = max(0, room-len(texts[i]))
	}
	return strings.Join(texts, "\n")
}
