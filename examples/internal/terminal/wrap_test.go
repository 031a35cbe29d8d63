package terminal

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWrap_HangingIndent(t *testing.T) {
	assert.Equal(t, "> one two\n  three\n  longerthanaline\n  x\n",
		Wrap("one two three longerthanaline x", 10, "> ", "  "))
	assert.Equal(t, "> \n", Wrap("", 10, "> ", "  "))
}

func TestWrap_CountsColumns(t *testing.T) {
	assert.Equal(t, "北京店\n上海店\n", Wrap("北京店 上海店", 8, "", ""), "each character takes two columns")
}
