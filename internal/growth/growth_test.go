package growth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCase_Of(t *testing.T) {
	assert.Equal(t, "<1010>", Case{Before: "<", Unit: "10", After: ">"}.Of(5))
	assert.Equal(t, "b0 b1 ", Case{Unit: "b%d "}.Of(6))
}

// Ratio has to see what it is for.
func TestRatio(t *testing.T) {
	c := Case{Unit: "a"}
	linear := func(s string) {
		for range 50 {
			_ = strings.Count(s, "b")
		}
	}
	quadratic := func(s string) {
		for i := range s {
			_ = strings.Count(s[i:], "b")
		}
	}
	ratio, _ := Ratio(c, 256<<10, linear)
	assert.LessOrEqual(t, ratio, float64(tooMuch))
	ratio, _ = Ratio(c, 32<<10, quadratic)
	assert.Greater(t, ratio, float64(tooMuch))
}
