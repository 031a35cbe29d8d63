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
