package htmltext

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxQuoteDepth bounds the ">" in front of quoted text.
const maxQuoteDepth = 10

// Convert makes text of HTML: what a person would read, block by block, with quoted
// text behind ">", and the targets of links behind their text. It stops at the first word
// that ends beyond limit bytes of text. Lines end in "\n", also the last one; of HTML
// without text the outcome is "".
//
// What an element hides by its style is left out, unless nothing else is there.
func Convert(source string, limit int) string {
	text, hidden := convert(source, limit, false)
	if hidden {
		text, _ = convert(source, limit, true)
	}
	return text
}

// convert makes text of HTML. again is true when it is better done anew with all that
// is hidden: nothing else is there, or what is hidden has no end.
func convert(source string, limit int, all bool) (text string, again bool) {
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(len(source) + 1)
	w := textWriter{limit: limit}
	var (
		skipped    atom.Atom // the element whose content is no text
		hide       hiding
		attributes elementAttributes
	)
	for w.b.Len() < limit {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			text := w.end()
			return text, !all && hide.some && (text == "" || hide.name != "")
		case html.TextToken:
			switch {
			case skipped == atom.Style:
				hide.sheet(z.Text())
			case skipped == 0 && (all || !hide.text()):
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			closed := kind == html.SelfClosingTagToken
			styled := skipped == 0 && hide.mayHide(z.Raw())
			name, more := z.TagName()
			tag := atom.Lookup(name)
			if skipped != 0 {
				continue
			}
			attributes.read(z, more && (styled || tag == atom.A || tag == atom.Img))
			if !all && hide.start(name, tag, &attributes, closed) {
				if isRaw(tag) && !closed {
					skipped = tag
				}
				continue
			}
			switch {
			case isRaw(tag):
				skipped = tag
			case tag == atom.Img:
				w.text(string(attributes.alt))
			case tag == atom.A:
				w.openLink(attributes.href)
			default:
				w.open(tag)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if skipped != 0 {
				if tag == skipped {
					skipped = 0
				}
				continue
			}
			switch {
			case !all && hide.end(name):
			case tag == atom.A:
				w.closeLink()
			default:
				w.close(tag)
			}
		}
	}
	return w.end(), false
}

// isRaw reports an element whose content is no text of the message.
func isRaw(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Noscript, atom.Template, atom.Textarea, atom.Select:
		return true
	}
	return false
}

// textWriter lays text out in lines.
type textWriter struct {
	b       strings.Builder
	limit   int
	breaks  int  // line ends to be written before the next word
	space   bool // so is a space
	started bool
	pre     int
	quoted  int
	link    link            // the anchor that is open
	targets map[string]bool // of the links that were written
}

func (w *textWriter) open(tag atom.Atom) {
	switch tag {
	case atom.Br:
		w.breaks = min(w.breaks+1, 2)
		w.space = false
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table, atom.Hr:
		w.block(2)
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd, atom.Center,
		atom.Address:
		w.block(1)
	case atom.Li:
		w.block(1)
		w.word("-")
		w.space = true
	case atom.Td, atom.Th:
		w.space = true
	case atom.Pre:
		w.block(1)
		w.pre++
	case atom.Blockquote:
		w.block(1)
		w.newline()
		w.quoted++
	}
}

func (w *textWriter) close(tag atom.Atom) {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table:
		w.block(2)
	case atom.Div, atom.Tr, atom.Li, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd,
		atom.Center, atom.Address:
		w.block(1)
	case atom.Pre:
		w.block(1)
		w.pre = max(0, w.pre-1)
	case atom.Blockquote:
		w.block(1)
		w.newline()
		w.quoted = max(0, w.quoted-1)
	}
}

// block asks for line ends before the next word, at least n.
func (w *textWriter) block(n int) {
	w.breaks = max(w.breaks, n)
	w.space = false
}

// newline writes the line ends asked for, so that they belong to the quoting so
// far.
func (w *textWriter) newline() {
	if !w.started {
		w.breaks = 0
		return
	}
	for range w.breaks {
		w.b.WriteByte('\n')
		w.started = false
	}
	w.breaks = 0
	w.started = false
}

// preformatted ends the lines of preformatted text in "\n" and drops NUL.
var preformatted = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "")

func (w *textWriter) text(s string) {
	if w.pre > 0 {
		for i, line := range strings.Split(preformatted.Replace(s), "\n") {
			if i > 0 {
				w.breaks++
			}
			if line != "" {
				w.word(line)
			}
		}
		return
	}
	s = strings.ReplaceAll(s, "\x00", "")
	for i, c := 0, byte(0); i < len(s); {
		if c = s[i]; c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' {
			w.space = true
			i++
			continue
		}
		end := strings.IndexAny(s[i:], " \t\r\n\f")
		if end < 0 {
			end = len(s) - i
		}
		if word := s[i : i+end]; !isFiller(word) {
			w.word(strings.ReplaceAll(word, "\u00a0", " "))
		}
		i += end
	}
}

// isFiller reports a word that has nothing but characters without width: newsletters push
// out of sight what would follow the first words in a list of messages.
func isFiller(word string) bool {
	if word[0] < utf8.RuneSelf {
		return false
	}
	some := false
	for _, r := range word {
		switch r {
		case '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u00AD', '\u034F', '\u180E', '\u2800', '\u3164':
			some = true
		case '\u00A0', '\u2007', '\u202F', '\u2003', '\u2002', '\u2009':
		default:
			return false
		}
	}
	return some
}

// word writes s behind the line ends or the space that are asked for.
func (w *textWriter) word(s string) {
	if w.b.Len() >= w.limit {
		return
	}
	fresh := w.b.Len() == 0
	switch {
	case w.breaks > 0 && !fresh:
		for i := range w.breaks {
			if i > 0 {
				w.quotes()
			}
			w.b.WriteByte('\n')
		}
		fresh = true
	case w.space && !fresh && w.started:
		w.b.WriteByte(' ')
	}
	if fresh || !w.started {
		w.quotes()
	}
	w.b.WriteString(s)
	w.breaks, w.space, w.started = 0, false, true
}

func (w *textWriter) quotes() {
	if n := min(w.quoted, maxQuoteDepth); n > 0 {
		w.b.WriteString(strings.Repeat(">", n))
		w.b.WriteByte(' ')
	}
}

func (w *textWriter) end() string {
	w.closeLink()
	if w.b.Len() == 0 {
		return ""
	}
	w.b.WriteByte('\n')
	return w.b.String()
}
