package email

import "strings"

// enrichedToHTML makes HTML of text/enriched (RFC 1896), which old mail programs write
// beside plain text, or instead of it. "<<" is a "<", what stands in a param is none of the
// words, and one line end is a space.
func enrichedToHTML(text string) string {
	var b strings.Builder
	for breaks := 0; text != ""; {
		switch c := text[0]; {
		case strings.HasPrefix(text, "<<"):
			b.WriteString("&lt;")
			text = text[2:]
		case hasPrefixFold(text, "<param>"):
			end := strings.IndexByte(text[1:], '<')
			if end < 0 {
				return b.String()
			}
			text = text[1+end:]
		case c == '\r':
			text = text[1:]
			continue
		case c == '\n':
			if text = text[1:]; breaks > 0 {
				b.WriteString("<br>")
			}
			b.WriteByte('\n')
			breaks++
			continue
		case c == '&':
			b.WriteString("&amp;")
			text = text[1:]
		default:
			n := strings.IndexAny(text[1:], "<&\r\n") + 1
			if n == 0 {
				n = len(text)
			}
			b.WriteString(text[:n])
			text = text[n:]
		}
		breaks = 0
	}
	return b.String()
}
