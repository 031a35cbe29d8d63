package charset

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/encoding/japanese"
)

func TestMultiByteModel_ImpossibleBytes(t *testing.T) {
	m := newMultiByteModel(japanese.ShiftJIS, japaneseCharacters, shiftJISClass)
	for raw, possible := range map[string]bool{
		"\x82\xb1\x82\xf1": true,
		"\x82\xb1\xff":     false,
		"\x82":             false,
	} {
		assert.Equal(t, possible, m.score(newSample([]byte(raw)), impossible) != impossible, "%x", raw)
	}
	cut := newSample([]byte("\x82\xb1\x82"))
	cut.cut = true
	assert.NotEqual(t, float32(impossible), m.score(cut, impossible), "the last character may be incomplete")
}

// Each class takes the characters of its charset whole, and nothing else.
func TestClasses_Lengths(t *testing.T) {
	for label, class := range map[string]func([]byte) (int, float32){
		"gb18030": gb18030Class, "big5": big5Class, "shift_jis": shiftJISClass, "euc-jp": eucJPClass,
		"euc-kr": eucKRClass,
	} {
		for lead := 0x80; lead <= 0xFF; lead++ {
			length, _ := class([]byte{byte(lead)})
			assert.LessOrEqual(t, length, 1, "%s %x", label, lead)
			for trail := range 256 {
				b := []byte{byte(lead), byte(trail)}
				if length, cost := class(b); length > 0 {
					assert.LessOrEqual(t, length, len(b), "%s %x", label, b)
					assert.Negative(t, cost, "%s %x", label, b)
				}
			}
		}
	}
}

func TestMultiByteModel_CommonCharactersCostLess(t *testing.T) {
	m := newMultiByteModel(japanese.ShiftJIS, japaneseCharacters, shiftJISClass)
	score := func(text string) float32 {
		raw, ok := encodeFor("shift_jis", text)
		assert.True(t, ok)
		return m.score(newSample(raw), impossible)
	}
	assert.Greater(t, score("の"), score("鵬"))
}
