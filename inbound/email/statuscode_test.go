package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStatusOf(t *testing.T) {
	expectEach(t, statusOf, map[string]string{
		"5.1.1":               "5.1.1",
		"5.1.1 (bad mailbox)": "5.1.1",
		"smtp; 2.1.5":         "2.1.5",
		"550 5.1.1":           "5.1.1",
		"550-#5.7.124, no":    "5.7.124",
		"5505.1.1":            "",
		"5.8.1":               "",
		"5.1.1234":            "",
		"5.1.1a":              "",
		"3.1.1":               "",
		"delivery failed":     "",
		"12 5.1.1":            "",
		"":                    "",
	})
}

func TestExactStatus(t *testing.T) {
	for _, test := range []struct{ code, words, want string }{
		{"5.1.1", "550 5.2.2 full", "5.1.1"},
		{"", "550 5.2.2 full", "5.2.2"},
		{"5.0.0", "550 5.2.2 full", "5.2.2"},
		{"5.0.0", "451 4.7.1 greylisted", "5.0.0"},
		{"", "by 10.5.1.1", ""},
		{"", "version 5.1.1.9", ""},
		{"", "#5.1.1", "5.1.1"},
		{"", "full: 5.2.2.", "5.2.2"},
		{"", "full: 5.2.2..", ""},
		{"", "taken: 2.0.0, then 4.2.2", "4.2.2"},
	} {
		assert.Equal(t, test.want, exactStatus(test.code, test.words), "%s %s", test.code, test.words)
	}
}

func TestHasReplyCode(t *testing.T) {
	expectEach(t, hasReplyCode, map[string]bool{
		"550 5.1.1 anything":                 true,
		"550 #5.1.1":                         true,
		"said: 550 user unknown":             true,
		"550-mailbox full":                   true,
		"554 <a@b.example>: access denied":   true,
		"421 service not available":          true,
		"mailbox is full (#5.2.2)":           true,
		"status 5.7.124, mail refused":       true,
		"delivered: 250 2.0.0 message taken": false,
		"it cost 550 euros":                  false,
		"$550 user manuals":                  false,
		"550,00 mailbox stands":              false,
		"call 555-0142":                      false,
		"on 5.6.24 the mail":                 false,
		"version 5.1.10 of the mail program": false,
		"mail from 10.5.1.1":                 false,
		"mail server 5.1.1.9":                false,
		"article 550 12":                     false,
		"at 5.30 the host":                   false,
		"554 5.13.1":                         true,
		"554 5.13.1234":                      false,
		"550: mail":                          true,
		"550 mails":                          false,
		"€550 user manuals":                  false,
		"550 #a@b.example":                   true,
		"550----user":                        false,
		"":                                   false,
	})
}

func TestIsStatusCode(t *testing.T) {
	for _, code := range []string{"0.0", "1.1", "1.10", "2.14", "7.30", "7.124", "1.351"} {
		subject, detail, _ := strings.Cut(code, ".")
		assert.True(t, isStatusCode(subject, detail), code)
	}
	for _, code := range []string{"6.24", "1.20", "0.2", "7.31", "1.01", "1.001"} {
		subject, detail, _ := strings.Cut(code, ".")
		assert.False(t, isStatusCode(subject, detail), code)
	}
}

// expectEach calls read with each of the texts, and compares what it returns.
func expectEach[T any](t *testing.T, read func(string) T, want map[string]T) {
	t.Helper()
	for text, expected := range want {
		assert.Equal(t, expected, read(text), text)
	}
}
