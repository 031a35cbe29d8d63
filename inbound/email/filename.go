package email

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/charset"
)

// longestName is what file systems take (in bytes).
const longestName = 255

// extensions of types whose files often come without a name.
var extensions = map[string]string{
	"text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/vcard": ".vcf", "text/x-vcard": ".vcf",
	"image/png": ".png", "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
	"image/svg+xml": ".svg", "image/tiff": ".tif", "image/bmp": ".bmp",
	"application/pdf": ".pdf", "application/zip": ".zip", "application/json": ".json", "application/xml": ".xml",
	"text/xml":           ".xml",
	"application/msword": ".doc", "application/vnd.ms-excel": ".xls", "application/rtf": ".rtf",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       ".xlsx",
	"application/pgp-keys": ".asc", "application/pgp-encrypted": ".asc",
	"audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/x-wav": ".wav", "video/mp4": ".mp4",
}

// machineNames are names of parts that programs write for programs: what they are
// tells people more than a number.
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
	// Leading dots would hide a file, trailing dots and spaces are lost on some
	// systems.
	name = strings.TrimFunc(name, isLostAtTheEnds)
	if name == "" {
		name = machineNames[mediaType]
	}
	if name == "" {
		name = "attachment-" + number + extensions[mediaType]
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
	if label, rest, ok := strings.Cut(name, "''"); ok && strings.Contains(rest, "%") && charset.IsKnown(label) {
		name, _ = charset.Decode(unpercent(rest), label)
	}
	return clean(decodeWords(name))
}

func isLostAtTheEnds(r rune) bool { return r == '.' || unicode.IsSpace(r) }

// splitExtension splits a name before the dot of its extension.
func splitExtension(name string) (base, extension string) {
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 16 {
		return name[:i], name[i:]
	}
	return name, ""
}
