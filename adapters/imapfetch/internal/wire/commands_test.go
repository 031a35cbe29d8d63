package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCommands_ContinuationRequests(t *testing.T) {
	for _, tt := range []struct {
		name, sent, server, want string
	}{
		{"nobody waits", "T1 NOOP\r\n", "+ go\r\n", ""},
		{"literal", "T1 LOGIN {4}\r\n", "+\r\n+ go\r\n", "+ \r\n"},
		{"two literals", "T1 LOGIN {4}\r\nT2 x {3}\r\n", "+ go\r\n+ go\r\n+ go\r\n", "+ go\r\n+ go\r\n"},
		{"literal without request", "T1 LOGIN {4+}\r\nT2 x x\r\n", "+ go\r\n", ""},
		{"refused literal", "T1 LOGIN {4}\r\n", "T1 NO no\r\n+ go\r\n", "T1 NO no\r\n"},
		{"other reply", "T1 CAPABILITY\r\nT2 LOGIN {4}\r\n", "T1 OK\r\n+ go\r\n", "T1 OK\r\n+ go\r\n"},
		{"SASL", "T1 AUTHENTICATE PLAIN\r\n", "+ go on, please\r\n+ go\r\n", "+ \r\n"},
		{"SASL response", "T1 AUTHENTICATE PLAIN\r\nAGE=\r\n", "+ go\r\n+  abc= \r\n+\r\n", "+ \r\n+ abc=\r\n"},
		{"SASL-IR", "T1 AUTHENTICATE XOAUTH2 " + strings.Repeat("A", 3000) + "\r\n", "+ eyJ9\r\n+ x\r\n", "+ eyJ9\r\n"},
		{"SASL without a tag", "T1 AUTHENTICATE PLAIN AGE=\r\n", "\r\nNO no\r\nHM\r\n", "T1 NO no\r\n"},
		{"after SASL", "T1 AUTHENTICATE PLAIN AGE=\r\n", "T1 OK in\r\n+ x\r\n", "T1 OK in\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 10_000} {
				commands := new(commands)
				for text := tt.sent; text != ""; {
					n := min(size, len(text))
					commands.sent([]byte(text[:n]))
					text = text[n:]
				}
				s := newScanner(strings.NewReader(tt.server), commands)
				assert.Equal(t, tt.want, readAll(s))
			}
		})
	}
}

func TestCommands_Verbs(t *testing.T) {
	commands := new(commands)
	commands.sent([]byte("T1 uid SEARCH ALL\r\n\r\nT2\r\nT3 SELECT {3}\r\nT5 x\r\nT4 NOOP\r\n"))
	assert.Equal(t, []command{{"T1", "UID SEARCH"}, {"T3", "SELECT"}, {"T4", "NOOP"}}, commands.pending)
	assert.True(t, commands.waiting("EXAMINE", "SELECT"))
	assert.False(t, commands.waiting("LIST"))
	one, ok := commands.reply([]byte("t3"))
	assert.True(t, ok)
	assert.Equal(t, command{"T3", "SELECT"}, one)
	assert.False(t, commands.isTag([]byte("T3")))
	assert.True(t, commands.isTag([]byte("T4")))
}
