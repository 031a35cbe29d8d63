package confusable

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFault_SaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"anna": "", "müller": "", "анна.smith": "", "用户abc": "", "ユーザー田中": "", "사용자": "", "สำนักงาน": "", "αννα": "",
		"vi\u200bp": "U+200B is invisible", "vip\u00a0": "U+00A0 is invisible",
		"vi\ufffdp": "U+FFFD stands for a character that cannot be read or shown",
		"vip😀":      "U+1F600 is neither a letter nor a digit", "mar\u212a": "U+212A stands for a different character",
		"ｖip": "U+FF56 stands for a different character", "\u0130nfo": "U+0130 stands for a different character",
		"vi\u0307p": "it has a combining mark that does not belong there", "v\u0456p": "it mixes scripts in one word",
		"用户ж": "it mixes scripts in one word", "ひ사": "it mixes scripts in one word",
		"v\u0131p": "it looks like ASCII, but is not", "јое": "it looks like ASCII, but is not",
	} {
		assert.Equal(t, want, Fault(text, "bank.example"), "%+q", text)
	}
	assert.Empty(t, Fault("сара", "пример.рф"), "the domain shows the script")
	assert.NotEmpty(t, Fault("сара", "exämple.de"))
}

func TestLower_FoldsNothingToASCII(t *testing.T) {
	for text, want := range map[string]string{"ANNA": "anna", "ÄNNE": "änne", "АННА": "анна", "e\u0301": "é", "ẞ": "ß"} {
		got, ok := Lower(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got)
	}
	for _, text := range []string{"mar\u212a", "\u0130nfo", "\uff21", "\u037e", "\u017f"} {
		_, ok := Lower(text)
		assert.False(t, ok, "%+q", text)
	}
}
