package htmltext

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// visibility is what the style of an element says of its content.
type visibility int

const (
	shown   visibility = iota
	tiny               // its own text is too small to be read, elements in it need not be
	unshown            // nothing in it is shown
)

// hiding follows the elements whose content nobody sees, such as the first lines of a
// newsletter that are only there for the list of messages.
type hiding struct {
	name    string // of the element that hides; "": none
	depth   int    // elements of that name within each other
	tiny    bool   // text up to the next element is too small to be read
	some    bool   // something was hidden
	classes map[string]bool
}

// mayHide reports whether a tag may have an attribute that hides. It is a rough look, as most
// tags have none: for "hidden", and for a value such as "none" or "0" behind a property whose
// name ends as those do that hide.
func (h *hiding) mayHide(tag []byte) bool {
	if len(h.classes) > 0 {
		return true
	}
	for i, c := range tag {
		switch {
		case c == ':' && i+2 < len(tag) && i > 0:
			switch tag[i-1] | 0x20 { // the last letter of a property, or white space
			case 'y', 't', 'h', 'e', 'w', ' ', '\t' | 0x20, '\n' | 0x20, '\r' | 0x20:
			default:
				continue
			}
			value := tag[i+1]
			if value == ' ' || value == '\t' || value == '\n' || value == '\r' {
				if rest := bytes.TrimLeft(tag[i+1:min(len(tag), i+20)], " \t\r\n"); len(rest) > 0 {
					value = rest[0]
				}
			}
			switch value {
			case '0', '.', '1', 'n', 'N', 'h', 'H', 'a', 'A':
				return true
			}
		case c|0x20 == 'h' && i > 0 && tag[i-1] != '-' && hasFold(tag[i:], "hidden"):
			return true
		}
	}
	return false
}

func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && is(b[:len(prefix)], prefix)
}

// start takes the beginning of an element. It reports whether that is hidden.
func (h *hiding) start(name []byte, tag atom.Atom, attributes *elementAttributes, closed bool) bool {
	if h.name != "" {
		switch {
		case string(name) == h.name && h.name == "p", h.name == "p" && isBlock(tag):
			h.name = "" // a paragraph ends where the next block begins
		case string(name) == h.name && !closed:
			h.depth++
			return true
		default:
			return true
		}
	}
	h.tiny = false
	switch h.seen(attributes) {
	case tiny:
		h.tiny = true
	case unshown:
		if tag == atom.Body || tag == atom.Html {
			return false
		}
		h.some = true
		if !closed && !isVoid(tag) {
			h.name, h.depth = string(name), 1
		}
		return true
	}
	return false
}

// end takes the end of an element. It reports whether that was hidden.
func (h *hiding) end(name []byte) bool {
	h.tiny = false
	if h.name == "" {
		return false
	}
	if string(name) == h.name {
		if h.depth--; h.depth == 0 {
			h.name = ""
		}
	}
	return true
}

// text reports whether a text is hidden.
func (h *hiding) text() bool {
	if h.tiny {
		h.some = true
	}
	return h.name != "" || h.tiny
}

// seen returns what an element's attributes say.
func (h *hiding) seen(a *elementAttributes) visibility {
	if a.hidden {
		return unshown
	}
	v, displayed := visibilityOf(a.style)
	if v == shown && !displayed && len(h.classes) > 0 && len(a.class) > 0 {
		for class := range strings.FieldsSeq(string(a.class)) {
			if h.classes[class] {
				return unshown
			}
		}
	}
	return v
}

// isVoid reports an element without content.
func isVoid(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta,
		atom.Source, atom.Wbr:
		return true
	}
	return false
}

// isBlock reports an element that ends a paragraph.
func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Table, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote, atom.Pre, atom.Hr, atom.H1, atom.H2,
		atom.H3, atom.H4, atom.H5, atom.H6, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Center,
		atom.Address, atom.Form:
		return true
	}
	return false
}

// elementAttributes are those that matter here. They are valid until the next token.
type elementAttributes struct {
	style, class, href, alt []byte
	hidden                  bool
}

// read reads the attributes of the current tag; of two with one name the first counts.
func (a *elementAttributes) read(z *html.Tokenizer, more bool) {
	*a = elementAttributes{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "style":
			a.style = first(a.style, value)
		case "class":
			a.class = first(a.class, value)
		case "href":
			a.href = first(a.href, value)
		case "alt":
			a.alt = first(a.alt, value)
		case "hidden":
			a.hidden = true
		}
	}
}

