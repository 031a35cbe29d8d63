package wire

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// inProgress are commands that have no reply yet.
const inProgress = "T1 UID SEARCH UID 1:*\r\nT2 EXAMINE INBOX\r\nT3 UID FETCH 1:9 (UID BODY.PEEK[])\r\n" +
	"T4 LIST \"\" *\r\nT5 STATUS INBOX (SIZE)\r\nT6 ID NIL\r\nT7 NOOP\r\n"

// scan returns what the library gets from a server that sends text, and the error at
// the end.
func scan(src io.Reader) (string, *scanner, error) {
	commands := new(commands)
	commands.sent([]byte(inProgress))
	s := newScanner(src, commands)
	var out bytes.Buffer
	_, err := io.Copy(&out, struct{ io.Reader }{s})
	return out.String(), s, err
}

// scanned is scan for a text that ends in a whole response.
func scanned(t *testing.T, text string) string {
	t.Helper()
	out, _, err := scan(strings.NewReader(text))
	require.NoError(t, err, "%q", text)
	for name, src := range map[string]io.Reader{
		"byte by byte":  iotest.OneByteReader(strings.NewReader(text)),
		"end with data": iotest.DataErrReader(strings.NewReader(text)),
	} {
		again, _, err := scan(src)
		require.NoError(t, err, name)
		require.Equal(t, out, again, name)
	}
	twice, _, err := scan(strings.NewReader(out))
	require.NoError(t, err)
	require.Equal(t, out, twice, "what is palatable stays as it is")
	require.NoError(t, strict(out))
	return out
}

// The forms in which responses may reach the library.
var strictForms = func() []*regexp.Regexp {
	var all []*regexp.Regexp
	const (
		text   = `( [^[\x00-\x1f\x7f ][^\x00-\x1f\x7f]*)?`
		after  = `( [^\x00-\x1f\x7f ][^\x00-\x1f\x7f]*)?`
		number = `[1-9][0-9]{0,9}`
		name   = `"([^"\\\x00-\x1f\x7f]|\\["\\])+"`
		words  = `( [A-Z0-9!#$&',-./:;<=>?@^_\x60|~+\[}]+)`
		date   = `INTERNALDATE "[-+:A-Za-z0-9 ]{26}"`
		body   = `BODY\[(HEADER)?\](<0>)? \{[0-9]+\}`
	)
	for _, form := range []string{
		`(\*|T\d+) (OK|NO|BAD|PREAUTH|BYE)` + text,
		`(\*|T\d+) OK \[CAPABILITY` + words + `+\]` + after,
		`\* OK \[(UIDNEXT ` + number + `|CLOSED)\]` + after,
		`T\d+ (NO|BAD) \[` + `[A-Z0-9!#$&',-./:;<=>?@^_\x60|~+}]+\]` + after,
		`\* CAPABILITY` + words + `*`,
		`\* (0|` + number + `) EXISTS`, `\* ` + number + ` EXPUNGE`,
		`\* LIST \((\\[^ ()\\]+( \\[^ ()\\]+)*)?\) (NIL|"[^"\\]"|"\\["\\]") ` + name,
		`\* STATUS ` + name + ` \(([A-Z]+ [0-9]+( [A-Z]+ [0-9]+)*)?\)`,
		`\* ID NIL`,
		`\+ [^\x00-\x1f\x7f]*`,
		`\* ` + number + ` FETCH \((UID ` + number + `)?( ?RFC822.SIZE [0-9]+)?( ?` + date + `)?( ?` + body + `|\))`,
	} {
		all = append(all, regexp.MustCompile(`^`+form+`\r\n$`))
	}
	return all
}()

var (
	goesOnForm = regexp.MustCompile(`^( UID [1-9][0-9]{0,9})?( RFC822.SIZE [0-9]+)?` +
		`( INTERNALDATE "[-+:A-Za-z0-9 ]{26}")?( BODY\[(HEADER)?\](<0>)? \{[0-9]+\}|\))\r\n$`)
	literalForm = regexp.MustCompile(`\{([0-9]+)\}\r\n$`)
)

// strict returns an error for what is not only responses in the strict forms.
func strict(out string) error {
	for out != "" {
		end := strings.Index(out, "\r\n") + 2
		if end < 2 {
			return errors.New("no line end: " + out)
		}
		line, known := out[:end], false
		for _, form := range strictForms {
			known = known || form.MatchString(line)
		}
		if !known {
			return errors.New("not strict: " + line)
		}
		out = out[end:]
		for strings.Contains(line, " FETCH ") || strings.Contains(line, " BODY[") {
			m := literalForm.FindStringSubmatch(line)
			if m == nil {
				break
			}
			size := 0
			for _, c := range m[1] {
				if size = size*10 + int(c-'0'); size > len(out) {
					return nil // cut within the literal
				}
			}
			if out = out[size:]; out == "" {
				return nil
			}
			end := strings.Index(out, "\r\n") + 2
			if end < 2 {
				return errors.New("no line end: " + out)
			}
			if line = out[:end]; !goesOnForm.MatchString(line) {
				return errors.New("not strict after a literal: " + line)
			}
			out = out[end:]
		}
	}
	return nil
}
