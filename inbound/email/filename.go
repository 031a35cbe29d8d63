package email

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/charset"
)

// longestName is what file systems take (in bytes).
const longestName = 255

// machineNames are names of parts that programs write for programs: such a name says more
// to people than a number.
var machineNames = map[string]string{
	"message/delivery-status":          "delivery-status.txt",
	"message/global-delivery-status":   "delivery-status.txt",
	"message/disposition-notification": "disposition-notification.txt",
	"message/feedback-report":          "feedback-report.txt",
	"message/rfc822":                   "message.eml",
	"message/global":                   "message.eml",
	"text/rfc822-headers":              "headers.txt",
	"message/rfc822-headers":           "headers.txt",
	"message/global-headers":           "headers.txt",
	"application/pgp-signature":        "signature.asc",
	"application/pkcs7-signature":      "smime.p7s",
	"application/x-pkcs7-signature":    "smime.p7s",
	"application/pkcs7-mime":           "smime.p7m",
	"application/x-pkcs7-mime":         "smime.p7m",
	"application/ms-tnef":              "winmail.dat",
	"application/vnd.ms-tnef":          "winmail.dat",
	"text/calendar":                    "invite.ics",
}

// fileName makes a name for the part with a number: the one that it declares, readable
// and without directories, else one of its own.
func fileName(declared, mediaType, number string) string {
	name := clean(declared)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if strings.HasPrefix(name, ".") && fileExtensions[strings.ToLower(name[1:])] { // nothing but an extension
		name = "attachment-" + number + name
	}
	// Leading dots would hide a file, trailing dots and spaces are lost on some
	// systems.
	name = strings.TrimFunc(name, isLostAtTheEnds)
	if name == "" {
		name = machineNames[mediaType]
	}
	if name == "" {
		name = "attachment-" + number + extensionOf(mediaType)
	}
	if len(name) > longestName {
		_, ext := splitExtension(name)
		end := longestName - len(ext)
		for !utf8.RuneStart(name[end]) {
			end--
		}
		name = strings.TrimRightFunc(name[:end], isLostAtTheEnds) + ext
	}
	return name
}

// plainName decodes a name that is written in one of the wrong ways: in encoded
// words (RFC 2047 forbids it, most programs do it), or as RFC 2231 has it but in
// a plain parameter.
func plainName(name string) string {
	label, rest, ok := strings.Cut(name, "''")
	switch {
	case !strings.Contains(name, "%"):
	case ok && strings.Contains(rest, "%") && charset.IsKnown(label):
		name, _ = charset.Decode(unpercent(rest), label)
	case isPercentEncoded(name):
		name = string(unpercent(name))
	}
	return clean(decodeWords(name))
}

// isPercentEncoded reports whether a name is written as in a URL: spaces and letters
// beyond ASCII in UTF-8, and every "%" before two digits.
func isPercentEncoded(name string) bool {
	if strings.Contains(name, " ") {
		return false
	}
	decoded := unpercent(name)
	return len(name)-len(decoded) == 2*strings.Count(name, "%") && utf8.Valid(decoded) &&
		(bytes.IndexByte(decoded, ' ') >= 0 || !charset.IsASCII(decoded))
}

func isLostAtTheEnds(r rune) bool { return r == '.' || unicode.IsSpace(r) }

// splitExtension splits a name before the dot of its extension.
func splitExtension(name string) (base, extension string) {
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 16 {
		return name[:i], name[i:]
	}
	return name, ""
}
