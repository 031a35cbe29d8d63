package charset

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestJoinSurrogates(t *testing.T) {
	for html, want := range map[string]string{
		"&#55357;&#56832;":             "😀",
		"a&#xD83D;&#xDE00;b":           "a😀b",
		"&#Xd83d&#xde00;":              "😀",
		"&#55357;x":                    "\uFFFDx",
		"&#56832;&#55357;":             "\uFFFD\uFFFD",
		"&#55357;&#55357;&#56832;":     "\uFFFD😀",
		"&#128512;&#8364;&amp;&#&#x&#": "&#128512;&#8364;&amp;&#&#x&#",
		"&#553570;&#xD83DA;&#5535":     "&#553570;&#xD83DA;&#5535",
		"":                             "",
	} {
		assert.Equal(t, want, JoinSurrogates(html), html)
	}
}
