package mailgen

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// personal generates a message that a person wrote: short, or with files.
func (g *Generator) personal(w *writer, i int) Truth {
	p := g.people[g.sender[i]]
	t := Truth{From: p.address, FromName: p.name, MessageID: g.id(i), Date: g.date(i), Class: Personal,
		Charset: p.charset.name}
	t.Subject = g.subject(i)
	if before := g.previous[i]; before >= 0 {
		t.InReplyTo = g.id(before)
		t.Subject = "Re: " + t.Subject
	}
	t.Line = p.language.sentence(w.rng)
	body := t.Line + "\r\n\r\n" + p.language.paragraph(w.rng, 300+w.rng.IntN(900))
	if t.InReplyTo != "" {
		body += "\r\n" + quoted(p.language.paragraph(w.rng, 200+w.rng.IntN(600)))
	}
	text := p.language.greeting + "\r\n\r\n" + body + "\r\n" + p.language.closing + "\r\n" + p.name + "\r\n"

	g.head(w, &t, p, i)
	switch g.kinds[i] {
	case attached, heavy:
		b := w.open("mixed")
		w.next(b)
		w.text("plain", text, p.charset)
		for n, size := range w.fileSizes(g.kinds[i]) {
			w.next(b)
			f := pick(w.rng, files)
			t.Attachments = append(t.Attachments, w.file(fmt.Sprintf("%s-%d.%s", f.name, n+1, f.extension),
				f.mediaType, size))
		}
		w.close(b)
	default:
		if w.rng.IntN(3) == 0 {
			w.text("plain", text, p.charset)
			break
		}
		b := w.open("alternative")
		w.next(b)
		w.text("plain", text, p.charset)
		w.next(b)
		w.text("html", paragraphs(text), p.charset)
		w.close(b)
	}
	return t
}

// head writes the header of a message that a person sends.
func (g *Generator) head(w *writer, t *Truth, p person, i int) {
	w.trace(p.address, g.options.Recipient, t.Date)
	w.address("From", p.name, p.address, p.charset)
	w.field("To", "%s", g.options.Recipient)
	w.field("Subject", "%s", encodeWords(t.Subject, p.charset))
	w.field("Date", "%s", t.Date.Format(time.RFC1123Z))
	w.field("Message-ID", "%s", t.MessageID)
	if t.InReplyTo != "" {
		w.field("In-Reply-To", "%s", t.InReplyTo)
		w.field("References", "%s", strings.Join(g.ancestors(i), "\r\n\t"))
	}
	w.field("X-Mailer", "%s", p.program)
	w.field("MIME-Version", "1.0")
}

// subject returns the subject of the first message of the thread, without "Re:".
func (g *Generator) subject(i int) string {
	for g.previous[i] >= 0 {
		i = g.previous[i]
	}
	l := g.people[g.sender[i]].language
	return fmt.Sprintf("%s %d", l.subjects[i%len(l.subjects)], 100000+i)
}

// ancestors returns the message IDs of the thread, the oldest first, at most 10.
func (g *Generator) ancestors(i int) []string {
	var ids []string
	for i = g.previous[i]; i >= 0 && len(ids) < 10; i = g.previous[i] {
		ids = append([]string{g.id(i)}, ids...)
	}
	return ids
}

var files = []struct{ name, extension, mediaType string }{
	{"photo", "jpg", "image/jpeg"},
	{"Rückschein", "pdf", "application/pdf"},
	{"invoice", "pdf", "application/pdf"},
	{"screenshot", "png", "image/png"},
	{"накладная", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"order list", "zip", "application/zip"},
}

// fileSizes returns the sizes of the files of a message. Most are near the lower
// limit of their kind, as in real mailboxes.
func (w *writer) fileSizes(k kind) []int {
	if k == attached {
		return []int{w.scaled(50<<10, 500<<10, 4)}
	}
	total, count := w.scaled(1<<20, 5<<20, 9), 1+w.rng.IntN(3)
	sizes := make([]int, count)
	for i := range sizes {
		sizes[i] = total / count
	}
	return sizes
}

// scaled returns a size between low and high. With a higher power, more of the sizes
// are near low.
func (w *writer) scaled(low, high int, power float64) int {
	return int((float64(low) + float64(high-low)*math.Pow(w.rng.Float64(), power)) * w.scale)
}

func quoted(text string) string {
	return "> " + strings.ReplaceAll(strings.TrimSuffix(text, "\r\n"), "\r\n", "\r\n> ") + "\r\n"
}

// paragraphs converts text to HTML.
func paragraphs(text string) string {
	var b strings.Builder
	b.WriteString("<html><head><style>p { margin: 0 0 12px 0; font-family: sans-serif }</style></head><body>\r\n")
	for p := range strings.SplitSeq(text, "\r\n\r\n") {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\r\n", "<br>\r\n") + "</p>\r\n")
	}
	b.WriteString("</body></html>\r\n")
	return b.String()
}
