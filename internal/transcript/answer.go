package transcript

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// variable is what is replaced in an answer: a name in braces, perhaps with a factor, or a
// byte.
var variable = regexp.MustCompile(`\{([a-z]+)(\*\d+)?\}|\\x[0-9a-f]{2}`)

// say sends a line of an answer, about a message unless m is nil.
func (s *session) say(text string, m *Message) {
	line := variable.ReplaceAllStringFunc(text, func(found string) string {
		if found[0] == '\\' {
			value, _ := strconv.ParseUint(found[2:], 16, 8) // the expression has found two digits
			return string([]byte{byte(value)})
		}
		parts := variable.FindStringSubmatch(found)
		value, ok := s.ofMailbox(parts[1])
		if !ok && m != nil {
			value, ok = s.ofMessage(parts[1], max(1, int(atoi(strings.TrimPrefix(parts[2], "*")))), m)
		}
		if !ok {
			s.problem("%s is not known here", found)
		}
		return value
	})
	_, _ = s.out.WriteString(line + "\r\n") // Flush returns the error
}

// ofMailbox returns a variable that is not about one message.
func (s *session) ofMailbox(name string) (string, bool) {
	switch name {
	case "tag":
		return s.tag, true
	case "space":
		return " ", true
	case "count":
		return strconv.Itoa(len(s.view)), true
	case "octets":
		octets := 0
		for _, m := range s.view {
			octets += len(m.Raw)
		}
		return strconv.Itoa(octets), true
	case "uidnext":
		return itoa(s.t.Messages[len(s.t.Messages)-1].UID + 1), true
	case "uids":
		uids := make([]string, len(s.selected))
		for i, m := range s.selected {
			uids[i] = itoa(m.UID)
		}
		return strings.Join(uids, " "), true
	}
	return "", false
}

// ofMessage returns a variable of a message.
func (s *session) ofMessage(name string, factor int, m *Message) (string, bool) {
	switch name {
	case "n":
		for i := range s.view {
			if s.view[i].UID == m.UID {
				return strconv.Itoa(i + 1), true
			}
		}
	case "uid":
		return itoa(m.UID), true
	case "size":
		return strconv.Itoa(len(m.Raw) * factor), true
	case "date":
		return m.date.Format("02-Jan-2006 15:04:05 -0700"), true
	case "body":
		return literal(m.Raw), true
	case "header":
		return literal(m.header()), true
	case "text":
		return m.lines(), true
	}
	return "", false
}

func literal(text string) string { return fmt.Sprintf("{%d}\r\n%s", len(text), text) }
