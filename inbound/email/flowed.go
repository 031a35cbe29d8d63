package email

import "strings"

// unflow joins the lines of format=flowed text into paragraphs (RFC 3676,
// section 4). Quoted paragraphs stay quoted.
func unflow(text string, delSp bool) string {
	var b strings.Builder
	b.Grow(len(text))
	open, depth := false, 0 // a paragraph of that quote depth waits for more
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		quotes := len(line) - len(strings.TrimLeft(line, ">"))
		rest := strings.TrimPrefix(line[quotes:], " ") // space-stuffing
		signature := rest == "-- "
		if open && (quotes != depth || signature) {
			b.WriteByte('\n')
			open = false
		}
		if !open && quotes > 0 {
			b.WriteString(line[:quotes])
			b.WriteByte(' ')
		}
		depth = quotes
		if strings.HasSuffix(rest, " ") && !signature {
			if delSp {
				rest = rest[:len(rest)-1]
			}
			b.WriteString(rest)
			open = true
			continue
		}
		b.WriteString(rest)
		b.WriteByte('\n')
		open = false
	}
	if open {
		b.WriteByte('\n')
	}
	return b.String()
}
