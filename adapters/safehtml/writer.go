package safehtml

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxDepth limits the number of open elements. Browsers limit it to some hundreds.
const maxDepth = 200

// writer rewrites clean HTML: it closes elements, keeps harmless styles, resolves images,
// makes links safe and applies the size limit.
type writer struct {
	options *Options
	limit   int
	b       strings.Builder
	open    []string
	closing int // size of the end tags of the open elements, in bytes
}

func (w *writer) write(clean string) {
	z := html.NewTokenizer(strings.NewReader(clean))
	for full := false; !full; {
		switch z.Next() {
		case html.ErrorToken:
			full = true
		case html.TextToken:
			full = !w.text(z.Token())
		case html.StartTagToken, html.SelfClosingTagToken:
			full = !w.start(z.Token())
		case html.EndTagToken:
			w.end(z.Token().Data)
		}
	}
	for len(w.open) > 0 {
		w.end(w.open[len(w.open)-1])
	}
}

// room returns how many bytes may be written before the end tags.
func (w *writer) room() int { return w.limit - w.b.Len() - w.closing }

func (w *writer) text(t html.Token) bool {
	s := t.String()
	if len(s) <= w.room() {
		w.b.WriteString(s)
		return true
	}
	s = cut(s, w.room())
	// Do not cut a character reference.
	if i := strings.LastIndexByte(s, '&'); i >= 0 && strings.IndexByte(s[i:], ';') < 0 {
		s = s[:i]
	}
	w.b.WriteString(s)
	return false
}

func (w *writer) start(t html.Token) bool {
	t.Attr = withHarmlessStyles(t.Attr)
	switch t.Data {
	case "img":
		t.Attr = w.image(t.Attr)
	case "a":
		t.Attr = link(t.Attr)
	}
	void := isVoid(t.Data)
	if !void && len(w.open) == maxDepth {
		return true // the text of the element is kept
	}
	t.Type = html.StartTagToken
	s := t.String()
	end := 0
	if !void {
		end = len("</>") + len(t.Data)
	}
	if len(s)+end > w.room() {
		return false
	}
	w.b.WriteString(s)
	if !void {
		w.open, w.closing = append(w.open, t.Data), w.closing+end
	}
	return true
}

// end closes an element and those that are open within it. It ignores an end tag
// without an open element.
func (w *writer) end(name string) {
	at := len(w.open) - 1
	for at >= 0 && w.open[at] != name {
		at--
	}
	for at >= 0 && len(w.open) > at {
		last := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		w.closing -= len("</>") + len(last)
		w.b.WriteString("</" + last + ">")
	}
}

// withHarmlessStyles applies the rules for styles.
func withHarmlessStyles(attributes []html.Attribute) []html.Attribute {
	kept := attributes[:0]
	for _, a := range attributes {
		if a.Key == "style" {
			a.Val = harmlessStyles(a.Val)
		}
		if a.Key != "style" || a.Val != "" {
			kept = append(kept, a)
		}
	}
	return kept
}

// image resolves the address of an image, or removes the address.
func (w *writer) image(attributes []html.Attribute) []html.Attribute {
	kept := attributes[:0]
	for _, a := range attributes {
		if a.Key == "src" {
			a.Val = w.source(a.Val)
		}
		if a.Key != "src" || a.Val != "" {
			kept = append(kept, a)
		}
	}
	return kept
}

// link makes a link open in a new window without a referrer.
func link(attributes []html.Attribute) []html.Attribute {
	attributes = slices.DeleteFunc(attributes, func(a html.Attribute) bool {
		return a.Key == "rel" || a.Key == "target" || a.Key == "href" && !isLink(a.Val)
	})
	if !slices.ContainsFunc(attributes, func(a html.Attribute) bool { return a.Key == "href" }) {
		return attributes
	}
	return append(attributes, html.Attribute{Key: "rel", Val: "noopener noreferrer nofollow"},
		html.Attribute{Key: "target", Val: "_blank"})
}

// source returns the address of an image, or "" if the image must not be shown.
func (w *writer) source(address string) string {
	scheme, rest, _ := strings.Cut(address, ":")
	switch strings.ToLower(scheme) {
	case "cid":
		id, err := url.PathUnescape(rest)
		if err == nil && w.options.CID != nil {
			return w.options.CID(id)
		}
	case "http", "https":
		if w.options.ExternalImages {
			return address
		}
	case "data":
		return address
	}
	return ""
}

// isLink reports whether address is that of a page, a mailbox or a telephone. The
// schemes cid and data are for images only.
func isLink(address string) bool {
	scheme, _, _ := strings.Cut(address, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
		return true
	}
	return false
}

func isVoid(element string) bool {
	switch element {
	case "br", "hr", "img", "col":
		return true
	}
	return false
}
