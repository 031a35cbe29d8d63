package email

import (
	"strconv"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/charset"
	"github.com/postroom/postroom/inbound/email/internal/transfer"
)

// parameter is one parameter of Content-Type or Content-Disposition; one in
// pieces (RFC 2231, section 3) is several.
type parameter struct {
	key     string // lower case, without section and asterisks
	section int    // of a continuation; -1: none
	encoded bool   // percent-encoded, in the first piece behind charset and language
	value   string
}

// maxParameters is more than any program writes.
const maxParameters = 200

// parseParameters splits a value such as `text/plain; charset="utf-8"` into what
// comes first, in lower case, and its parameters. It allows what programs get wrong:
// spaces in unquoted values, quotes that are not closed, missing semicolons.
func parseParameters(value string, list []parameter) (string, []parameter) {
	end := strings.IndexAny(value, "; \t")
	if end < 0 {
		end = len(value)
	}
	first := strings.ToLower(strings.Trim(value[:end], "\"'"))
	rest := value[end:]
	for len(list) < maxParameters {
		rest = strings.TrimLeft(rest, "; \t\r\n")
		if rest == "" {
			break
		}
		end := strings.IndexAny(rest, "=;")
		if end < 0 {
			break
		}
		if rest[end] == ';' {
			rest = rest[end+1:]
			continue
		}
		p := parameter{key: strings.ToLower(strings.TrimSpace(rest[:end])), section: -1}
		if i := strings.LastIndexAny(p.key, " \t"); i >= 0 {
			p.key = p.key[i+1:] // what stands before is neither a parameter nor separated from one
		}
		p.value, rest = parameterValue(strings.TrimLeft(rest[end+1:], " \t"))
		if key, ok := strings.CutSuffix(p.key, "*"); ok {
			p.key, p.encoded = key, true
		}
		if i := strings.IndexByte(p.key, '*'); i >= 0 {
			if n, err := strconv.Atoi(p.key[i+1:]); err == nil && n >= 0 {
				p.key, p.section = p.key[:i], n
			}
		}
		list = append(list, p)
	}
	return first, list
}

// parameterValue cuts a value off the beginning of s.
func parameterValue(s string) (value, rest string) {
	if s == "" {
		return "", ""
	}
	if s[0] != '"' {
		// An encoded word may have semicolons.
		words := 0
		for {
			w, ok := parseEncodedWord(s[words:])
			if !ok {
				break
			}
			words += w.length
			words += len(s[words:]) - len(strings.TrimLeft(s[words:], " \t"))
		}
		end := len(s)
		if i := strings.IndexByte(s[words:], ';'); i >= 0 {
			end = words + i
		}
		return strings.TrimSpace(s[:end]), s[end:]
	}
	s = s[1:]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:]
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			// Other backslashes are those of Windows paths.
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	// Not closed: the value ends where an unquoted one would.
	value, rest, _ = strings.Cut(b.String(), ";")
	return strings.TrimSpace(value), rest
}

// get returns the value of a parameter as Unicode; "" when there is none. The
// form of RFC 2231 wins over the plain one.
func get(list []parameter, key string) string {
	plain, found := "", false
	var pieces []*parameter
	for i := range list {
		p := &list[i]
		switch {
		case p.key != key:
		case p.section >= 0:
			pieces = append(pieces, p)
		case p.encoded:
			return extended([]*parameter{p})
		case !found || plain == "":
			plain, found = p.value, true
		}
	}
	if len(pieces) > 0 {
		if v := extended(inOrder(pieces)); v != "" {
			return v
		}
	}
	return plain
}

// inOrder sorts the pieces of a parameter by their sections. Of two with the same
// number the first counts.
func inOrder(pieces []*parameter) []*parameter {
	at := make(map[int]*parameter, len(pieces))
	for _, p := range pieces {
		if at[p.section] == nil {
			at[p.section] = p
		}
	}
	ordered := make([]*parameter, 0, len(pieces))
	for n := range maxParameters {
		if p := at[n]; p != nil {
			ordered = append(ordered, p)
		}
	}
	return ordered
}

// extended decodes the pieces of a parameter (RFC 2231, section 4).
func extended(pieces []*parameter) string {
	label := ""
	var raw []byte
	encoded := false
	for i, p := range pieces {
		v := p.value
		if p.encoded {
			encoded = true
			if i == 0 {
				if a, b, ok := strings.Cut(v, "'"); ok {
					if _, c, ok := strings.Cut(b, "'"); ok {
						label, v = a, c
					}
				}
			}
			raw = append(raw, unpercent(v)...)
			continue
		}
		raw = append(raw, v...)
	}
	if !encoded {
		return string(raw)
	}
	text, _ := charset.Decode(raw, label)
	return text
}

// unpercent undoes percent-encoding; what is not valid stays.
func unpercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, ok := transfer.HexPair(s[i+1], s[i+2]); ok {
				out = append(out, c)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}
