package sqlstore

import (
	"fmt"
	"strings"
)

// tables is what the names of tables and indexes begin with.
type tables string

const (
	// defaultPrefix is in the schema and in all statements.
	defaultPrefix = "postroom_"
	// maxPrefix leaves room for the rest of a name: PostgreSQL cuts names after 63 bytes.
	maxPrefix = 30
)

// tables returns the names that the options ask for.
func (o *Options) tables() tables {
	if o == nil || o.TablePrefix == "" {
		return defaultPrefix
	}
	return tables(o.TablePrefix)
}

func (t tables) validate() error {
	ok := len(t) <= maxPrefix && t[0] >= 'a' && t[0] <= 'z'
	for _, r := range t {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}
	if !ok {
		return fmt.Errorf("sqlstore: the prefix of tables %.40q does not do: use at most %d lower case letters, "+
			"digits and underscores, beginning with a letter", string(t), maxPrefix)
	}
	return nil
}

// in returns a text of this package with the names that the host has chosen.
func (t tables) in(text string) string {
	if t == defaultPrefix {
		return text
	}
	return strings.ReplaceAll(text, defaultPrefix, string(t))
}

// statementsOf splits a step of the schema into its statements, without comments. A
// semicolon ends one, except in a text between single quotes.
func statementsOf(script string) (statements []string) {
	var one strings.Builder
	end := func() {
		if text := strings.TrimSpace(one.String()); text != "" {
			statements = append(statements, text)
		}
		one.Reset()
	}
	quoted := false
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case c == '\'':
			quoted = !quoted
			one.WriteByte(c)
		case quoted:
			one.WriteByte(c)
		case c == ';':
			end()
		case strings.HasPrefix(script[i:], "--"):
			i += len(script[i:]) - len(strings.TrimLeft(script[i:], "-"))
			for i < len(script) && script[i] != '\n' {
				i++
			}
			one.WriteByte('\n')
		default:
			one.WriteByte(c)
		}
	}
	end()
	return statements
}
