package email

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestMessage_Snippet(t *testing.T) {
	words := strings.Repeat("ab ", 200)
	for name, test := range map[string]struct{ text, want string }{
		"as it is":        {"Where is it?", "Where is it?"},
		"one line":        {"Hello,\n\n  where\tis it?\n", "Hello, where is it?"},
		"only new words":  {"Yes.\n\nOn 5 May 2025 Shop <shop@shop.example> wrote:\n> Shall we?\n", "Yes."},
		"no signature":    {"Yes.\n-- \nAnna", "Yes."},
		"nothing":         {" \n\u200b\n", ""},
		"other spaces":    {"a\u00a0\u3000b\u2028c", "a b c"},
		"hidden":          {"a\u200bb\u202ec\x07d\ufeff", "abcd"},
		"300 characters":  {strings.Repeat("ю", 300), strings.Repeat("ю", 300)},
		"a long word":     {strings.Repeat("ю", 301), strings.Repeat("ю", 299) + "…"},
		"a word is whole": {words, strings.TrimSpace(words[:300]) + "…"},
		"a word that ends there": {strings.Repeat("x", 295) + " abc def",
			strings.Repeat("x", 295) + " abc…"},
		"no half letter":          {strings.Repeat("x", 298) + "e\u0301\u0323 y", strings.Repeat("x", 298) + "…"},
		"no half emoji":           {strings.Repeat("x", 297) + "👩\u200d💻x", strings.Repeat("x", 297) + "…"},
		"no half skin":            {strings.Repeat("x", 298) + "👍🏽xx", strings.Repeat("x", 298) + "…"},
		"below 16 KiB of nothing": {strings.Repeat("\u200b\n", 4<<10) + "abc", ""},
		"joined letters":          {"می\u200cخواهم", "می\u200cخواهم"},
		"Chinese":                 {strings.Repeat("订单", 200), strings.Repeat("订单", 149) + "订…"},
		"a long text":             {strings.Repeat("ab\n", 100_000), strings.TrimSpace(words[:300]) + "…"},
	} {
		got := (&Message{Text: test.text}).Snippet()
		assert.Equal(t, test.want, got, name)
		assert.LessOrEqual(t, utf8.RuneCountInString(got), 300, name)
	}
}
