package charset

import "bytes"

// metaBytes is how much of an HTML document is searched for its charset, as
// browsers do.
const metaBytes = 1024

// OfHTML returns the label of the charset that an HTML document declares in a
// <meta>, or "".
func OfHTML(b []byte) string {
	head := bytes.ToLower(b[:min(len(b), metaBytes)])
	at := bytes.Index(head, []byte("<meta"))
	if at < 0 {
		return ""
	}
	_, value, ok := bytes.Cut(head[at:], []byte("charset="))
	if !ok {
		return ""
	}
	value = bytes.TrimLeft(value, " \t\"'")
	if end := bytes.IndexAny(value, " \t\r\n\"'/>;"); end >= 0 {
		value = value[:end]
	}
	label := cleanLabel(string(value))
	// It can be read, so it is not in UTF-16 or UTF-32, whatever it says.
	if f, _ := find(label); f <= noForm || f == utf16Form || f == utf32Form {
		return ""
	}
	return label
}
