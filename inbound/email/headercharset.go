package email

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/charset"
)

// headerCharsets is what the fields with names and words of a message's header together
// tell about their charsets: each alone is often too short to tell. The names of files,
// in the headers of the parts, are in the same as a rule.
type headerCharsets struct {
	raw   string      // of 8-bit text that is not UTF-8; "": there is none
	words []relabeled // of encoded words whose label is wrong
	near  nearCharset // what else tells the charset of 8-bit text

	judged    bool
	body      nearCharset    // what was known of the body then
	collected []labeledWords // used again
}

// nearCharset is the charset of text beside 8-bit text that has none.
type nearCharset struct {
	label  string // "": unknown
	proven bool   // that text has characters beyond ASCII
}

// begin makes c ready for a message. Its buffers stay, unless they are large.
func (c *headerCharsets) begin() {
	c.raw, c.words, c.near, c.judged = "", nil, nearCharset{}, false
	all := c.collected[:cap(c.collected)]
	for i := range all {
		all[i].label = ""
		if cap(all[i].bytes) > longestEncodedWord {
			all[i].bytes = nil
		}
	}
}

// relabeled is a label of encoded words, and the one that they should have.
type relabeled struct{ wrong, right string }

// labeledWords are the bytes of the encoded words with one label.
type labeledWords struct {
	label string
	bytes []byte
}

// maxWordLabels is how many labels of one header are looked at.
const maxWordLabels = 4

// judgeHeader finds out in what charsets the header of the message is, by itself and by
// what is known of the body. Where it is plain ASCII, as most are, this costs nothing.
func (p *parser) judgeHeader() {
	h, c := &p.top, &p.header
	body := nearCharset{p.charset, p.charsetSeen}
	if c.judged && c.body == body {
		return
	}
	c.judged, c.body, c.near, c.raw, c.words = true, body, body, "", c.words[:0]
	hasRaw := !charset.IsASCII(h.block)
	if !hasRaw && !bytes.Contains(h.block, []byte("=?")) {
		return
	}
	var raw []byte
	words := c.collected[:0]
	for i := range h.fields {
		if !h.isText(i) {
			continue
		}
		value := h.block[h.fields[i].colon+1 : h.fields[i].end]
		if hasRaw && !utf8.Valid(value) {
			raw = append(append(raw, value...), '\n')
		}
		if bytes.Contains(value, []byte("=?")) {
			words = collectWords(words, h.value(i))
		}
	}
	c.collected = words
	for _, w := range words {
		label := w.label
		if better := charset.Correct(w.bytes, label); better != "" {
			c.words = append(c.words, relabeled{label, better})
			p.warn("words of the header do not have the charset that they are labelled with")
			label = better
		}
		if !c.near.proven && charset.IsHint(label) && !charset.IsASCII(w.bytes) {
			c.near = nearCharset{label, true}
		}
	}
	if len(raw) > 0 {
		c.raw = charset.DetectNear(raw, c.near.label, c.near.proven)
		p.warn("the header has 8-bit text that says no charset")
	}
}

// judgeNames makes ready to read the names of files in the header of a part. Where they are
// plain ASCII, as most are, it does nothing.
func (p *parser) judgeNames(h *header) {
	if p.inner {
		return
	}
	for _, f := range h.fields {
		if f.colon-f.name <= len("Content-") || h.block[f.name]|0x20 != 'c' {
			continue
		}
		if value := h.block[f.colon+1 : f.end]; !charset.IsASCII(value) || bytes.Contains(value, []byte("=?")) {
			p.judgeHeader()
			return
		}
	}
}

// isText reports whether a field has names or words that people read.
func (h *header) isText(i int) bool {
	f := h.fields[i]
	if f.colon-f.name > len("Reply-To ") || strings.IndexByte("ftcsr", h.block[f.name]|0x20) < 0 {
		return false // as most are not
	}
	for _, name := range [...]string{"From", "To", "Cc", "Subject", "Sender", "Reply-To"} {
		if h.is(i, name) {
			return true
		}
	}
	return false
}

// collectWords adds the bytes of a value's encoded words to those with the same label.
func collectWords(words []labeledWords, value string) []labeledWords {
	previous := -1 // the label of the word before, where only space is between
	for {
		at := strings.Index(value, "=?")
		if at < 0 {
			return words
		}
		w, ok := parseEncodedWord(value[at:])
		if !ok {
			value, previous = value[at+2:], -1
			continue
		}
		if strings.Trim(value[:at], " \t") != "" {
			previous = -1
		}
		value = value[at+w.length:]
		group := labelIndex(words, w.charset, len(words) < maxWordLabels)
		if group < 0 {
			if len(words) == maxWordLabels || !isASCII(w.text) {
				previous = -1
				continue
			}
			if group = len(words); group < cap(words) {
				words = words[:group+1] // with its buffer
			} else {
				words = append(words, labeledWords{})
			}
			words[group].label, words[group].bytes = w.charset, words[group].bytes[:0]
		}
		if group != previous && len(words[group].bytes) > 0 {
			words[group].bytes = append(words[group].bytes, '\n')
		}
		words[group].bytes = w.bytes(words[group].bytes)
		previous = group
	}
}

// labelIndex returns the place of the words with a label; -1 when there are none. deep
// tells to look for other spellings, too.
func labelIndex(words []labeledWords, label string, deep bool) int {
	for i := range words {
		if strings.EqualFold(words[i].label, label) || deep && charset.Same(words[i].label, label) {
			return i
		}
	}
	return -1
}

// rawText makes a value of the message's header, or of that of a part, valid UTF-8, with the
// right labels on its encoded words.
func (c *headerCharsets) rawText(value string) string {
	value = c.relabel(value)
	if c.raw == "" && c.near.label != "" && !utf8.ValidString(value) {
		return rawText(value, charset.DetectNear([]byte(value), c.near.label, c.near.proven))
	}
	return rawText(value, c.raw)
}

// relabel puts the right labels on encoded words.
func (c *headerCharsets) relabel(value string) string {
	if len(c.words) == 0 || !strings.Contains(value, "=?") {
		return value
	}
	var out strings.Builder
	for {
		at := strings.Index(value, "=?")
		if at < 0 {
			out.WriteString(value)
			return out.String()
		}
		w, ok := parseEncodedWord(value[at:])
		if !ok {
			out.WriteString(value[:at+2])
			value = value[at+2:]
			continue
		}
		out.WriteString(value[:at+2])
		label := w.charset
		for _, r := range c.words {
			if charset.Same(r.wrong, label) {
				label = r.right
				break
			}
		}
		out.WriteString(label)
		out.WriteString(value[at+2+len(w.charset) : at+w.length])
		value = value[at+w.length:]
	}
}

// warnOfLost warns when a field that people read has characters that could not be read.
func (p *parser) warnOfLost(m *Message) {
	lost := strings.ContainsRune(m.Subject, utf8.RuneError) || strings.ContainsRune(m.From.Name, utf8.RuneError)
	for _, list := range [...][]Address{m.To, m.Cc, m.ReplyTo} {
		for i := range list {
			lost = lost || strings.ContainsRune(list[i].Name, utf8.RuneError)
		}
	}
	if lost {
		p.warn("the header has characters that cannot be read")
	}
}
