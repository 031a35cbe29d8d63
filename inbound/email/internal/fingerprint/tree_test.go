package fingerprint

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

var decoder = mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(r), nil
}}

// node is a part of a well-formed message, read with the standard library.
type node struct {
	fields    []string
	mediaType string
	params    map[string]string
	encoding  string
	body      string // as it is in the message
	preamble  string
	epilogue  string
	parts     []*node
}

// parseTree reads a message; nil if it is not well formed.
func parseTree(raw string) *node {
	fields, rest, ok := splitHeader(raw)
	if !ok {
		return nil
	}
	_, body, _ := strings.Cut(rest, "\n")
	n := &node{fields: fields, body: body, mediaType: "text/plain"}
	if at, v, ok := fieldOf(fields, "Content-Type"); ok {
		var err error
		if n.mediaType, n.params, err = mime.ParseMediaType(v); err != nil || !strings.Contains(n.mediaType, "/") {
			return nil
		}
	} else if at >= 0 {
		return nil
	}
	at, v, ok := fieldOf(fields, "Content-Transfer-Encoding")
	if !ok && at >= 0 {
		return nil
	}
	n.encoding = strings.ToLower(v)
	if !strings.HasPrefix(n.mediaType, "multipart/") {
		return n
	}
	b := n.params["boundary"]
	if b == "" {
		return nil
	}
	line := regexp.MustCompile(`(?m)(?:^|\r?\n)--` + regexp.QuoteMeta(b) + `(--)?[ \t]*\r?(?:\n|$)`)
	at = 0
	for i, hit := range line.FindAllStringSubmatchIndex(body, -1) {
		piece := body[at:hit[0]]
		if at > hit[0] {
			return nil
		}
		at = hit[1]
		if i == 0 {
			n.preamble = piece
		} else {
			child := parseTree(piece)
			if child == nil {
				return nil
			}
			n.parts = append(n.parts, child)
		}
		if hit[2] >= 0 {
			n.epilogue = body[at:]
			if line.MatchString(n.epilogue) || len(n.parts) == 0 {
				return nil
			}
			return n
		}
		at-- // the line break may be that in front of the next boundary line
		if body[at] != '\n' {
			return nil
		}
		at++
	}
	return nil
}

func (n *node) render() string {
	var b strings.Builder
	b.WriteString(strings.Join(n.fields, "") + "\r\n")
	if len(n.parts) == 0 {
		return b.String() + n.body
	}
	b.WriteString(n.preamble + "\r\n")
	for _, p := range n.parts {
		b.WriteString("--" + n.params["boundary"] + "\r\n" + p.render() + "\r\n")
	}
	return b.String() + "--" + n.params["boundary"] + "--\r\n" + n.epilogue
}

func onTree(rewrite func(*rand.Rand, *node) bool) func(*rand.Rand, string) (string, bool) {
	return func(rng *rand.Rand, raw string) (string, bool) {
		n := parseTree(raw)
		if n == nil || !rewrite(rng, n) {
			return "", false
		}
		return n.render(), true
	}
}

func (n *node) leaves() []*node {
	if len(n.parts) == 0 {
		return []*node{n}
	}
	var list []*node
	for _, p := range n.parts {
		list = append(list, p.leaves()...)
	}
	return list
}

// set replaces a field.
func (n *node) set(name, value string) {
	n.drop(name)
	n.fields = append(n.fields, name+": "+value+"\r\n")
}

func (n *node) drop(name string) {
	if at, _, _ := fieldOf(n.fields, name); at >= 0 {
		n.fields = append(n.fields[:at:at], n.fields[at+1:]...)
	}
}

// remake writes parameters otherwise, and other boundaries, preambles and epilogues.
func (n *node) remake(rng *rand.Rand) bool {
	if len(n.parts) > 0 {
		n.params["boundary"] = fmt.Sprintf("=_%x %d", rng.Uint64(), rng.IntN(10))
		n.preamble = pick(rng, "", "This is a multi-part message in MIME format.\r\n", "x")
		n.epilogue = pick(rng, "", "\r\n", "scanned by a gateway\r\n")
	}
	if n.params != nil {
		value := n.mediaType
		for k, v := range n.params {
			v = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v)
			value += pick(rng, "; ", ";", ";\r\n\t") + pick(rng, k, strings.ToUpper(k)) + `="` + v + `"`
		}
		n.set("Content-Type", value)
	}
	for _, p := range n.parts {
		p.remake(rng)
	}
	return true
}

func (n *node) isText() bool {
	return strings.HasPrefix(n.mediaType, "text/") || strings.HasPrefix(n.mediaType, "message/")
}

// decoded is the content of a leaf; ok is false if it is not well formed.
func (n *node) decoded() (string, bool) {
	switch n.encoding {
	case "", "7bit", "8bit", "binary":
		if !n.isText() {
			return regexp.MustCompile(`\r?\n`).ReplaceAllString(n.body, "\r\n"), true
		}
		return n.body, true
	case "base64":
		b, err := base64.StdEncoding.DecodeString(strings.NewReplacer(" ", "", "\t", "").Replace(n.body))
		return string(b), err == nil
	case "quoted-printable":
		b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(n.body)))
		return string(b), err == nil
	}
	return "", false
}

// encode puts a content into a leaf, in an encoding of the given choice.
func (n *node) encode(rng *rand.Rand, content string) {
	encoding := pick(rng, "base64", "quoted-printable", "8bit")
	if !n.isText() && strings.ContainsAny(strings.ReplaceAll(content, "\r\n", ""), "\r\n\x00") && encoding == "8bit" {
		encoding = "base64"
	}
	switch encoding {
	case "base64":
		n.body = base64Of(content, 4+rng.IntN(100))
	case "quoted-printable":
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		w.Binary = !n.isText()
		io.WriteString(w, content)
		w.Close()
		n.body = b.String()
	default:
		n.body = content
	}
	n.encoding = encoding
	n.set("Content-Transfer-Encoding", pick(rng, encoding, strings.ToUpper(encoding)))
}

func base64Of(content string, width int) string {
	s := base64.StdEncoding.EncodeToString([]byte(content))
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\r\n")
		s = s[width:]
	}
	return b.String() + s + "\r\n"
}

// reencode changes the transfer encodings of the leaves that are well formed.
func (n *node) reencode(rng *rand.Rand) bool {
	some := false
	for _, l := range n.leaves() {
		if content, ok := l.decoded(); ok {
			l.encode(rng, content)
			some = true
		}
	}
	return some
}

// respace changes white space at the ends of the lines of text.
func (n *node) respace(rng *rand.Rand) bool {
	some := false
	for _, l := range n.leaves() {
		content, ok := l.decoded()
		if !ok || !l.isText() || strings.Contains(content, "\r\r") {
			continue
		}
		again := regexp.MustCompile(`[ \t]*\r?\n`).ReplaceAllStringFunc(content, func(s string) string {
			return pick(rng, "\n", "\r\n", " \r\n", "\t \n")
		})
		l.encode(rng, again)
		some = true
	}
	return some
}

// wrap puts the message into a multipart with one part.
func (n *node) wrap() {
	inner := *n
	inner.fields = nil
	var outer []string
	for _, f := range n.fields {
		if len(f) > 8 && strings.EqualFold(f[:8], "content-") {
			inner.fields = append(inner.fields, f)
		} else {
			outer = append(outer, f)
		}
	}
	*n = node{fields: outer, mediaType: "multipart/mixed", params: map[string]string{"boundary": "wrapped"},
		parts: []*node{&inner}}
	n.set("Content-Type", "multipart/mixed; boundary=wrapped")
}
