package phrases

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSet_InAndBegin(t *testing.T) {
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

func TestSet_Longest(t *testing.T) {
	p := New([]string{"out of", "out of office reply", "out of office"})
	for text, want := range map[string]string{
		"out of office: x": "out of office", "out of order": "out of", "outside": "", "the out of office": "", "o": "",
	} {
		assert.Equal(t, want, p.Longest(text), text)
	}
}

func TestSet_Several(t *testing.T) {
	p := New([]string{"sent by", "sent from", "unsubscribe"})
	for text, want := range map[string]bool{
		"sent by a, sent from b": true, "sent by a, sent by b": false, "unsubscribe": false, "": false,
	} {
		assert.Equal(t, want, p.Several(text), text)
	}
}
