package safehtml

import (
	"strings"
	"unicode/utf8"
)

// DefaultMaxBytes is the default of Options.MaxBytes.
const DefaultMaxBytes = 1 << 20

// Options say what Clean leaves. Nil is the same as the zero value.
type Options struct {
	// ExternalImages leaves images that are fetched from elsewhere: the sender
	// learns that the message is read, and by whom. Default: left out, their
	// alternative text stays.
	ExternalImages bool

	// CID returns the address of an image that the message itself has, by its
	// content ID without angle brackets (Attachment.ContentID of package
	// inbound/email); "" leaves it out. It is called for each such image. Default:
	// all are left out.
	CID func(contentID string) string

	// MaxBytes bounds the HTML, before and after cleaning: what is longer is cut,
	// and elements are closed. What CID returned counts. Default DefaultMaxBytes;
	// negative values are the default too.
	MaxBytes int
}

// Clean returns the part of a message's HTML that is safe to show, as described
// for the package. It never fails; the worst HTML comes back as "". It may be
// called from several goroutines at once.
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

// cut returns the first n bytes of s, or less so that no character is cut.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
