package replytext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSignatureAt(t *testing.T) {
	for text, want := range map[string]int{
		"Yes.\n--\nJo":                                   1,
		"Yes.\n---\nJo":                                  1,
		"Yes.\n____\nJo":                                 1,
		"---" + strings.Repeat("\nwords", 8):             -1, // a rule far from the end
		"Yes.\nSent from my iPhone":                      1,
		"Yes.\nVon meinem iPhone gesendet":               1,
		"Yes.\niPhone'umdan gönderildi":                  1,
		"Sent from my iPhone\nand so\non":                -1, // not at the end
		"Yes.\nSent from Vienna on Monday":               -1,
		"Yes.\nPhone me":                                 -1,
		"Yes.\nSent from my " + strings.Repeat("x", 100): -1,
	} {
		assert.Equal(t, want, signatureAt(strings.Split(text, "\n"), false), text)
	}
}
