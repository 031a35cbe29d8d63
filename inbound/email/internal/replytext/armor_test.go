package replytext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWithoutArmor(t *testing.T) {
	const (
		noEnd   = "\nYes.\n" + armorSignature + "\nno end"
		noBegin = "Yes.\n" + armorSignature + "\nxyz\n" + armorEnd
	)
	for text, want := range map[string]string{
		armorBegin + "\nHash: SHA512\n\n" + noBegin + "\nJo": "\nYes.\nJo",
		armorBegin + "\n" + noEnd:                            noEnd,
		noBegin:                                              noBegin,
	} {
		assert.Equal(t, want, strings.Join(withoutArmor(strings.Split(text, "\n")), "\n"))
	}
}
