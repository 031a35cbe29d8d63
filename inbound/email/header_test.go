package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReadHeader_LinesThatAreNoFields(t *testing.T) {
	for name, raw := range map[string]string{
		"line of an mbox file": "From jane@example.com Tue Jun  3 09:12:33 2025\nSubject: x\n" +
			"To: a@example.net\n\nHello\n",
		"banner of a relay": "Subject: x\nThis mail was scanned\nTo: a@example.net\n\nHello\n",
		"wrapped but not indented": "Subject: x\nContent-Type: text/plain;\ncharset=utf-8\nTo: a@example.net\n\n" +
			"Hello\n",
		"a byte order mark": "\uFEFFSubject: x\nTo: a@example.net\n\nHello\n",
		"a long name":       strings.Repeat("X-Long", 100) + ": y\nSubject: x\nTo: a@example.net\n\nHello\n",
		"a long name that continues": "Subject: x\n" + strings.Repeat("X-Long", 9000) + ": y\n z\nTo: a@example.net\n\n" +
			"Hello\n",
		"a long line":                 "Subject: x\n" + strings.Repeat("scanned ", 7000) + "\nTo: a@example.net\n\nHello\n",
		"a notice and a blank line":   "Outside!\n\nSubject: x\nTo: a@example.net\nMessage-ID: <a@b>\n\nHello\n",
		"blank lines above":           "\n\nSubject: x\nTo: a@example.net\n\nHello\n",
		"a space before the colon":    "Subject : x\nTo : a@example.net\n\nHello\n",
		"a line of spaces at the end": "Subject: x\nTo: a@example.net\n  \nHello\n",
		"a broken name at the end": "Subject: x\nTo: a@example.net\nX-Who (knows)/:\n value\nx-and ?: value\n\n" +
			"Hello\n",
		"no blank line": "Subject: x\nTo: a@example.net\nHello\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, raw)
			assert.Equal(t, "x", m.Subject)
			assert.Equal(t, []Address{{"", "a@example.net"}}, m.To)
			assert.Equal(t, "Hello\n", m.Text)
		})
	}
}

func TestHeader_Values(t *testing.T) {
	var h header
	r := newPartReader(strings.NewReader("Subject: one\r\n two\r\nX:\r\nsubject : three\r\nX: y\r\n\r\nbody"))
	_, ended := r.readHeader(&h)
	assert.False(t, ended)
	assert.Equal(t, "one two", h.get("SUBJECT"))
	assert.Equal(t, "y", h.get("X"), "the first that is not blank")
	assert.True(t, h.has("x"))
	assert.False(t, h.has("y"))
	assert.True(t, h.is(2, "Subject"))
	assert.True(t, h.hasPrefix(0, "sub"))
	assert.Equal(t, "body", string(r.window()))
}

func TestFieldColon(t *testing.T) {
	for line, want := range map[string]int{
		"A: b": 1, "A : b": 2, "A:": 1, ":": 0, "A b: c": -1, "A\x01: b": -1, "Ä: b": -1, "A": -1, " A: b": -1, "": -1,
		strings.Repeat("a", usualName): nameGoesOn, strings.Repeat("a", usualName-1) + ":": usualName - 1,
	} {
		assert.Equal(t, want, fieldColon([]byte(line)), line)
	}
}
