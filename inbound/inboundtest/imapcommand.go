package inboundtest

import (
	"io"
	"strconv"
	"strings"
)

// imapCommand is a command with its literals in place.
type imapCommand struct {
	tag, verb string   // the verb in upper case; "UID FETCH" is one
	words     []string // the arguments
	line      string   // the first line, as it was read
}

// text is the command without its tag, as far as its first line goes.
func (c imapCommand) text() string {
	_, text, _ := strings.Cut(c.line, " ")
	return text
}

// command reads one. It asks for literals where the client waits for that.
func (s *imapSession) command() (imapCommand, bool) {
	line, ok := s.line()
	if !ok {
		return imapCommand{}, false
	}
	c := imapCommand{line: line}
	text := line
	for {
		size, waits, found := literal(text)
		if !found {
			break
		}
		if waits {
			s.say("+ go on")
			s.flush()
		}
		value := make([]byte, size)
		if _, err := io.ReadFull(s.in, value); err != nil {
			return c, false
		}
		rest, ok := s.line()
		if !ok {
			return c, false
		}
		text = text[:strings.LastIndexByte(text, '{')] + quote(string(value)) + rest
	}
	words := split(text)
	if len(words) > 1 {
		c.tag, c.verb, c.words = words[0], strings.ToUpper(words[1]), words[2:]
	}
	if c.verb == "UID" && len(c.words) > 0 {
		c.verb, c.words = "UID "+strings.ToUpper(c.words[0]), c.words[1:]
	}
	return c, true
}

// literal reports a line that ends in {n} or {n+}.
func literal(line string) (size int, waits, found bool) {
	at := strings.LastIndexByte(line, '{')
	if at < 0 || !strings.HasSuffix(line, "}") {
		return 0, false, false
	}
	number, ahead := strings.CutSuffix(line[at+1:len(line)-1], "+")
	size, err := strconv.Atoi(number)
	return size, !ahead, err == nil && size >= 0 && size < 1<<20
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// split cuts a command at its spaces. Quoted strings come without their quotes;
// lists in parentheses, and what is in square brackets, stay whole.
func split(text string) []string {
	var words []string
	var word strings.Builder
	depth, quoted, some := 0, false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
		case c == '"' && depth == 0:
			quoted, some = !quoted, true
		case !quoted && depth == 0 && c == ' ':
			if some {
				words = append(words, word.String())
			}
			word.Reset()
			some = false
		default:
			if !quoted && (c == '(' || c == '[') {
				depth++
			} else if !quoted && (c == ')' || c == ']') {
				depth--
			}
			word.WriteByte(c)
			some = true
		}
	}
	if some {
		words = append(words, word.String())
	}
	return words
}

// items are the members of a list in parentheses, or the one that stands alone.
func items(word string) []string {
	if inner, ok := strings.CutPrefix(word, "("); ok {
		return split(strings.TrimSuffix(inner, ")"))
	}
	return []string{word}
}
