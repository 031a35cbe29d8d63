package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHTMLToText(t *testing.T) {
	for name, test := range map[string]struct{ html, want string }{
		"paragraphs":              {"<p>a</p><p>b</p>", "a\n\nb\n"},
		"lines":                   {"a<br>b<br/>c", "a\nb\nc\n"},
		"blocks":                  {"<div>a</div><div><div>b</div></div>", "a\nb\n"},
		"space is collapsed":      {"  a \n\t b  ", "a b\n"},
		"elements in a word":      {"a<b>b</b>c", "abc\n"},
		"entities":                {"&lt;a&gt; &amp; &uuml;&nbsp;b &#x1F600;", "<a> & ü b 😀\n"},
		"lists":                   {"<ul><li>a<li>b</ul>", "- a\n- b\n"},
		"tables":                  {"<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc\n"},
		"quotes":                  {"a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n> b\n>> c\nd\n"},
		"preformatted":            {"<pre>a\n  b\r\nc\rd</pre>", "a\n  b\nc\nd\n"},
		"not shown":               {"<head><title>t</title><style>s{}</style></head><script>x()</script>a", "a\n"},
		"comments":                {"a<!-- b --><!---->c", "ac\n"},
		"text of pictures":        {`<img src=x alt="a logo"> b`, "a logo b\n"},
		"nothing":                 {"", ""},
		"only elements":           {"<div><p></p></div>", ""},
		"not closed":              {"<div><p>a<b", "a\n"},
		"half an entity":          {"a &am", "a &am\n"},
		"surrogates and NUL":      {"a&#xD800;&#0;\x00b", "a\uFFFD\uFFFDb\n"},
		"hidden and never closed": {"a<style>b", "a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, htmlToText(test.html, 1<<10))
		})
	}
}

func TestQuotesOfHTMLAreNotMarkedWithoutEnd(t *testing.T) {
	got := htmlToText(strings.Repeat("<blockquote>", 100)+"a", 1<<20)
	assert.Equal(t, strings.Repeat(">", maxQuoted)+" a\n", got)
}
