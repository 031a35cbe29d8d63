package email

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// addressList reads the mailboxes of a header field (RFC 5322, section 3.4), also
// those of groups. One broken entry does not lose the others: unquoted commas and
// brackets, doubled or missing angle brackets, and names that are addresses are
// repaired. value is valid UTF-8. It takes time linear in value.
func addressList(value string, limit int) []Address {
	value = withoutEntities(value)
	s := addressScanner{
		s:             value,
		lastQuote:     strings.LastIndexByte(value, '"'),
		lastParen:     strings.LastIndexByte(value, ')'),
		lastAngle:     strings.LastIndexByte(value, '>'),
		lastSemicolon: strings.LastIndexByte(value, ';'),
	}
	var list []Address
	var pending []string // names without an address: of "Doe, John <doe@example.com>"
	for len(list) < limit && s.next() {
		a := s.address()
		if a.Address == "" && len(list) == 0 && len(pending) == 0 && s.at >= len(s.s) {
			a = s.localAddress(a)
		}
		switch {
		case a.Address == "" && s.ended == ',' && s.at < len(s.s):
			if a.Name != "" {
				pending = append(pending, a.Name)
			}
			continue
		case a.Address == "" && (len(list) > 0 || s.at < len(s.s)):
			continue
		case a.Name != "" && (s.hasAngle || a.Address == ""):
			a.Name = strings.Join(append(pending, a.Name), ", ")
		case a.Address == "":
			a.Name = strings.Join(pending, ", ")
		}
		pending = pending[:0]
		if a != (Address{}) {
			list = append(list, a)
		}
	}
	return list
}

// addressScanner splits an address list into entries.
type addressScanner struct {
	s  string
	at int
	// Where the last of each stands: an opening one behind it is not closed.
	lastQuote, lastParen, lastAngle, lastSemicolon int

	// The entry.
	raw      strings.Builder // as written, without comments and angle brackets
	name     strings.Builder // the same without quotes
	comment  string
	angle    string
	hasAngle bool
	behind   int  // where in name the text behind the angle brackets begins
	hasAt    bool // raw has an "@"
	ended    byte // what ended it: ',', ';' or 0
}

// next reads an entry. It reports false at the end.
func (s *addressScanner) next() bool {
	s.raw.Reset()
	s.name.Reset()
	s.comment, s.angle, s.hasAngle, s.behind, s.hasAt, s.ended = "", "", false, 0, false, 0
	if s.at >= len(s.s) {
		return false
	}
	for s.at < len(s.s) {
		c := s.s[s.at]
		switch {
		case c == ',' || c == ';':
			s.at++
			s.ended = c
			return true
		case c == '"' && s.quoted(), c == '(' && s.parens(), c == '<' && s.brackets(), c == '=' && s.word():
			continue
		case c == ':' && s.lastSemicolon > s.at && !s.hasAngle && !s.hasAt:
			s.raw.Reset() // the name of a group
			s.name.Reset()
			s.at++
			continue
		}
		s.hasAt = s.hasAt || c == '@'
		s.raw.WriteByte(c)
		s.name.WriteByte(c)
		s.at++
	}
	return true
}

// quoted reads a quoted string.
func (s *addressScanner) quoted() bool {
	if s.at >= s.lastQuote {
		return false
	}
	for i := s.at + 1; i < len(s.s); i++ {
		switch s.s[i] {
		case '\\':
			i++
			if i < len(s.s) {
				s.name.WriteByte(s.s[i])
			}
		case '"':
			s.raw.WriteString(s.s[s.at : i+1])
			s.at = i + 1
			return true
		default:
			s.name.WriteByte(s.s[i])
		}
	}
	s.raw.WriteString(s.s[s.at:])
	s.at = len(s.s)
	return true
}

// parens reads a comment.
func (s *addressScanner) parens() bool {
	depth := 0
	for i := s.at; i <= s.lastParen; i++ {
		switch s.s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.comment = s.s[s.at+1 : i]
				s.at = i + 1
				s.raw.WriteByte(' ')
				return true
			}
		}
	}
	s.lastParen = -1 // none is closed from here on
	return false
}

