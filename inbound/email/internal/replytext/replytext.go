package replytext

import "strings"

// Extract returns the new text of a reply: text without the quoted message and
// without the signature. It keeps quoted text with interleaved answers, and keeps
// everything where it is not sure. For a pure forward it returns the text of the
// forwarded message. Lines of text end in "\n".
//
// It cuts at the first line that begins the quoted message, or, where that message
// is quoted and new text stands below it, cuts only the attribution line.
func Extract(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r\u00a0\u200b")
	}
	answered := answeredFrom(lines)
	kept := make([]string, 0, len(lines))
	words := 0 // of kept, until they are more than a greeting
cut:
	for i := 0; i < len(lines); {
		kind, length := quotedAt(lines[i:])
		next := i + length
		switch {
		case kind == notQuoted:
			if words <= longestGreeting {
				words += len(strings.Fields(lines[i]))
			}
			kept = append(kept, lines[i])
			i++
		case kind == originalHeader && words == 0:
			// Nothing but a forwarded message: its text is all that there is.
			i, kept = next, kept[:0]
		case kind == attributionLine && isQuote(firstNonBlank(lines[next:])) && answered[next]:
			i = next
			if words <= longestGreeting { // the answer stands below what it answers
				for i < len(lines) && (lines[i] == "" || isQuote(lines[i])) {
					i++
				}
			}
		case kind == attributionLine && !isQuote(firstNonBlank(lines[next:])) && words == 0:
			i = next
		default:
			break cut // nothing but the quoted message follows
		}
	}
	kept = trimTrailer(kept)
	if cut := signatureAt(kept); cut > 0 && !isBlank(kept[:cut]) {
		kept = trimTrailer(kept[:cut])
	}
	for len(kept) > 0 && kept[0] == "" {
		kept = kept[1:]
	}
	return strings.Join(kept, "\n")
}

// longestGreeting is how many words are no more than a greeting.
const longestGreeting = 3

// answeredFrom reports for each line whether new words stand below the quote that
// begins there: words that are neither quoted nor a signature. It goes through the
// lines once, from the end.
func answeredFrom(lines []string) []bool {
	answered := make([]bool, len(lines)+1)
	words, quoted := false, false // from here to the next signature
	for i := len(lines) - 1; i >= 0; i-- {
		line := lines[i]
		switch {
		case line == "":
			answered[i] = answered[i+1]
			continue
		case isQuote(line):
			quoted = true
			answered[i] = answered[i+1]
			continue
		case isSignature(line, len(lines)-i):
			words, quoted = false, false
		case words || isTrailer(line, quoted):
		default:
			words = true
		}
		answered[i] = words || quoted
	}
	return answered
}

// isTrailer reports whether a line says nothing at the end of a message: it is a
// separator, or attributes the quote below it.
func isTrailer(line string, quoted bool) bool {
	if isSeparator(line) && line != "—" {
		return true
	}
	return quoted && strings.HasSuffix(line, ":") && len(line) <= longestAttribution &&
		beginsAttribution(line)
}

// trimTrailer cuts what nobody wrote off the end: blank lines, quotes, their
// attribution lines, and separators.
func trimTrailer(lines []string) []string {
	n := len(lines)
	quoted := false
	for n > 0 {
		switch line := lines[n-1]; {
		case line == "" || isTrailer(line, quoted):
		case isQuote(line):
			quoted = true
		default:
			return lines[:n]
		}
		n--
	}
	if quoted {
		return lines // all of it is quoted: there is nothing else to show
	}
	return nil
}
