package email

import "strings"

// textKind is how the content of a part is read as text.
type textKind int

const (
	notText      textKind = iota
	textPlain             // as it is
	textHTML              // as HTML
	textOther             // as it is, when the message has no other text
	textMarkup            // as HTML, when the message has no other text; it is no file
	textEnriched          // the same of text/enriched
	textHidden            // not at all, and it is no file
)

// wordTypes are words that stand for a media type, alone or on the wrong side of the
// slash.
var wordTypes = map[string]string{
	"text": "text/plain", "plain": "text/plain", "txt": "text/plain", "ascii": "text/plain",
	"charset": "text/plain", "utf-8": "text/plain", // its parameter alone
	"plaintext": "text/plain", "plain-text": "text/plain", "text-plain": "text/plain", "textplain": "text/plain",
	"html": "text/html", "htm": "text/html", "text-html": "text/html", "texthtml": "text/html", "xhtml": "text/html",
}

// wrongTypes are wrong spellings of types of text, in the form that mediaTypeOf has them.
var wrongTypes = map[string]string{
	"plain/text": "text/plain", "text/x-plain": "text/plain", "text/text": "text/plain", "text/txt": "text/plain",
	"text/plan": "text/plain", "text/pain": "text/plain", "text/plian": "text/plain", "text/plaint": "text/plain",
	"text/plain-text": "text/plain", "text/ascii": "text/plain", "text/us-ascii": "text/plain",
	"text/unicode": "text/plain", "text/utf-8": "text/plain", "text/plaintext": "text/plain",
	"test/plain": "text/plain", "txt/plain": "text/plain", "message/plain": "text/plain",
	"message/text": "text/plain", "plain/plain": "text/plain",
	"application/text": "text/plain", "application/plain": "text/plain", "application/txt": "text/plain",
	"html/text": "text/html", "text/x-html": "text/html", "text/htm": "text/html", "text/htlm": "text/html",
	"text/xhtml": "text/html", "text/html5": "text/html", "html/html": "text/html", "test/html": "text/html",
	"txt/html": "text/html", "message/html": "text/html", "application/html": "text/html", "text/hmtl": "text/html",
}

// longestToken is how long a type, or a subtype, may be (RFC 6838, section 4.2).
const longestToken = 127

// mediaTypeOf reads what stands in front of the parameters of a Content-Type, in lower
// case. It returns "" for what is none.
func mediaTypeOf(value string) string {
	kind, subtype, _ := strings.Cut(value, "/")
	if i := strings.IndexAny(kind, `\|:`); i > 0 && subtype == "" { // another sign for the slash
		kind, subtype = kind[:i], kind[i+1:]
	}
	kind, subtype = token(kind), token(strings.TrimLeft(subtype, "/"))
	switch {
	case len(kind) > longestToken, len(subtype) > longestToken:
		if kind != "text" {
			return ""
		}
		return "text/plain"
	case kind == "" && subtype == "":
		return "text/plain"
	case kind == "" || subtype == "":
		return wordTypes[kind+subtype]
	}
	mediaType := kind + "/" + subtype
	if right := wrongTypes[mediaType]; right != "" {
		return right
	}
	return mediaType
}

// token returns what s begins with that may be in a media type.
func token(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&-^_.+", r)
	})
	if end >= 0 {
		s = s[:end]
	}
	return s
}

// textKindOf returns how a part of a type is read as text. Types of text that people
// attach as files are none; what is read of them stays a file.
func textKindOf(mediaType string) textKind {
	switch mediaType {
	case "text/plain":
		return textPlain
	case "text/html":
		return textHTML
	case "text/x-amp-html", "text/watch-html": // the same message for a reader of one maker
		return textMarkup
	case "text/enriched", "text/richtext":
		return textEnriched
	case "text/vnd.google.email-reaction+json":
		return textHidden
	case "application/xhtml+xml":
		return textMarkup
	case "text/calendar", "text/x-vcalendar", "text/csv", "text/tab-separated-values", "text/vcard", "text/x-vcard",
		"text/directory", "text/xml", "text/css", "text/javascript", "text/rtf", "text/rfc822-headers", "text/x-patch",
		"text/x-diff", "text/json", "text/yaml", "text/x-log", "text/vbscript", "text/x-pgp-signature":
		return notText
	}
	if strings.HasPrefix(mediaType, "text/") {
		return textOther
	}
	return notText
}