// brackets reads an address in angle brackets, however many they are.
func (s *addressScanner) brackets() bool {
	rest := s.s[s.at+1:]
	if next := strings.TrimLeft(rest, " \t"); s.hasAt && (next == "" || next[0] == ',' || next[0] == ';') {
		return false // it closes a reversed pair: "Jane >jane@example.com<"
	}
	local := quotedLocal(rest)
	end := len(rest)
	if s.lastAngle > s.at+local {
		end = local + strings.IndexByte(rest[local:], '>')
	} else if i := strings.IndexAny(rest[local:], ",;"); i >= 0 {
		end = local + i // not closed
	}
	inner := withoutComments(rest[local:end])
	s.at += 1 + end
	for s.at < len(s.s) && s.s[s.at] == '>' {
		s.at++
	}
	if i := strings.LastIndexByte(inner, '<'); i >= 0 {
		if before := rest[:local] + inner[:i]; addrSpec(before) != addrSpec(inner[i+1:]) {
			s.name.WriteString(before)
		}
		inner, local = inner[i+1:], 0
	}
	inner = rest[:local] + inner
	hasAt := strings.Contains(inner, "@")
	if s.hasAngle && !hasAt {
		return true // what follows the address
	}
	if s.hasAngle && !strings.Contains(s.angle, "@") {
		s.name.WriteString(" " + s.angle) // of the name
	}
	s.angle, s.hasAngle, s.behind = inner, true, s.name.Len()
	return true
}

