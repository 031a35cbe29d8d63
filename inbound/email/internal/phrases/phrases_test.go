package phrases

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPhrases(t *testing.T) {
	p := New([]string{"user unknown", "usage"}, []string{"不達"})
	for text, want := range map[string]bool{
		"user unknown": true, "550 user unknown.": true, "the usage": true, "user unknow": false, "メール不達": true,
		"": false, "u": false,
	} {
		assert.Equal(t, want, p.In(text), text)
	}
	assert.True(t, p.Begin("usage of"))
	assert.False(t, p.Begin("the usage"))
	assert.False(t, p.Begin(""))
}

func TestOf_SplitsAtBars(t *testing.T) {
	p := Of("see below|siehe unten", "ver abajo")
	assert.True(t, p.In("please see below"))
	assert.True(t, p.In("ver abajo."))
	assert.False(t, p.In("below|siehe"))
	assert.Equal(t, map[string]bool{"hi": true, "hello": true, "hey you": true}, Words("hi|hello", "hey you"))
}
