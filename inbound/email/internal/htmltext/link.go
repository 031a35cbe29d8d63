package htmltext

import (
	"bytes"
	"strings"
	"unicode"
)

const (
	maxLinks    = 200  // of a text, whose targets are written
	longestLink = 1000 // bytes; longer ones are left out
)

// link is the anchor that is open.
type link struct {
	target string // "": none is written
	start  int    // where its text begins
}

// openLink begins an anchor.
func (w *textWriter) openLink(href []byte) {
	w.closeLink()
	w.link = link{target: targetOf(href), start: w.b.Len()}
}

// closeLink writes the target of the anchor behind its text, unless that shows it.
func (w *textWriter) closeLink() {
	l := w.link
	w.link = link{}
	if l.target == "" || w.b.Len() >= w.limit || len(w.targets) >= maxLinks || w.targets[l.target] {
		return
	}
	text := w.b.String()[l.start:]
	if strings.TrimSpace(text) == "" || shows(text, l.target) {
		return
	}
	if w.targets == nil {
		w.targets = make(map[string]bool)
	}
	w.targets[l.target] = true
	w.b.WriteString(" <" + l.target + ">")
}

// targetOf returns what a text shows of a link: the address of a page as it is, or the
// address of a person. "" stands for what leads nowhere.
func targetOf(href []byte) string {
	href = bytes.TrimSpace(href)
	if len(href) == 0 || len(href) > longestLink {
		return ""
	}
	target := strings.ToValidUTF8(string(href), "\uFFFD")
	switch scheme, rest, _ := strings.Cut(target, ":"); strings.ToLower(scheme) {
	case "http", "https", "ftp":
		if len(strings.Trim(rest, "/")) == 0 {
			return ""
		}
	case "mailto", "tel", "sms":
		target, _, _ = strings.Cut(rest, "?")
		target = strings.TrimSpace(target)
	default:
		if !strings.HasPrefix(target, "//") {
			return ""
		}
	}
	if strings.ContainsAny(target, "<> \t\r\n") || strings.IndexFunc(target, isUnseen) >= 0 {
		return ""
	}
	return target
}

// isUnseen reports a character that may not stand in a target.
func isUnseen(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// shows reports whether the text of an anchor shows its target.
func shows(text, target string) bool {
	if strings.HasPrefix(target, "+") || !strings.ContainsAny(target, "@/") { // a telephone number
		return strings.ContainsAny(text, "0123456789")
	}
	bare := strings.ToLower(target)
	if _, rest, ok := strings.Cut(bare, "//"); ok {
		bare = strings.TrimPrefix(rest, "www.")
	}
	bare = strings.TrimRight(bare, "/")
	return strings.Contains(strings.ToLower(strings.Join(strings.Fields(text), "")), bare)
}
