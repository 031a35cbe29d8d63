package wire

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFetch_Items(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"  rfc822.size   9   uid 5   )  ", "UID 5 RFC822.SIZE 9"},
		{"UID 5 RFC822.SIZE 9", "UID 5 RFC822.SIZE 9"},
		{"UID 5 RFC822.SIZE -1 INTERNALDATE NIL)", ""},
		{"UID 5)", ""},
		{"FLAGS (\\Seen) UID 5)", ""},
		{"UID 0 UID 7 UID 8 RFC822.SIZE 1)", "UID 7 RFC822.SIZE 1"},
		{"UID 4294967296 RFC822.SIZE 1)", "RFC822.SIZE 1"},
		{"UID 5 RFC822.SIZE 99999999999999999999)", ""},
		{"RFC822.SIZE UID 5 INTERNALDATE \"02-Nov-2026 10:00:00 +0000\")",
			"UID 5 INTERNALDATE \"02-Nov-2026 10:00:00 +0000\""},
		{"FLAGS (OIB-[Gmail]/All Mail \"a ) b\" :( x(y) UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"FLAGS (\\Seen :) Junk $x) UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"FLAGS (don\"t) UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"FLAGS NIL UID 5 MODSEQ (12) RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"X-GM-LABELS (\"\\\\Inbox\" a&b \"(\" (x {3}\r\n)))y)) UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"ENVELOPE (\"d\" \"s ) UID 6\" NIL {2}\r\n\")) UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"ENVELOPE (\"a \"b\" c\" UID 6) UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"BODY (\"text\" (\"a\" \"b\")) X-FOO \xff UID 5 RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"BODY[HEADER.FIELDS (A B)] {3}\r\nabc UID 5 BINARY[1] ~{2}\r\nxy RFC822.SIZE 9)", "UID 5 RFC822.SIZE 9"},
		{"UID 5 RFC822.SIZE 9 INTERNALDATE \"open", "UID 5 RFC822.SIZE 9"},
	} {
		if tt.want != "" {
			tt.want = "* 1 FETCH (" + tt.want + ")\r\n"
		}
		assert.Equal(t, tt.want, scanned(t, "* 1 FETCH ("+tt.text+"\r\n"), "%q", tt.text)
	}
	assert.Equal(t, "* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n", scanned(t, "* fetch UID 5 RFC822.SIZE 9\r\n"))
}

// The flags themselves do not reach the library.
func TestFetch_Marks(t *testing.T) {
	deleted, draft := Marks{Deleted: true}, Marks{Draft: true}
	for text, want := range map[string]Marks{
		`UID 5 FLAGS (\Deleted) RFC822.SIZE 9)`:                 deleted,
		`RFC822.SIZE 9 FLAGS (\Seen \DELETED $x) UID 5)`:        deleted,
		`UID 5 FLAGS (\deleted \dRAFT) RFC822.SIZE 9)`:          {true, true},
		`UID 5 FLAGS (\Draft))`:                                 draft,
		`FLAGS ("\Draft" "\\Deleted") UID 5)`:                   {true, true},
		"FLAGS  ( \\Seen\t\\Draft ) UID 5)":                     draft,
		`FLAGS (:) \Deleted x(y) \Draft) UID 5 RFC822.SIZE 9)`:  {true, true},
		`FLAGS ("a ) b" [x] \Draft) UID 5)`:                     draft,
		`FLAGS \Deleted UID 5 RFC822.SIZE 9)`:                   deleted,
		"UID 5 BODY[] {3}\r\nabc FLAGS (\\Draft))":              draft,
		`UID 5 FLAGS (Deleted $Draft \Deleted2 \\) SIZE 9)`:     {},
		`UID 5 FLAGS NIL RFC822.SIZE 9)`:                        {},
		`UID 5 X-GM-LABELS (\Draft "\\Draft") RFC822.SIZE 9)`:   {},
		`UID 5 FLAGS () X-GM-LABELS (\Draft) RFC822.SIZE 9)`:    {},
		`UID 5 KEYWORDS \Deleted RFC822.SIZE 9)`:                {},
		`UID 5 RFC822.SIZE 9 FLAGS (\Seen \Answered \Flagged))`: {},
	} {
		scanned(t, "* 1 FETCH ("+text+"\r\n")
		_, s, err := scan(strings.NewReader("* 1 FETCH (" + text + "\r\n"))
		require.NoError(t, err)
		c := &Conn{scanner: s}
		assert.Equal(t, want, c.TakeSaid(5).Marks, text)
		assert.Equal(t, Marks{}, c.TakeSaid(5).Marks, "taken")
	}
}

