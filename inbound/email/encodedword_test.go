package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseEncodedWord_Linear(t *testing.T) {
	w, ok := parseEncodedWord("=?a?q?=?b?q?" + strings.Repeat("x", 2*longestEncodedWord))
	assert.True(t, ok)
	assert.Equal(t, encodedWord{charset: "a", encoding: 'Q', length: 6}, w)
}

func TestParseEncodedWord(t *testing.T) {
	for s, want := range map[string]encodedWord{
		"=?utf-8?B?4pyT?= b":    {"utf-8", 'B', "4pyT", 16},
		"=?utf-8?q?a b?=":       {"utf-8", 'Q', "a b", 15},
		"=?utf-8?q?a b":         {"utf-8", 'Q', "a", 11},
		"=?utf-8?q?a=?utf-8?q?": {"utf-8", 'Q', "a", 11},
		"=?utf-8*en?q??=":       {"utf-8*en", 'Q', "", 15},
	} {
		w, ok := parseEncodedWord(s)
		assert.True(t, ok, s)
		assert.Equal(t, want, w, s)
	}
	for _, s := range []string{"", "=?", "a", "=??q?a?=", "=?a b?q?c?=", "=?utf-8?x?a?=", "=?utf-8?q", "=?utf-8?qa?="} {
		_, ok := parseEncodedWord(s)
		assert.False(t, ok, s)
	}
}

func TestDecodeWords_BrokenBase64(t *testing.T) {
	assert.Equal(t, "Grü", decodeWords("=?utf-8?B?R3L*DvA?="))
	assert.Equal(t, "a=Xb_", decodeWords("=?utf-8?Q?a=Xb=5F?="))
}
