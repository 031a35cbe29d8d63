package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMessageIDs(t *testing.T) {
	for name, test := range map[string]struct {
		value string
		want  []string
		cut   bool
	}{
		"several": {"<a@x> <b@x>\t<c@x>", []string{"<a@x>", "<b@x>", "<c@x>"}, false},
		"words between": {"Your message of Monday <a@x> (and <b@x>)", []string{"<a@x>", "<b@x>"},
			false},
		"not closed":   {"<a@x <b@x>", []string{"<b@x>"}, false},
		"space within": {"<a b@x> <c@x>", []string{"<c@x>"}, false},
		"empty":        {"<> <<>>", nil, false},
		"the first and the last remain": {"<a@x><b@x><c@x><d@x><e@x><f@x><g@x><h@x>",
			[]string{"<a@x>", "<g@x>", "<h@x>"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			ids, cut := messageIDs(test.value, 3)
			assert.Equal(t, test.want, ids)
			assert.Equal(t, test.cut, cut)
		})
	}
}

func TestMessageID_AddsAngleBrackets(t *testing.T) {
	assert.Equal(t, "<a@x>", messageID("a@x"))
	assert.Empty(t, messageID("nothing"))
}

func FuzzMessageIDs(f *testing.F) {
	for _, s := range []string{"<a@b>", "<a@b><c@d>", "a@b", "<a b@c>", "(((<a@b>", "<<a>>", "<", ">"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		ids, _ := messageIDs(s, 5)
		require.LessOrEqual(t, len(ids), 5)
		for _, id := range ids {
			require.True(t, len(id) > 2 && id[0] == '<' && id[len(id)-1] == '>' && !strings.ContainsAny(id[1:len(id)-1],
				"<> \t\r\n"), "%q", id)
		}
	})
}