// The last response counts, and a folder that is opened has other messages.
func TestFetch_MarksChange(t *testing.T) {
	for text, want := range map[string]Marks{
		"* 1 FETCH (UID 5 FLAGS (\\Draft))\r\n* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n":  {Draft: true},
		"* 1 FETCH (UID 5 FLAGS (\\Draft))\r\n* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n": {},
		"* 1 FETCH (FLAGS (\\Draft))\r\n* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n":        {},
		"* 1 FETCH (UID 5 FLAGS (\\Draft))\r\nT2 OK [READ-ONLY] other folder\r\n":   {},
		"* 1 FETCH (UID 5 FLAGS (\\Draft))\r\nT1 OK searched\r\n":                   {Draft: true},
	} {
		_, s, err := scan(strings.NewReader(text))
		require.NoError(t, err)
		assert.Equal(t, want, (&Conn{scanner: s}).TakeSaid(5).Marks, text)
	}
	var many strings.Builder
	for uid := range maxSaidOf + 10 {
		fmt.Fprintf(&many, "* 1 FETCH (UID %d FLAGS (\\Draft))\r\n", uid+1)
	}
	_, s, err := scan(strings.NewReader(many.String()))
	require.NoError(t, err)
	assert.Len(t, s.facts.said, maxSaidOf)
}

// The parts of an answer about a message may come one by one.
func TestFetch_SaidInParts(t *testing.T) {
	date := time.Date(2026, 3, 9, 8, 5, 0, 0, time.UTC)
	for text, want := range map[string]Message{
		"* 1 FETCH (UID 5 RFC822.SIZE 9 INTERNALDATE \"09-Mar-2026 08:05:00 +0000\")\r\n": {
			Seq: 1, UID: 5, Size: 9, Received: date},
		"* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n* 2 FETCH (UID 6 RFC822.SIZE 7)\r\n" +
			"* 1 FETCH (UID 5 INTERNALDATE \"09-Mar-2026 08:05:00 +0000\")\r\n": {Seq: 1, UID: 5, Size: 9, Received: date},
		"* 1 FETCH (UID 5)\r\n": {},
	} {
		_, s, err := scan(strings.NewReader(text))
		require.NoError(t, err)
		got := (&Conn{scanner: s}).TakeSaid(5)
		assert.True(t, want.Received.Equal(got.Received), text)
		got.Received = want.Received
		assert.Equal(t, want, got, text)
	}
}

