package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnflow(t *testing.T) {
	for name, test := range map[string]struct {
		text, want string
		delSp      bool
	}{
		"a paragraph":            {"This is \none.\n", "This is one.\n", false},
		"spaces deleted":         {"こん \nにちは\n", "こんにちは\n", true},
		"fixed lines":            {"a\nb\n", "a\nb\n", false},
		"quoted":                 {"> a \n> b\n", "> a b\n", false},
		"another depth":          {"> a \n>> b\n", "> a \n>> b\n", false},
		"a signature is fixed":   {"a \n-- \nJane\n", "a \n-- \nJane\n", false},
		"space-stuffed":          {" From\n > no quote\n", "From\n> no quote\n", false},
		"open at the end":        {"a ", "a \n", false},
		"nothing":                {"", "", false},
		"quoted, never closed":   {"> a \nb\n", "> a \nb\n", false},
		"a blank line ends none": {"a \n\nb\n", "a \nb\n", false},
	} {
		assert.Equal(t, test.want, unflow(test.text, test.delSp), name)
	}
}
