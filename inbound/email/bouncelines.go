package email

import (
	"iter"
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// textField is a line of a text that is like a field of a header.
type textField struct {
	line int    // where the line begins in the text
	name string // what stands before the colon
	rest string // of the text, behind the colon
}

// quoteStarts are what stands before the fields of a header that is quoted.
const quoteStarts = ">| \t"

// fieldsIn returns the lines of a text with a colon, in their order. Any of the characters in starts may
// stand before the name.
func fieldsIn(text, starts string) iter.Seq[textField] {
	return func(yield func(textField) bool) {
		at := 0
		for line := range strings.SplitAfterSeq(text, "\n") {
			name := strings.TrimLeft(line, starts)
			if colon := strings.IndexByte(name, ':'); colon > 0 {
				behind := at + len(line) - len(name) + colon + 1
				if !yield(textField{line: at, name: name[:colon], rest: text[behind:]}) {
					return
				}
			}
			at += len(line)
		}
	}
}

// returnedFields are names of fields that a returned header begins with, in lower case.
var returnedFields = phrases.Words("return-path|received|message-id|x-mailer|mime-version")

// addresseeFields are names of fields with whom a message was sent to, in lower case.
var addresseeFields = phrases.Words("to|recipient|original-recipient|final-recipient")

// whiteSpace is all of ASCII but the vertical tab.
const whiteSpace = " \t\r\n\f"

// idInText returns the Message-ID of a header in a text, or "".
func idInText(text string) string {
	for f := range fieldsIn(text, quoteStarts) {
		if !strings.EqualFold(f.name, "message-id") {
			continue
		}
		id := strings.TrimLeft(f.rest, whiteSpace)
		if end := strings.IndexAny(id[min(len(id), 1):], whiteSpace+"<>"); end > 0 && id[0] == '<' && id[1+end] == '>' {
			return id[:end+2]
		}
	}
	return ""
}

// statusInText returns the status code in the fields of a delivery status that stand in a text, or "".
func statusInText(text string) string {
	for f := range fieldsIn(text, "> ") {
		if !strings.EqualFold(f.name, "status") {
			continue
		}
		if code := statusWord(strings.TrimLeft(f.rest, whiteSpace)); code != "" && code[0] != '2' {
			return code
		}
	}
	return ""
}

// addresseesIn returns the first address of each of the fields in a text that name an addressee.
func addresseesIn(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for f := range fieldsIn(text, quoteStarts) {
			if !addresseeFields[strings.ToLower(strings.TrimRight(f.name, whiteSpace))] {
				continue
			}
			value, _, _ := strings.Cut(f.rest, "\n")
			for address := range addressesIn(value) {
				if !yield(address) {
					return
				}
				break
			}
		}
	}
}

// addressesIn returns what is like an address in a text.
func addressesIn(text string) iter.Seq[string] {
	const around = whiteSpace + "<>;:\"',()="
	return func(yield func(string) bool) {
		for {
			at := strings.IndexByte(text, '@')
			if at < 0 {
				return
			}
			start, end := strings.LastIndexAny(text[:at], around)+1, len(text)
			if i := strings.IndexAny(text[at:], around); i >= 0 {
				end = at + i
			}
			if s := text[start:end]; len(s) > 2 && strings.Contains(s[1:len(s)-1], "@") && !yield(s) {
				return
			}
			text = text[end:]
		}
	}
}

// announcements are words that announce addresses which failed; behind notDelivered may stand the rest of a
// word, and then " to".
var (
	announcements = phrases.New(append(followingNouns(), "message to", "addressed to", "recipient(s)", "address(es)",
		"undelivered to"))
	notDelivered = phrases.Of("not deliver|not be deliver|not been deliver")
)

// followingNouns returns "following recipient" and the like.
func followingNouns() []string {
	var list []string
	for _, kind := range [...]string{"", "email ", "e-mail "} {
		for _, noun := range [...]string{"recipient", "address", "destination", "user"} {
			list = append(list, "following "+kind+noun)
		}
	}
	return list
}

// longestAnnouncement is longer than the words of an announcement, in bytes.
const longestAnnouncement = 32

// belowAnnouncement returns what stands behind the first announcement in a text, or "".
func belowAnnouncement(text string) string {
	for i := range len(text) {
		if i > 0 && isWordByte(text[i-1]) || strings.IndexByte("fmarun", text[i]|0x20) < 0 {
			continue
		}
		lower := strings.ToLower(text[i:min(len(text), i+longestAnnouncement)])
		if words := announcements.Longest(lower); words != "" {
			return text[i+len(words):]
		}
		if words := notDelivered.Longest(lower); words != "" {
			rest := text[i+len(words):]
			for rest != "" && isWordByte(rest[0]) {
				rest = rest[1:]
			}
			if hasPrefixFold(rest, " to") {
				return rest[len(" to"):]
			}
		}
	}
	return ""
}
