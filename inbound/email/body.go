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

// room is how much text may be kept of a part. It also bounds what all parts
// together may bring.
func (p *parser) room(used int) int { return max(0, p.limits.TextBytes-used) }

// addText adds a text that is not blank, as far as the limit allows.
func (p *parser) addText(b bodyText) {
	room := &p.textRoom[1]
	if b.plain {
		room = &p.textRoom[0]
	}
	if len(b.text) > *room {
		p.warn("the text is longer than the limit")
		b.text = strings.ToValidUTF8(b.text[:*room], "")
	}
	*room -= len(b.text)
	if strings.TrimSpace(b.text) != "" {
		p.bodies = append(p.bodies, b)
	}
}

// hasBody reports whether there is a text that one at this place would not be
// an alternative of.
func (p *parser) hasBody(at partPosition) bool {
	for i := range p.bodies {
		if at.alternative == 0 || p.bodies[i].alternative != at.alternative {
			return true
		}
	}
	return false
}

// assemble chooses the message's text and HTML as a mail program would: of
// alternatives one text and one HTML, of everything else all, in its order.
func (p *parser) assemble() {
	var texts, htmls []string
	for i := 0; i < len(p.bodies); {
		end := i + 1
		for end < len(p.bodies) && p.bodies[i].alternative != 0 && p.bodies[end].alternative == p.bodies[i].alternative {
			end++
		}
		plain, html := pick(p.bodies[i:end], true), pick(p.bodies[i:end], false)
		i = end
		if html != "" {
			htmls = append(htmls, html)
		}
		if plain == "" && html != "" {
			plain = htmltext.Convert(html, p.limits.TextBytes)
		}
		if plain != "" {
			texts = append(texts, plain)
		}
	}
	p.m.Text, p.m.HTML = strings.Join(texts, "\n"), strings.Join(htmls, "\n")
	if len(p.m.Text) > p.limits.TextBytes {
		p.warn("the text is longer than the limit")
		p.m.Text = strings.ToValidUTF8(p.m.Text[:p.limits.TextBytes], "")
	}
	p.markInline()
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

// markInline marks the attachments that the HTML shows.
func (p *parser) markInline() {
	rest := p.m.HTML
	if rest == "" || len(p.m.Attachments) == 0 {
		return
	}
	shown := make(map[string]bool)
	for len(shown) < p.limits.Attachments {
		i := strings.Index(rest, "cid:")
		if i < 0 {
			break
		}
		rest = rest[i+4:]
		longest := min(len(rest), longestID)
		if end := strings.IndexAny(rest[:longest], "\"' >)\t\r\n"); end >= 0 {
			shown[string(unpercent(rest[:end]))] = true
			longest = end
		}
		rest = rest[longest:] // no byte is looked at twice
	}
	for i := range p.m.Attachments {
		if a := &p.m.Attachments[i]; a.ContentID != "" && shown[a.ContentID] {
			a.Inline = true
		}
	}
}

// plainText ends lines in "\n" and takes out NUL, which databases refuse.
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
