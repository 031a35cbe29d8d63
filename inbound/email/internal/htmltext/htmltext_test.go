package htmltext

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConvert(t *testing.T) {
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
			assert.Equal(t, test.want, Convert(test.html, 1<<10))
		})
	}
}

func TestConvert_QuoteDepthIsBounded(t *testing.T) {
	got := Convert(strings.Repeat("<blockquote>", 100)+"a", 1<<20)
	assert.Equal(t, strings.Repeat(">", maxQuoteDepth)+" a\n", got)
}

// The text is valid UTF-8 without NUL, and its lines end in "\n".
func FuzzConvert(f *testing.F) {
	for _, s := range []string{"<p>a<br>b", "<blockquote>q<blockquote>r", "<script>x</script>y", "<!-- <p>",
		"<pre>\n a\n</pre>", "&#0;&nbsp;&lt;", "<a href='x'>", "<td>1<td>2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		text := Convert(s, 1000)
		require.True(t, utf8.ValidString(text))
		require.NotContains(t, text, "\x00")
		require.True(t, text == "" || strings.HasSuffix(text, "\n"), "%q", text)
	})
}
