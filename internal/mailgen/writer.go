package mailgen

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// writer writes one message.
type writer struct {
	rng   *rand.Rand
	buf   *bytes.Buffer
	scale float64
	parts int // boundaries given out
}

// field writes a header field.
func (w *writer) field(name, format string, args ...any) {
	fmt.Fprintf(w.buf, "%s: %s\r\n", name, fmt.Sprintf(format, args...))
}

// address writes a mailbox field in the charset.
func (w *writer) address(field, name, address string, c charset) {
	switch {
	case name == "":
		w.field(field, "%s", address)
	case isASCII(name):
		w.field(field, "%q <%s>", name, address)
	default:
		w.field(field, "%s <%s>", encodeWords(name, c), address)
	}
}

// trace writes the header fields that relays add at the top of a message.
func (w *writer) trace(from, to string, date time.Time) {
	domain := from[strings.LastIndex(from, "@")+1:]
	w.field("Return-Path", "<%s>", from)
	w.field("Delivered-To", "%s", to)
	for hop := range 2 + w.rng.IntN(2) {
		w.field("Received", "from relay%d.%s (relay%d.%s [203.0.113.%d])\r\n"+
			"\tby mx%d.shop.example with ESMTPS id %X\r\n"+
			"\t(TLS1.3 cipher TLS_AES_256_GCM_SHA384) for <%s>;\r\n\t%s",
			hop, domain, hop, domain, 1+w.rng.IntN(250), hop, w.rng.Uint64(), to,
			date.Add(time.Duration(5-hop)*time.Second).Format(time.RFC1123Z))
	}
	w.field("Authentication-Results",
		"mx.shop.example;\r\n\tdkim=pass header.d=%s;\r\n\tspf=pass smtp.mailfrom=%s", domain, from)
	w.field("DKIM-Signature", "v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=mail;\r\n"+
		"\th=from:to:subject:date:message-id:mime-version:content-type;\r\n\tbh=%s;\r\n\tb=%s",
		domain, base64.StdEncoding.EncodeToString(w.noise(32)),
		strings.ReplaceAll(strings.TrimSpace(foldBase64(w.noise(256))), "\r\n", "\r\n\t "))
}

// noise returns n bytes that do not compress, like the bytes of real files.
func (w *writer) noise(n int) []byte {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(w.rng.Uint32())
	}
	b := make([]byte, n)
	_, _ = rand.NewChaCha8(seed).Read(b) // never fails
	return b
}

// boundary returns a boundary that is new in this message.
func (w *writer) boundary() string {
	w.parts++
	return fmt.Sprintf("=_part%d_%016x", w.parts, w.rng.Uint64())
}

// text writes a text part, header and body, in a suitable transfer encoding.
func (w *writer) text(subtype, text string, c charset) {
	encoded := c.encode(text)
	switch {
	case isASCII(encoded):
		w.field("Content-Type", "text/%s; charset=%s", subtype, c.name)
		w.field("Content-Transfer-Encoding", "7bit")
		w.buf.WriteString("\r\n" + encoded)
	case mostlyForeign(encoded):
		w.field("Content-Type", "text/%s; charset=%q", subtype, c.name)
		w.field("Content-Transfer-Encoding", "base64")
		w.buf.WriteString("\r\n" + foldBase64([]byte(encoded)))
	case w.rng.IntN(5) == 0:
		w.field("Content-Type", "text/%s; charset=%q", subtype, c.name)
		w.field("Content-Transfer-Encoding", "8bit")
		w.buf.WriteString("\r\n" + encoded)
	default:
		w.field("Content-Type", "text/%s; charset=%q", subtype, c.name)
		w.field("Content-Transfer-Encoding", "quoted-printable")
		w.buf.WriteString("\r\n")
		q := quotedprintable.NewWriter(w.buf)
		_, _ = q.Write([]byte(encoded)) // writing to a Buffer does not fail
		_ = q.Close()
		w.buf.WriteString("\r\n")
	}
}

// open starts a multipart and returns its boundary.
func (w *writer) open(subtype string) string {
	b := w.boundary()
	w.field("Content-Type", "multipart/%s; boundary=%q", subtype, b)
	w.buf.WriteString("\r\nThis is a message in several parts.\r\n")
	return b
}

func (w *writer) next(boundary string)  { w.buf.WriteString("\r\n--" + boundary + "\r\n") }
func (w *writer) close(boundary string) { w.buf.WriteString("\r\n--" + boundary + "--\r\n") }

// file writes an attachment that has about size bytes in its encoded form.
func (w *writer) file(name, mediaType string, size int) Attachment {
	data := w.noise(max(size*54/74, 100)) // 54 bytes become a line of 72 and its end
	w.field("Content-Type", "%s; name=%q", mediaType, encodeWords(name, utf8))
	w.field("Content-Transfer-Encoding", "base64")
	w.field("Content-Disposition", "%s", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.buf.WriteString("\r\n" + foldBase64(data))
	sum := sha256.Sum256(data)
	return Attachment{Name: name, Type: mediaType, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// foldBase64 encodes in lines of 72 characters.
func foldBase64(data []byte) string {
	const line = 54
	var b strings.Builder
	b.Grow(len(data)*74/line + 76)
	for len(data) > 0 {
		n := min(line, len(data))
		b.WriteString(base64.StdEncoding.EncodeToString(data[:n]))
		b.WriteString("\r\n")
		data = data[n:]
	}
	return b.String()
}

// encodeWords returns header text as encoded words (RFC 2047). No word is too long,
// and none ends within a character.
func encodeWords(text string, c charset) string {
	if isASCII(text) {
		return text
	}
	var words []string
	var piece strings.Builder
	flush := func() {
		if piece.Len() > 0 {
			encoded := base64.StdEncoding.EncodeToString([]byte(c.encode(piece.String())))
			words = append(words, "=?"+c.name+"?B?"+encoded+"?=")
			piece.Reset()
		}
	}
	for _, r := range text {
		if piece.Len() > 24 {
			flush()
		}
		piece.WriteRune(r)
	}
	flush()
	return strings.Join(words, "\r\n ")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == 0x1b { // ISO-2022-JP has seven bits, but is not ASCII
			return false
		}
	}
	return true
}

// mostlyForeign reports whether so many bytes are not ASCII that base64 is shorter
// than quoted-printable.
func mostlyForeign(s string) bool {
	n := 0
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == 0x1b {
			n++
		}
	}
	return n*6 > len(s)
}
