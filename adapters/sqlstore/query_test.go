package sqlstore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The lists of a page have few texts, and hold their values and nothing else.
func TestList_FewTexts(t *testing.T) {
	texts := make(map[string]bool)
	before := append(make([]any, 0, 5000), "a")
	var values []int
	for n := range 1001 {
		marks, args := list(before, values)
		texts[marks] = true
		assert.Equal(t, len(args)-1, strings.Count(marks, "?"))
		assert.Equal(t, "a", args[0])
		for i, value := range args[1:] {
			if value != min(i, n-1) {
				t.Fatalf("value %d of %d is %v", i, n, value)
			}
		}
		values = append(values, n)
	}
	assert.Len(t, texts, 1+11)
	marks, args := list[int](nil, make([]int, 1025))
	assert.Len(t, args, 1025)
	assert.Equal(t, 1025, strings.Count(marks, "?"))
	assert.Nil(t, before[:2][1], "what came before is not written to")
}
