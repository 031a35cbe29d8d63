package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPlainText(t *testing.T) {
	assert.Equal(t, `Заказы \x1b[31m \u202e\n\ufffd ok`, plainText("Заказы \x1b[31m \u202e\n\xff ok"))
	assert.Equal(t, `a\u200bb\u3164\ufe0f\u00a0`, plainText("a\u200bb\u3164\ufe0f\u00a0"))
	assert.Equal(t, strings.Repeat("x", plainLimit)+"...", plainText(strings.Repeat("x", 100_000)))
}

func TestSomeOf(t *testing.T) {
	assert.Equal(t, "", someOf(nil, 2))
	assert.Equal(t, "a, b", someOf([]string{"a", "b"}, 2))
	many := append([]string{"a"}, strings.Split(strings.Repeat("b", 2000), "")...)
	assert.Equal(t, "a, b and 1,999 more", someOf(many, 2))
	assert.Equal(t, strings.Repeat("ж", nameLimit/2)+"...", someOf([]string{strings.Repeat("ж", 100)}, 2))
}

func TestGroupedText(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -123: "-123",
		-1234: "-1,234"} {
		assert.Equal(t, want, groupedText(n))
	}
}
