package email

import (
	"strings"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// codeLength returns how many bytes the enhanced status code (RFC 3463) has that s begins with, such as
// "5.1.1"; 0 if there is none. Its second number has at most so many digits.
func codeLength(s string, subjectDigits int) int {
	if len(s) < len("5.1.1") || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return 0
	}
	end := 2 + leadingDigits(s[2:])
	if end == 2 || end > 2+subjectDigits || end == len(s) || s[end] != '.' {
		return 0
	}
	end++
	n := leadingDigits(s[end:])
	if n == 0 || n > 3 {
		return 0
	}
	return end + n
}

// statusCode returns the enhanced status code of a known subject that s begins with, or "".
func statusCode(s string) string {
	n := codeLength(s, 1)
	if n > 0 && s[2] > '7' {
		return ""
	}
	return s[:n]
}

// statusWord is statusCode for a code that ends with its word.
func statusWord(s string) string {
	code := statusCode(s)
	if !endsWord(s, len(code)) {
		return ""
	}
	return code
}

// statusOf reads the field Status of a delivery status, which may have a reply code before the status code.
func statusOf(value string) string {
	value = strings.TrimLeftFunc(value, func(r rune) bool { return r < '0' || r > '9' })
	if leadingDigits(value) == 3 {
		code := strings.TrimLeft(value[3:], " -")
		if len(code) == len(value[3:]) {
			return ""
		}
		value = strings.TrimPrefix(code, "#")
	}
	return statusWord(value)
}

// codeIn returns where the first status code of a failure or a delay is in a text; end is 0 if there is
// none. Neither dots nor what isPart reports touch it, as in versions and IP addresses; but one dot may
// stand behind it.
func codeIn(text string, isPart func(byte) bool) (start, end int) {
	touches := func(c byte) bool { return c == '.' || isPart(c) }
	for at := 0; ; at++ {
		dot := strings.IndexByte(text[at:], '.')
		if dot < 0 {
			return 0, 0
		}
		at += dot
		start = at - 1
		if start < 0 || text[start] == '2' || start > 0 && touches(text[start-1]) {
			continue
		}
		if end = start + len(statusCode(text[start:])); end > start {
			if behind := strings.TrimPrefix(text[end:], "."); behind == "" || !touches(behind[0]) {
				return start, end
			}
		}
	}
}

// exactStatus returns code, an enhanced status code (RFC 3463), or the first one in
// words if that says more of the same: code may be missing or be as general as 5.0.0.
// Versions and IP addresses are no codes.
func exactStatus(code, words string) string {
	code, _ = nextStatus(code, words)
	return code
}

// detailedStatus is exactStatus with all codes in words: servers put a general one before that
// of the server which they talked to.
func detailedStatus(code, words string) string {
	for words != "" && (code == "" || isGeneral(code)) {
		code, words = nextStatus(code, words)
	}
	return code
}

// nextStatus looks at the first code in words, and returns what stands behind it, too.
func nextStatus(code, words string) (exact, rest string) {
	if code != "" && !isGeneral(code) {
		return code, ""
	}
	start, end := codeIn(words, isDigit)
	if end == 0 {
		return code, ""
	}
	if other := words[start:end]; code == "" || other[0] == code[0] {
		code = other
	}
	return code, words[end:]
}

// isGeneral reports a code that says no more than its class.
func isGeneral(code string) bool { return strings.HasSuffix(code, ".0.0") }

var (
	// replyWords are what the text behind a reply code begins with.
	replyWords = phrases.Of(
		"requested|user|mailbox|no such|unknown|recipient|address|relay|unrout|invalid|message|sorry",
		"reject|refuse|denied|access|account|host|domain|permanent|sender|spf|dkim|dmarc|block|not our|this account",
		"the email|too many|service|temp|delivery|over|quota|spam|unable|cannot|could not|does not|verif|greylist",
		"try again|local|policy|command|transaction|connect")
	codeContext = phrases.New([]string{"smtp", "mail", "user", "recipient", "address", "reject", "denied", "refused",
		"relay", "spam", "message", "dsn", "status", "deliver", "unknown", "quota", "domain", "host", "error", "said",
		"permanent", " #", "(#"})
	noCode = phrases.New([]string{"version", "release", "firmware", "update", "build ", "ver.", "ios ", "android"})
)