func TestFetch_Bodies(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"UID 5 BODY[] {3}\r\nabc)", "UID 5 BODY[] {3}\r\nabc)"},
		{"BODY[] {3}\r\nab\n UID 5)", "BODY[] {3}\r\nab\n UID 5)"},
		{"body[ ]{3+} \nabc )", "BODY[] {3}\r\nabc)"},
		{"UID 5 BODY.PEEK[HEADER]<0.99> ~{3}\r\n) *)", "UID 5 BODY[HEADER]<0> {3}\r\n) *)"},
		{"RFC822 {0}\r\n UID 5)", "BODY[] {0}\r\n UID 5)"},
		{"UID 5 BODY[] \"a\\\"b\\\\\")", "UID 5 BODY[] {4}\r\na\"b\\)"},
		{"UID 5 BODY[] NIL)", ""},
		{"UID 5 BODY[] (a {3}\r\nabc) BODY[] {1}\r\nx)", "UID 5 BODY[] {1}\r\nx)"},
		{"UID 5 BODY[] \"\")", "UID 5 BODY[] {0}\r\n)"},
		{"BODY[TEXT] {3}\r\nabc BODY[]<7> {1}\r\nx UID 5 BODY[] {1}\r\ny)", "UID 5 BODY[] {1}\r\ny)"},
		{"BODY[HEADER] {1}\r\na BODY[] {1}\r\nb RFC822.SIZE 4 FLAGS () UID 5)",
			"BODY[HEADER] {1}\r\na BODY[] {1}\r\nb UID 5 RFC822.SIZE 4)"},
		{"UID 5 BODY[] {3}\r\nabc", "UID 5 BODY[] {3}\r\nabc)"},
		{"UID 5 BODY[] {3}\r\nabc\r\n", "UID 5 BODY[] {3}\r\nabc)"},
		{"UID 5 BODY[] {3}\r\nabc\r\n)", "UID 5 BODY[] {3}\r\nabc)"},
		{"UID 5 BODY[] {3}\r\nabc X-GM-MSGID 9", "UID 5 BODY[] {3}\r\nabc)"},
	} {
		if tt.want != "" {
			tt.want = "* 1 FETCH (" + tt.want + "\r\n"
		}
		tt.want += "T7 OK\r\n"
		assert.Equal(t, tt.want, scanned(t, "* 1 FETCH ("+tt.text+"\r\nT7 OK\r\n"), "%q", tt.text)
	}
}

// Where the length of a body is wrong, its text must not be read as responses, and the
// reader must not get it as whole.
func TestFetch_OutOfStep(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"BODY[] {3}\r\nabcdef)\r\n", "BODY[] {3}\r\nab"},
		{"BODY[] {3}\r\nabc some text)\r\n", "BODY[] {3}\r\nab"},
		{"BODY[] {3}\r\nabc\r\nof the message\r\n)\r\n", "BODY[] {3}\r\nab"},
		{"BODY[] {3}\r\nabc" + strings.Repeat("\r\n", 2000), "BODY[] {3}\r\nab"},
		{"BODY[] {-1}\r\n* 2 EXISTS\r\n", ")\r\n"},
		{"BODY[] { }\r\n* 2 EXISTS\r\n", ")\r\n"},
		{"BODY[] {10x}\r\n* 2 EXISTS\r\n", ")\r\n"},
		{"BODY[] {99999999999999999999}\r\n* 2 EXISTS\r\n", ")\r\n"},
	} {
		out, s, err := scan(strings.NewReader("* 1 FETCH (UID 5 " + tt.text))
		require.ErrorIs(t, err, ErrOutOfStep)
		assert.Equal(t, "* 1 FETCH (UID 5"+strings.Replace(" "+tt.want, " )", ")", 1), out, "%q", tt.text)
		require.ErrorIs(t, s.facts.fault, ErrOutOfStep)
	}
}

// A body that ends with the connection is not whole, nor is one that nothing follows.
func TestFetch_Cut(t *testing.T) {
	for _, text := range []string{"", "a", "abc"} {
		out, _, err := scan(strings.NewReader("* 1 FETCH (UID 5 BODY[] {3}\r\n" + text))
		require.NoError(t, err)
		assert.Equal(t, "* 1 FETCH (UID 5 BODY[] {3}\r\n"+text[:min(len(text), 2)], out)
	}
	broken := errors.New("broken")
	_, s, err := scan(io.MultiReader(strings.NewReader("* OK\r\n* BYE no \x00time"), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
	_, err = s.Read(make([]byte, 1))
	require.ErrorIs(t, err, broken, "the error stays")
	assert.Equal(t, "* BYE no time", s.facts.bye)
	out, _, err := scan(strings.NewReader("T7 OK"))
	require.NoError(t, err)
	assert.Empty(t, out, "the reply may be cut")
}
