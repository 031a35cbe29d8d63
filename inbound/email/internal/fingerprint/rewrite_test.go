package fingerprint

import (
	"fmt"
	"math/rand/v2"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// rewriter writes a message anew as a server does. ok is false if it does not apply
// to the message.
type rewriter struct {
	name    string
	rewrite func(rng *rand.Rand, raw string) (again string, ok bool)
}

var rewriters = []rewriter{
	{"header lines added", onHeader(addLines)},
	{"header lines in another order", onHeader(shuffle)},
	{"case of header names", onHeader(changeCase)},
	{"header folded otherwise", onHeader(refold)},
	{"LF", func(_ *rand.Rand, raw string) (string, bool) { return strings.ReplaceAll(raw, "\r\n", "\n"), true }},
	{"CRLF", func(_ *rand.Rand, raw string) (string, bool) {
		return strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n"), true
	}},
	{"white space at the end", func(rng *rand.Rand, raw string) (string, bool) {
		return raw + lineBreak(raw) + pick(rng, "\n", "\r\n\r\n", " \r\n\t\n", "\n\n\n\n\n"), hasBlankLine(raw)
	}},
	{"mbox", toMbox},
	{"Date written otherwise", onHeader(rewriteDate)},
	// These need a message that the standard library reads.
	{"encoded words written otherwise", onHeader(rewriteWords)},
	{"From quoted otherwise", onHeader(requoteFrom)},
	{"MIME written anew", onTree(func(rng *rand.Rand, n *node) bool { return n.remake(rng) })},
	{"transfer encodings", onTree(func(rng *rand.Rand, n *node) bool { return n.reencode(rng) })},
	{"one level more", onTree(func(_ *rand.Rand, n *node) bool { n.wrap(); return true })},
	{"spaces at the ends of lines", onTree(func(rng *rand.Rand, n *node) bool { return n.respace(rng) })},
}

// fuzzed is how many of the rewriters take whatever a message is.
const fuzzed = 9

func pick(rng *rand.Rand, list ...string) string { return list[rng.IntN(len(list))] }

var blankLine = regexp.MustCompile(`(?m)^\r?\n`)

func hasBlankLine(raw string) bool { return blankLine.MatchString(raw) }

func lineBreak(raw string) string {
	if strings.Contains(raw, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// splitHeader splits a message, or a part, into its fields, each with its line
// breaks, and the rest with the blank line, without the line of an mbox file. ok is
// false if there are other lines.
func splitHeader(raw string) (fields []string, rest string, ok bool) {
	rest = raw
	if strings.HasPrefix(raw, "From ") && !strings.HasPrefix(strings.TrimLeft(raw[5:], " "), ":") {
		_, rest, _ = strings.Cut(raw, "\n")
	}
	for rest != "" {
		line, after, found := strings.Cut(rest, "\n")
		line += "\n"
		switch {
		case !found:
			return nil, "", false
		case isBlank(line):
			return fields, rest, len(fields) > 0
		case line[0] == ' ' || line[0] == '\t':
			if len(fields) == 0 {
				return nil, "", false
			}
			fields[len(fields)-1] += line
		case fieldLine.MatchString(line):
			fields = append(fields, line)
		default:
			return nil, "", false
		}
		rest = after
	}
	return nil, "", false
}

func onHeader(rewrite func(*rand.Rand, []string) []string) func(*rand.Rand, string) (string, bool) {
	return func(rng *rand.Rand, raw string) (string, bool) {
		fields, rest, ok := splitHeader(raw)
		if !ok {
			return "", false
		}
		fields = rewrite(rng, fields)
		return strings.Join(fields, "") + rest, fields != nil
	}
}

var added = []string{
	"Received: from mx.example.net (mx.example.net [192.0.2.1])\r\n\tby mail.example.com;\r\n" +
		" Thu, 26 Nov 2026 10:00:00 +0000\r\n",
	"X-MS-Exchange-Organization-SCL: 1\r\n", "Status: RO\r\n", "X-UID: 17\r\n", "X-Status: A\r\n",
	"X-Pm-Gluon-Id: 1c6ea7b5-8f4c-4a65-a1a2-0a5a1a0f7d11\r\n", "Delivered-To: sales@shop.example\r\n",
	"Authentication-Results: mx.example.net;\n dkim=pass header.d=example.com\n", "X-Subject: other\r\n",
	"List-Unsubscribe: <mailto:off@example.com>\r\n", "Return-Path: <other@example.com>\r\n",
	"Resent-Date: Thu, 26 Nov 2026 10:00:00 +0000\r\n", "X-IMAPbase: 1 2\n", "Content-Length: 5\r\n", "Lines: 1\r\n",
}

func addLines(rng *rand.Rand, fields []string) []string {
	for range 1 + rng.IntN(6) {
		at := rng.IntN(len(fields) + 1)
		fields = append(fields[:at:at], append([]string{pick(rng, added...)}, fields[at:]...)...)
	}
	return fields
}

func shuffle(rng *rand.Rand, fields []string) []string {
	rng.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return fields
}

func changeCase(rng *rand.Rand, fields []string) []string {
	for i, f := range fields {
		name, value, _ := strings.Cut(f, ":")
		switch rng.IntN(3) {
		case 0:
			name = strings.ToLower(name)
		case 1:
			name = strings.ToUpper(name)
		}
		fields[i] = name + ":" + value
	}
	return fields
}

var foldable = regexp.MustCompile(`\S[ \t]+\S`)

func refold(rng *rand.Rand, fields []string) []string {
	for i, f := range fields {
		br := lineBreak(f)
		name, value, _ := strings.Cut(strings.TrimRight(f, "\r\n"), ":")
		value = strings.NewReplacer("\r\n", "", "\n", "").Replace(value)
		if rng.IntN(2) == 0 {
			value = foldable.ReplaceAllStringFunc(value, func(s string) string {
				if rng.IntN(3) == 0 {
					first, _ := utf8.DecodeRuneInString(s)
					if first == utf8.RuneError {
						return s
					}
					return string(first) + br + pick(rng, " ", "\t", "  ") + strings.TrimLeft(s[len(string(first)):], " \t")
				}
				return s
			})
		}
		if strings.Trim(value, " \t") != "" && rng.IntN(4) == 0 {
			value = br + " " + strings.TrimLeft(value, " \t")
		}
		fields[i] = name + ":" + pick(rng, "", " ") + value + br
	}
	return fields
}

// fieldOf returns the only field with a name, and its value without folding.
func fieldOf(fields []string, name string) (at int, value string, ok bool) {
	at = -1
	for i, f := range fields {
		if n, v, _ := strings.Cut(f, ":"); strings.EqualFold(strings.TrimRight(n, " \t"), name) {
			if at >= 0 {
				return 0, "", false
			}
			at, value = i, strings.TrimSpace(strings.NewReplacer("\r\n", "", "\n", "").Replace(v))
		}
	}
	return at, value, at >= 0 && value != ""
}

var encodedRun = regexp.MustCompile(`=\?[^?\s]+\?[bBqQ]\?[^?\s]+\?=([ \t]+=\?[^?\s]+\?[bBqQ]\?[^?\s]+\?=)*`)

func rewriteWords(rng *rand.Rand, fields []string) []string {
	changed := false
	for _, name := range [...]string{"Subject", "From", "Message-ID"} {
		at, value, ok := fieldOf(fields, name)
		if !ok {
			continue
		}
		again := encodedRun.ReplaceAllStringFunc(value, func(run string) string {
			text, err := decoder.DecodeHeader(run)
			if err != nil || strings.ContainsAny(text, "\uFFFD\r\n\x00") || strings.Contains(text, "=?") {
				return run
			}
			changed = true
			return encodeAs(rng, text)
		})
		if again == value && name == "Subject" && utf8.ValidString(value) && !strings.Contains(value, "=?") {
			again, changed = encodeAs(rng, value), true
		}
		fields[at] = name + ": " + again + "\r\n"
	}
	if !changed {
		return nil
	}
	return fields
}

// encodeAs writes text as encoded words of some kind, or as it is.
func encodeAs(rng *rand.Rand, text string) string {
	words := func(label, s string) string {
		if len(s) > 5 && rng.IntN(2) == 0 { // split anywhere: programs split characters
			n := 1 + rng.IntN(len(s)-1)
			return encodedWord(label, s[:n]) + pick(rng, " ", "\r\n ", "  ") + encodedWord(strings.ToLower(label), s[n:])
		}
		return encodedWord(label, s)
	}
	switch rng.IntN(5) {
	case 0:
		if !strings.Contains(text, "=?") && strings.TrimSpace(text) == text {
			return text
		}
	case 1:
		for _, c := range []struct {
			label string
			m     *charmap.Charmap
		}{{"ISO-8859-15", charmap.ISO8859_15}, {"windows-1251", charmap.Windows1251}, {"KOI8-R", charmap.KOI8R},
			{"ISO-8859-2", charmap.ISO8859_2}} {
			if b, err := c.m.NewEncoder().String(text); err == nil {
				return words(c.label, b)
			}
		}
	case 2:
		if b, err := japanese.ISO2022JP.NewEncoder().String(text); err == nil {
			return encodedWord("iso-2022-jp", b)
		}
	case 3:
		return words("UTF-8*en", text)
	}
	return words("utf-8", text)
}

// encodedWord makes one word, in base64 or with each byte quoted.
func encodedWord(label, s string) string {
	if len(s)%2 == 0 {
		return "=?" + label + "?b?" + strings.TrimRight(base64Of(s, 1<<20), "\r\n") + "?="
	}
	var b strings.Builder
	for _, c := range []byte(s) {
		if c == ' ' {
			b.WriteByte('_')
		} else {
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return "=?" + label + "?Q?" + b.String() + "?="
}

var numericZone = regexp.MustCompile(`^[^()]*(?:[+-]\d{4}|GMT|UT)\s*(?:\([^()]*\))?$`)

func rewriteDate(rng *rand.Rand, fields []string) []string {
	at, value, ok := fieldOf(fields, "Date")
	t, err := mail.ParseDate(value)
	if !ok || err != nil || t.Year() < 1900 || !numericZone.MatchString(value) {
		return nil
	}
	t = t.In(time.FixedZone("", (rng.IntN(27)-12)*3600+rng.IntN(2)*1800))
	switch rng.IntN(4) {
	case 0:
		value = t.Format("Mon, 2 Jan 2006 15:04:05 -0700 (CEST)")
	case 1:
		value = t.Format("02 Jan 2006 15:04:05 -0700")
	case 2:
		value = t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	case 3:
		value = strings.ToUpper(t.UTC().Format("Mon,  2 Jan 2006\r\n 15:04:05 +0000 (a (nested) comment)"))
	}
	fields[at] = "Date: " + value + "\r\n"
	return fields
}

var plainAddress = regexp.MustCompile(`^("?)([A-Za-z0-9 .-]*)("?) *<([^<>"\s]+)>$`)

func requoteFrom(rng *rand.Rand, fields []string) []string {
	at, value, ok := fieldOf(fields, "From")
	m := plainAddress.FindStringSubmatch(value)
	if !ok || m == nil || m[1] != m[3] {
		return nil
	}
	address, name := m[4], strings.TrimSpace(m[2])
	if local, domain, _ := strings.Cut(address, "@"); !strings.Contains(domain, "@") && rng.IntN(2) == 0 {
		address = strings.TrimSuffix(local+"@"+strings.ToUpper(domain), "@")
	}
	switch {
	case name == "":
		value = pick(rng, address, "<"+address+">")
	default:
		value = pick(rng, `"`+name+`" <`, name+" <", `"`+name+`"<`, name+"\r\n <") + address + ">"
	}
	fields[at] = "From: " + value + "\r\n"
	return fields
}

var fromLine = regexp.MustCompile(`(?m)^(>*From )`)

func toMbox(_ *rand.Rand, raw string) (string, bool) {
	fields, rest, ok := splitHeader(raw)
	rest = fromLine.ReplaceAllString(rest, ">$1")
	return "From sender@example.com Thu Nov 26 10:00:00 2026\n" + strings.Join(fields, "") + rest, ok
}
