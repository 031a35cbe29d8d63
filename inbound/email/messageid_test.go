package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMessageIDs(t *testing.T) {
	for name, test := range map[string]struct {
		value string
		want  []string
		cut   bool
	}{
		"several":                       {"<a@x> <b@x>\t<c@x>", []string{"<a@x>", "<b@x>", "<c@x>"}, false},
		"words between":                 {"Your message of Monday <a@x> (and <b@x>)", []string{"<a@x>", "<b@x>"}, false},
		"not closed":                    {"<a@x <b@x>", []string{"<b@x>"}, false},
		"space within":                  {"<a b@x> <c@x>", []string{"<c@x>"}, false},
		"empty":                         {"<> <<>>", nil, false},
		"the first and the last remain": {"<a@x><b@x><c@x><d@x><e@x><f@x><g@x><h@x>", []string{"<a@x>", "<g@x>", "<h@x>"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			ids, cut := messageIDs(test.value, 3)
			assert.Equal(t, test.want, ids)
			assert.Equal(t, test.cut, cut)
		})
	}
}

func TestMessageIDWithoutAngleBracketsGetsThem(t *testing.T) {
	assert.Equal(t, "<a@x>", messageID("a@x"))
	assert.Empty(t, messageID("nothing"))
}

func TestReferencesHaveNoHarmfulCharacters(t *testing.T) {
	m := parsed(t, "Message-ID: <a\u202e@x>\r\nReferences: <b\u2066@x> <c\u0085@x>\r\nIn-Reply-To: <d\xff@x>\r\n\r\n")
	assert.Equal(t, "<a@x>", m.MessageID)
	assert.Equal(t, []string{"<b@x>", "<c@x>"}, m.References)
}