// quotedLocal returns the length of the quoted local part that s begins with (RFC 5322,
// section 3.4.1), which may have any characters; 0 if there is none.
func quotedLocal(s string) int {
	start := len(s) - len(strings.TrimLeft(s, " \t"))
	if start == len(s) || s[start] != '"' {
		return 0
	}
	for i := start + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if strings.HasPrefix(strings.TrimLeft(s[i+1:], " \t"), "@") {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// isEscaped reports whether a backslash takes its meaning from the character at i.
func isEscaped(s string, i int) bool {
	return (i-len(strings.TrimRight(s[:i], `\`)))%2 == 1
}

// word reads an encoded word, which may have commas and brackets.
func (s *addressScanner) word() bool {
	w, ok := parseEncodedWord(s.s[s.at:])
	if !ok {
		return false
	}
	text := s.s[s.at : s.at+w.length]
	s.raw.WriteString(text)
	s.name.WriteString(text)
	s.at += w.length
	return true
}

// address makes an address of the entry.
func (s *addressScanner) address() Address {
	whole := s.name.String()
	if s.hasAngle && isLeftover(whole[s.behind:], s.angle) {
		whole = whole[:s.behind]
	}
	name := displayName(whole)
	if s.hasAngle {
		a := Address{Name: name, Address: addrSpec(s.angle)}
		if !strings.Contains(a.Address, "@") {
			if found, rest := findAddress(s.raw.String()); found != "" {
				return Address{Name: cmp.Or(displayName(rest), displayName(s.angle)), Address: found}
			}
			if strings.ContainsAny(s.angle, " \t:") { // words, not even a mailbox of this host
				a.Name, a.Address = strings.TrimSpace(name+" "+a.Address), ""
			}
		}
		a.Name = cmp.Or(a.Name, displayName(s.comment))
		return a
	}
	found, rest := findAddress(s.raw.String())
	if found == "" {
		// All of it may be in one encoded word.
		if i := strings.IndexByte(name, '<'); i >= 0 && strings.Contains(s.raw.String(), "=?") {
			if j := strings.IndexByte(name[i:], '>'); j > 0 && strings.Contains(name[i:i+j], "@") {
				return Address{Name: displayName(name[:i]), Address: addrSpec(name[i+1 : i+j])}
			}
		}
		if decoded, rest := findAddress(name); decoded != "" {
			return Address{Name: displayName(rest), Address: decoded}
		}
		if inComment, _ := findAddress(s.comment); inComment != "" {
			return Address{Name: name, Address: inComment}
		}
		return Address{Name: name}
	}
	return Address{Name: cmp.Or(displayName(rest), displayName(s.comment)), Address: found}
}

// findAddress looks for an addr-spec that stands without angle brackets, and
// returns what is around it too.
func findAddress(s string) (address, rest string) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", s
	}
	// "john @ example.com": the spaces are not meant.
	start, end := len(strings.TrimRight(s[:at], " \t")), len(s)-len(strings.TrimLeft(s[at+1:], " \t"))
	if start > 0 && s[start-1] == '"' {
		if isEscaped(s, start-1) {
			return "", s // within an outer quoted string
		}
		if i := openingQuote(s[:start-1]); i >= 0 {
			start = i
		}
	}
	if i := strings.LastIndexAny(s[:start], " \t\"'(:"+brackets); i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		start = i + size
	} else if start > 0 && s[start-1] != '"' {
		start = 0
	}
	if strings.HasPrefix(s[start:], "=?") { // an encoded word that touches the address is the name
		if i := strings.LastIndex(s[start:at], "?="); i >= 0 && start+i+2 < at {
			start += i + 2
		}
	}
	if i := strings.IndexAny(s[end:], " \t\"'()}"+brackets); i >= 0 && s[end] != '[' {
		end += i
	} else {
		end = len(s)
	}
	if s[start] == '{' && end < len(s) && s[end] == '}' {
		start++ // alone, it may be in a local part
	}
	address = addrSpec(s[start:end])
	if strings.HasPrefix(address, "@") || strings.HasSuffix(address, "@") {
		return "", s
	}
	return address, around(s[:start], s[end:])
}

// openingQuote returns where the quoted string begins whose content s ends with; -1 if
// it has no beginning.
func openingQuote(s string) int {
	i := strings.LastIndexByte(s, '"')
	for i >= 0 && isEscaped(s, i) {
		i = strings.LastIndexByte(s[:i], '"')
	}
	return i
}

// addrSpec cleans an address of what programs put around it. What clean would remove is
// U+FFFD in an address, and so are spaces outside of ASCII: without them, it could be
// somebody else's.
func addrSpec(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case isHarmful(r), r >= utf8.RuneSelf && unicode.IsSpace(r):
			return utf8.RuneError
		}
		return r
	}, decodeWords(s))
	return strings.Trim(bareAddress(s), " ")
}

func bareAddress(s string) string {
	if i := strings.IndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") {
		s = s[:i] // a comment
	}
	s = withoutScheme(withoutEnd(strings.Trim(s, " \t'<>,;")))
	if inner, ok := encapsulated(s); ok {
		return inner
	}
	if strings.HasPrefix(s, "@") { // a source route (RFC 5322, section 4.4)
		if i := strings.IndexByte(s, ':'); i >= 0 {
			s = s[i+1:]
		}
	}
	if n := quotedLocal(s); n > 0 {
		domain := strings.TrimLeft(s[n:], " \t@")
		return s[:n] + "@" + domain
	}
	if strings.HasPrefix(s, "\"") {
		if strings.HasSuffix(s, "\"") {
			s = withoutScheme(strings.Trim(s, "\"")) // all of it is quoted
		}
		return s
	}
	if strings.ContainsAny(s, " \t") {
		words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' })
		whole := strings.Join(words, "")
		for _, w := range words {
			i := strings.IndexByte(w, '@')
			if i > 0 && i < len(w)-1 && strings.Count(whole, "@") == strings.Count(whole, w) {
				return w
			}
		}
		return whole
	}
	return s
}

// displayName makes a name readable.
func displayName(s string) string {
	s = clean(decodeWords(strings.TrimSpace(s)))
	if strings.Contains(s, `\"`) {
		s = strings.TrimSpace(strings.ReplaceAll(s, `\"`, `"`)) // quotes that were escaped once too often
	}
	for len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	if strings.Count(s, `"`) == 1 {
		s = strings.TrimSpace(strings.Trim(s, `"`)) // not closed
	}
	if strings.Trim(s, `"' <>[](){},;:`) == "" {
		return ""
	}
	if strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}
