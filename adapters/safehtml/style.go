package safehtml

import (
	"regexp"
	"strings"
)

// Longer styles are cut: a browser does not need them, and every byte is looked at.
const (
	maxStyle       = 8 << 10 // bytes of one style attribute; the declarations behind them are removed
	maxDeclaration = 256     // bytes of one declaration, with white space; a longer one is removed
)

// styles are the properties that may be set. None of them loads anything or moves
// content out of the message.
var styles = func() map[string]bool {
	set := make(map[string]bool)
	for name := range strings.FieldsSeq(`
		color background-color font font-family font-size font-style font-weight font-variant text-align
		text-decoration text-indent text-transform line-height letter-spacing vertical-align white-space word-break
		direction border border-top border-right border-bottom border-left border-color border-style border-width
		border-radius border-collapse border-spacing padding padding-top padding-right padding-bottom padding-left
		margin margin-top margin-right margin-bottom margin-left width height max-width min-width max-height
		list-style-type`) {
		set[name] = true
	}
	return set
}()

// harmlessStyles returns the declarations of a style attribute that are allowed. It
// parses no more of CSS than they have: no escapes, no addresses, no comments but those
// between declarations.
func harmlessStyles(style string) string {
	if len(style) > maxStyle {
		style = style[:strings.LastIndexByte(style[:maxStyle], ';')+1]
	}
	var b strings.Builder
	for declaration := range strings.SplitSeq(style, ";") {
		if len(declaration) > maxDeclaration {
			continue
		}
		name, value, _ := strings.Cut(withoutComment(declaration), ":")
		name, value = strings.TrimSpace(name), withoutImportant(strings.TrimSpace(value))
		if !styles[strings.ToLower(name)] || !isHarmlessStyle(strings.ToLower(value)) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(name + ": " + value)
	}
	return b.String()
}

// withoutComment removes a comment in front of a declaration.
func withoutComment(declaration string) string {
	declaration = strings.TrimSpace(declaration)
	if rest, ok := strings.CutPrefix(declaration, "/*"); ok {
		_, declaration, _ = strings.Cut(rest, "*/")
	}
	return declaration
}

// withoutImportant removes "!important", which could win over the page's own styles.
func withoutImportant(value string) string {
	const important = "!important"
	if n := len(value) - len(important); n >= 0 && strings.EqualFold(value[n:], important) {
		value = strings.TrimSpace(value[:n])
	}
	return value
}

var (
	styleValue    = regexp.MustCompile(`^[-a-z0-9#%.,/()'"! ]{1,200}$`)
	styleFunction = regexp.MustCompile(`[a-z0-9-]*\(`)
	negative      = regexp.MustCompile(`(^|[^a-z0-9])-[0-9.]`)
)

// isHarmlessStyle reports whether a style value can neither load anything nor move
// content out of the message. It allows no functions except those of colors, and no
// negative lengths.
func isHarmlessStyle(value string) bool {
	if !styleValue.MatchString(value) || !isClosed(value) || negative.MatchString(value) {
		return false
	}
	for _, f := range styleFunction.FindAllString(value, -1) {
		switch f {
		case "rgb(", "rgba(", "hsl(", "hsla(":
		default:
			return false
		}
	}
	return true
}

// isClosed reports whether quotes and parentheses are closed. Otherwise, a browser would
// take the next declarations for a part of this one.
func isClosed(value string) bool {
	quote, depth := byte(0), 0
	for i := range len(value) {
		switch c := value[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return quote == 0 && depth == 0
}
