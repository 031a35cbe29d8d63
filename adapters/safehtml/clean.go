package safehtml

import (
	"strings"
	"unicode/utf8"
)

// DefaultMaxBytes is the default of Options.MaxBytes.
const DefaultMaxBytes = 1 << 20

// Options configure Clean. A nil *Options is the same as the zero value.
type Options struct {
	// ExternalImages keeps images on other servers. Loading them reveals to the
	// sender that the message is read, and by whom. By default, they are
	// removed, and only their alternative text remains.
	ExternalImages bool

	// CID returns the URL of an image that is part of the message, or "" to remove
	// the image. The URL is used unchecked, whatever its scheme. CID is called for
	// each such image with the content ID, which has no angle brackets
	// (Attachment.ContentID of package inbound/email). If CID is nil, all these
	// images are removed.
	CID func(contentID string) string

	// MaxBytes limits the size of the HTML, before and after cleaning. Longer
	// HTML is truncated, and its open elements are closed. The URLs that CID returns
	// count toward the limit. 0 or a negative value means DefaultMaxBytes.
	MaxBytes int
}

// Clean returns the parts of the HTML that are safe to show; see the package
// documentation. It never fails: if no part of the HTML is safe, it returns "". It is
// safe for concurrent use.
func Clean(html string, o *Options) string {
	if o == nil {
		o = &Options{}
	}
	limit := o.MaxBytes
	if limit <= 0 {
		limit = DefaultMaxBytes
	}
	html = strings.ReplaceAll(strings.ToValidUTF8(cut(html, limit), "\uFFFD"), "\x00", "")
	w := writer{options: o, limit: limit}
	w.write(policy().Sanitize(html))
	return w.b.String()
}

// cut returns the first n bytes of s, or fewer if they would end within a
// character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
