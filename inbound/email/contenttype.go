package email

import (
	"bytes"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// maxRivals is how many fields of one name are compared.
const maxRivals = 8

// rivals returns the first value of a field that is not blank, and those that differ from it,
// up to maxRivals.
func (h *header) rivals(name string) []string {
	var list []string
	for i := range h.fields {
		if !h.is(i, name) {
			continue
		}
		if v := h.value(i); v != "" && (len(list) == 0 || v != list[0]) {
			if list = append(list, v); len(list) == maxRivals {
				break
			}
		}
	}
	return list
}

// several reports whether there is more than one field of a name.
func (h *header) several(name string) bool {
	n := 0
	for i := range h.fields {
		if h.is(i, name) {
			n++
		}
	}
	return n > 1
}

// rivalWindow is how much of the body is looked at to choose between several fields.
const rivalWindow = 16 << 10

// contentType returns Content-Type, or "". Where several differ, rival is true, and the body
// says which one is right: that of a multipart whose boundary stands there, else that of a
// text as it is written there, else the first one that is valid.
func (r *partReader) contentType(h *header) (value string, rival bool) {
	if !h.several("Content-Type") {
		return h.get("Content-Type"), false
	}
	rivals := h.rivals("Content-Type")
	if len(rivals) < 2 {
		return h.get("Content-Type"), false
	}
	r.warn("several Content-Types; the one that fits the body counts")
	body := r.peek(rivalWindow)
	isHTML := looksLikeHTML(body)
	best, bestRank := "", -1
	for _, v := range rivals {
		first, parameters := parseParameters(rawText(v, ""), nil)
		rank := 0
		switch mediaType := mediaTypeOf(first); {
		case mediaType == "":
		case strings.HasPrefix(mediaType, "multipart/"):
			if b := get(parameters, "boundary"); b != "" && indexBoundary(body, strings.TrimRight(b, " \t")) >= 0 {
				rank = 3
			}
		case mediaType == "text/html" && isHTML:
			rank = 2
		case mediaType == "text/html" || mediaType == "text/plain" && isHTML || mediaType == octetStream:
			rank = 1 // holds when nothing else does
		default:
			rank = 2
		}
		if rank > bestRank {
			best, bestRank = v, rank
		}
	}
	return best, true
}

// indexBoundary returns the place of the first boundary line in body, or -1.
func indexBoundary(body []byte, boundary string) int {
	line := []byte("--" + boundary)
	for at := 0; ; {
		i := bytes.Index(body[at:], line)
		if i < 0 {
			return -1
		}
		if at += i; at == 0 || body[at-1] == '\n' || body[at-1] == '\r' {
			return at
		}
		at += len(line)
	}
}

// looksLikeHTML reports whether a body begins with an element.
func looksLikeHTML(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n\xEF\xBB\xBF")
	return len(body) > 2 && body[0] == '<' && (body[1] == '!' || body[1]|0x20 >= 'a' && body[1]|0x20 <= 'z') &&
		bytes.IndexByte(body, '>') > 0 && !bytes.HasPrefix(body, []byte("<http"))
}

// transferEncoding returns the transfer encoding of the part. Where several fields
// differ, the body says which one is right.
func (r *partReader) transferEncoding(h *header) transfer.Encoding {
	v := h.get("Content-Transfer-Encoding")
	if v == "" {
		return transfer.Identity
	}
	e, known := transfer.ParseEncoding(v)
	var rivals []string
	if h.several("Content-Transfer-Encoding") {
		rivals = h.rivals("Content-Transfer-Encoding")
	}
	differ := false
	for _, v := range rivals {
		other, ok := transfer.ParseEncoding(v)
		if ok && !known {
			e, known = other, true
		}
		differ = differ || ok && other != e
	}
	if !known {
		r.warn("an unknown Content-Transfer-Encoding was taken for binary")
	}
	if !differ {
		return e
	}
	r.warn("several Content-Transfer-Encodings; the one that fits the body counts")
	body := r.peek(rivalWindow)
	for _, v := range rivals {
		if other, ok := transfer.ParseEncoding(v); ok && transfer.Fits(other, body) {
			return other
		}
	}
	return transfer.Identity
}
