package wire

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readAll(r io.Reader) string {
	var out bytes.Buffer
	_, _ = io.Copy(&out, struct{ io.Reader }{r}) // the text ends here in any case
	return out.String()
}

// seeds are responses of each kind, well-formed and not.
var seeds = []string{
	"* OK [CAPABILITY IMAP4rev1 UIDPLUS] ready\r\n* BYE [LIMIT] bye\nT7 NO [ALERT] x\r\n+ \r\n",
	"* FLAGS (\\Seen a[b)\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n" +
		"* OK [PERMANENTFLAGS (\\*)] p\r\nT2 OK [READ-ONLY] o\r\n",
	"* SEARCH 1 2 4294967296 2:5 \r\n* ESEARCH (TAG \"T1\") UID ALL 1:3,5 COUNT 4\r\nT1 OK\r\n",
	"* 1 FETCH (UID 5 RFC822.SIZE 10 INTERNALDATE \"02-Nov-2026 10:00:00 +0000\" FLAGS (\\Seen))\r\n",
	"* 1 FETCH (UID 5 BODY[] {10}\r\n0123456789 BODY[HEADER]<0> ~{2+}\r\nab)\r\n* 2 FETCH (BODY[] \"x\\\"y\" UID 6)\r\n",
	"* 1 FETCH (ENVELOPE (\"a\" (NIL {3}\r\nabc)) UID 5 BODY[] {3}\r\nabc\r\nT3 OK\r\n",
	"* LIST (\\HasNoChildren) \"/\" {5}\r\nINBOX\r\n* LIST () NIL \"&BBc-\"\r\n* STATUS INBOX (MESSAGES 5)\r\nT4 OK\r\n",
	"* ID (\"name\" {1}\r\nx)\r\n* X-FOO {5}\r\n* OK \r\nstray\r\n\r\n",
}

// FuzzScanner checks that the library gets only lines in the forms that it takes,
// that they do not depend on how the text arrives, and that they stay as they are when
// they are read once more.
func FuzzScanner(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		out, s, err := scan(bytes.NewReader(text))
		if err != nil {
			require.Equal(t, s.facts.fault, err)
		}
		require.NoError(t, strict(out), "%q", text)
		require.LessOrEqual(t, len(s.buf), 2*maxLine)
		require.LessOrEqual(t, len(s.commands.pending), 7)
		pieces, _, _ := scan(&trickle{text: text})
		require.Equal(t, out, pieces, "%q", text)
		if strings.HasSuffix(out, "\r\n") && err == nil {
			twice, _, err := scan(strings.NewReader(out))
			if err == nil {
				require.Equal(t, out, twice, "%q", text)
			}
		}
	})
}

// trickle returns its text in pieces of various sizes.
type trickle struct {
	text []byte
	n    int
}

func (r *trickle) Read(p []byte) (int, error) {
	if len(r.text) == 0 {
		return 0, io.EOF
	}
	r.n = (r.n*7 + 3) % 11
	n := copy(p[:min(len(p), r.n+1)], r.text)
	r.text = r.text[n:]
	return n, nil
}

// FuzzBodies checks that bodies stay as they are, whatever is around them.
func FuzzBodies(f *testing.F) {
	f.Add([]byte("Subject: x\r\n\r\n* 1 EXISTS\r\n)\r\nT7 OK\r\n"), "FLAGS (\\Seen) ", 1)
	f.Add([]byte(")"), "X (\"a\" ", 5000)
	f.Add([]byte("{5}\r\n"), "", 100)
	f.Fuzz(func(t *testing.T, body []byte, before string, size int) {
		if strings.ContainsAny(before, "\n[{\"") || len(before) > 1000 {
			return
		}
		text := fmt.Sprintf("* 1 FETCH (%s BODY[] {%d}\r\n%s UID 5)\r\n* 2 FETCH (UID 6 BODY[] ~{%d} \n%s)\r\nT7 OK\r\n",
			before, len(body), body, len(body), body)
		commands := new(commands)
		commands.sent([]byte(inProgress))
		var out bytes.Buffer
		_, err := io.CopyBuffer(&out, struct{ io.Reader }{newScanner(strings.NewReader(text), commands)},
			make([]byte, 1+(size&0xffff)))
		require.NoError(t, err)
		want := fmt.Sprintf("* 2 FETCH (UID 6 BODY[] {%d}\r\n%s)\r\nT7 OK\r\n", len(body), body)
		require.True(t, strings.HasSuffix(out.String(), want), "%q", text)
	})
}

func FuzzInternalDate(f *testing.F) {
	f.Add("02-Nov-2026 10:00:00 +0000")
	f.Fuzz(func(t *testing.T, text string) {
		date, ok := internalDate(text)
		if !ok {
			return
		}
		again, ok := internalDate(date.Format(dateLayout))
		require.True(t, ok)
		assert.True(t, again.Equal(date))
	})
}
