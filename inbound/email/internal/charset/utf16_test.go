package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWideForm(t *testing.T) {
	for text, want := range map[string]form{
		"H\x00i\x00 \x00J\x00":                    utf16Form,
		"\x00H\x00i\x00!\x00!":                    utf16Form,
		"H\x00\x00\x00i\x00\x00\x00":              utf32Form,
		"\x00\x00\x00H\x00\x00\x00i":              utf32Form,
		"\x14\x04\x30\x04 \x00\x14\x04\x30\x04":   utf16Form, // "Да Да"
		"Hello, here is text\x00 with one zero":   noForm,
		"\x00\x00\x00\x00\x00\x00\x00\x00":        noForm,
		"text\x00text\x00text\x00text\x00text":    noForm,
		strings.Repeat("no zeros at all ", 10):    noForm,
		"a\x00":                                   noForm,
		"\xff\xfeH\x00i\x00":                      utf16Form,
		"PNG\x00\x01\x02\x03\x00\xff\xf0\x00\x91": noForm,
	} {
		assert.Equal(t, want, wideForm([]byte(text)), "%q", text)
	}
}
