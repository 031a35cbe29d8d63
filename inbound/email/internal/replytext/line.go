package replytext

import "strings"

func isBlank(lines []string) bool { return firstNonBlank(lines) == "" }

// firstNonBlank returns the first line that is not blank.
func firstNonBlank(lines []string) string {
	for _, line := range lines {
		if line != "" {
			return line
		}
	}
	return ""
}

// withoutBlankEnd returns lines without the blank ones at their end.
func withoutBlankEnd(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// isQuote reports whether a line is quoted: by ">", by "|" or by the writer's
// initials and ">".
func isQuote(line string) bool {
	line = strings.TrimLeft(line, " \t\f\v\r")
	if line == "" {
		return false
	}
	if line[0] == '>' || line == "|" {
		return true
	}
	if strings.HasPrefix(line, "| ") {
		return strings.IndexByte(line[2:], '|') < 0 // else it is the row of a table
	}
	end := 0
	for end < len(line) && end < longestInitials && isLetter(line[end]) {
		end++
	}
	rest := line[end:]
	return end > 0 && (rest == ">" || strings.HasPrefix(rest, "> "))
}

// longestInitials is how much of a name programs write in front of ">".
const longestInitials = 12

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isSeparator reports whether a line is a rule of dashes and the like.
func isSeparator(line string) bool {
	return line != "" && !isLetter(line[0]) && strings.Trim(line, "-_*=~#+—–ᐧ \t") == "" &&
		strings.TrimSpace(line) != ""
}

// colonAt returns where the first colon is, of either width, in what may be the name of a
// field; -1 when there is none.
func colonAt(line string) int {
	line = line[:min(len(line), longestFieldName+len("："))]
	at := strings.IndexByte(line, ':')
	if wide := strings.Index(line[:max(at, 0)], "："); wide >= 0 {
		return wide // and the other one is in a time of day
	}
	if at < 0 {
		at = strings.Index(line, "：")
	}
	return at
}

// cutColon takes a colon, of either width, off the end.
func cutColon(line string) (before string, ok bool) {
	if before, ok = strings.CutSuffix(line, ":"); ok {
		return before, true
	}
	return strings.CutSuffix(line, "：")
}

// hasEach reports whether s has one of the words of each list. Bars separate words.
func hasEach(s string, lists ...string) bool {
	for _, list := range lists {
		if !containsAny(s, list) {
			return false
		}
	}
	return true
}

// containsAny reports whether s has one of the words that bars separate. Most texts are not searched
// for them, so they stay as they are written: a phrases.Set of each list would be large.
func containsAny(s, words string) bool {
	for word := range strings.SplitSeq(words, "|") {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