const (
	longestMailbox   = 64 // characters of a local part (RFC 5321, section 4.5.3.1.1)
	longestReplyWord = 16 // bytes, more than replyWords have
)

// hasReplyCode reports whether a text has what a mail server answers (RFC 5321, section 4.2), or
// an enhanced status code (RFC 3463) beside words about mail. Prices, telephone numbers, dates,
// versions and numbers of articles are none.
func hasReplyCode(text string) bool {
	if strings.IndexByte(text, '5') < 0 && strings.IndexByte(text, '4') < 0 {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = line[:min(len(line), longestLine)]
		if hasReply(line) {
			return true
		}
		start, end := codeIn(line, isWordByte)
		if end == 0 || !isStatusCode(line[start+2:start+3], line[start+4:end]) {
			continue
		}
		if lower := strings.ToLower(line); codeContext.In(lower) && !noCode.In(lower) {
			return true
		}
	}
	return false
}

// hasReply reports whether a line has a reply code with what a mail server says.
func hasReply(line string) bool {
	for i := 0; i+len("550 ") < len(line); i++ {
		if line[i] != '4' && line[i] != '5' || line[i+1] < '0' || line[i+1] > '5' || !isDigit(line[i+2]) {
			continue
		}
		if i > 0 {
			before, _ := utf8.DecodeLastRuneInString(line[:i])
			if isWordByte(line[i-1]) || strings.ContainsRune(".,:/$€£+-", before) {
				continue // of a number, or a price
			}
		}
		if isReply(line[i+3:]) {
			return true
		}
	}
	return false
}

// isReply reports whether s, which follows a reply code, goes on as a mail server does: with a status code,
// an address, or words.
func isReply(s string) bool {
	text := s
	for n := 0; n < 3 && text != "" && strings.IndexByte(" :-", text[0]) >= 0; n++ {
		if text = text[1:]; isMailbox(text) {
			return true
		}
	}
	if len(text) == len(s) {
		return false
	}
	text = strings.TrimPrefix(text, "#")
	if n := codeLength(text, 2); n > 0 && text[0] != '2' && endsWord(text, n) || isMailbox(text) {
		return true
	}
	lower := strings.ToLower(text[:min(len(text), longestReplyWord)])
	return replyWords.Begin(lower) || strings.HasPrefix(lower, "mail") && endsWord(text, len("mail"))
}

// isMailbox reports whether s begins with an address, perhaps in angle brackets.
func isMailbox(s string) bool {
	s = strings.TrimPrefix(s, "<")
	at := strings.IndexAny(s, " \t\r\n\f<>@")
	return at > 0 && s[at] == '@' && utf8.RuneCountInString(s[:at]) <= longestMailbox
}

// isStatusCode reports whether there is such a detail of a subject of an enhanced status code,
// in the registry (RFC 5248) or, from 100 on, in use.
func isStatusCode(subject, detail string) bool {
	if len(detail) > 2 {
		return detail[0] != '0'
	}
	last := [...]string{"01", "11", "14", "06", "17", "07", "11", "30"}[subject[0]-'0']
	return len(detail) == 1 && "0"+detail <= last || len(detail) == 2 && detail[0] != '0' && detail <= last
}

// leadingDigits returns how many digits s begins with.
func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// endsWord reports whether no letter, digit or "_" of ASCII stands at a place in s.
func endsWord(s string, at int) bool { return at == len(s) || !isWordByte(s[at]) }

func isWordByte(c byte) bool { return isASCIIWord(c) || c == '_' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
