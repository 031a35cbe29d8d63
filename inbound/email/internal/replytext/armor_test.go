package replytext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWithoutArmor(t *testing.T) {
	for text, want := range map[string]string{
		armorBegin + "\nHash: SHA512\n\nYes.\n" + armorSignature + "\nxyz\n" + armorEnd + "\nJo": "\nYes.\nJo",
		armorBegin + "\n\nYes.\n" + armorSignature + "\nno end":                                  "\nYes.\n" + armorSignature + "\nno end",
		"Yes.\n" + armorSignature + "\nxyz\n" + armorEnd:                                         "Yes.\n" + armorSignature + "\nxyz\n" + armorEnd,
	} {
		assert.Equal(t, want, strings.Join(withoutArmor(strings.Split(text, "\n")), "\n"))
	}
}