func first(found, value []byte) []byte {
	if found != nil {
		return found
	}
	return value
}

// visibilityOf reads the declarations of a style; of several for one property the last
// counts. displayed is true when it says that the element is displayed.
func visibilityOf(style []byte) (v visibility, displayed bool) {
	var gone, invisible, clear, low, flat, clipped, small, msoHidden bool
	for len(style) > 0 {
		declaration := style
		if i := bytes.IndexByte(style, ';'); i >= 0 {
			declaration, style = style[:i], style[i+1:]
		} else {
			style = nil
		}
		name, value, _ := bytes.Cut(declaration, []byte(":"))
		name = bytes.TrimSpace(name)
		if len(name) < 5 || len(name) > 10 {
			continue
		}
		value, _, _ = bytes.Cut(value, []byte("!"))
		value = bytes.TrimSpace(value)
		switch {
		case is(name, "display"):
			gone = is(value, "none")
			displayed = !gone
		case is(name, "visibility"):
			invisible = is(value, "hidden")
		case is(name, "opacity"):
			clear = isZero(value)
		case is(name, "max-height"):
			low = isZero(value)
		case is(name, "height"), is(name, "width"), is(name, "max-width"):
			flat = flat || isZero(value)
		case is(name, "overflow"):
			clipped = is(value, "hidden")
		case is(name, "font-size"):
			small = isZero(value) || is(value, "1px")
		case is(name, "mso-hide"):
			msoHidden = is(value, "all")
		}
	}
	switch {
	case gone, invisible, clear, low, flat && clipped, small && msoHidden:
		return unshown, displayed
	case small:
		return tiny, displayed
	}
	return shown, displayed
}

// is reports whether b is the lower-case word s, in letters of either case.
func is(b []byte, s string) bool { return len(b) == len(s) && strings.EqualFold(string(b), s) }

// isZero reports whether a length, or a number, is nothing.
func isZero(value []byte) bool {
	if len(value) == 0 || value[0] != '0' && value[0] != '.' {
		return false
	}
	rest := bytes.TrimLeft(value, "0.")
	return len(rest) == 0 || rest[0] > '9'
}

const (
	longestSheet   = 64 << 10 // of a style sheet, looked at
	maxClasses     = 50
	longestRule    = 2 << 10
	longestSection = 100 // of a selector
)

// sheet notes the classes that a style sheet hides. Rules for some screens only do not
// count.
func (h *hiding) sheet(css []byte) {
	css = css[:min(len(css), longestSheet)]
	if !bytes.Contains(css, []byte("none")) {
		return
	}
	for len(css) > 0 {
		open := bytes.IndexByte(css, '{')
		if open < 0 {
			return
		}
		selectors := withoutComments(css[:open])
		css = css[open+1:]
		if bytes.HasPrefix(selectors, []byte("@")) {
			css = behindBlock(css)
			continue
		}
		end := bytes.IndexByte(css, '}')
		if end < 0 {
			return
		}
		rule := css[:end]
		css = css[end+1:]
		if len(rule) > longestRule || len(selectors) > longestRule {
			continue
		}
		v, displayed := visibilityOf(rule)
		if v != unshown && !displayed {
			continue
		}
		for selector := range bytes.SplitSeq(selectors, []byte(",")) {
			h.rule(bytes.TrimSpace(selector), v == unshown)
		}
	}
}

// rule notes what a rule says of a class, when its selector is nothing but one.
func (h *hiding) rule(selector []byte, hides bool) {
	_, class, ok := bytes.Cut(selector, []byte("."))
	if !ok || len(class) == 0 || len(selector) > longestSection || bytes.ContainsAny(selector, " >+~:[#*\t\r\n") ||
		bytes.IndexByte(class, '.') >= 0 {
		return
	}
	if !hides {
		delete(h.classes, string(class))
		return
	}
	if h.classes == nil {
		h.classes = make(map[string]bool)
	}
	if len(h.classes) < maxClasses {
		h.classes[string(class)] = true
	}
}

// withoutComments returns a selector without the comments around it.
func withoutComments(s []byte) []byte {
	if i := bytes.LastIndex(s, []byte("*/")); i >= 0 {
		s = s[i+2:]
	}
	s = bytes.TrimSpace(s)
	return bytes.TrimSpace(bytes.TrimPrefix(s, []byte("<!--")))
}

// behindBlock returns what stands behind a block that has begun, with blocks in it.
func behindBlock(css []byte) []byte {
	for i, depth := 0, 1; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return nil
}
