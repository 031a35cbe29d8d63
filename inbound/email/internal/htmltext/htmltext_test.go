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
		"<pre>\n a\n</pre>", "&#0;&nbsp;&lt;", "<a href='x'>", "<td>1<td>2", "<a href=//b>c</a>",
		"<style>.a{display:none}</style><p class=a>b<p style=opacity:0>c", "<p style=display:none>d"} {
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

func TestConvert_Links(t *testing.T) {
	for name, test := range map[string]struct{ html, want string }{
		"a page":                    {`<a href="https://a.example/x">go</a>!`, "go <https://a.example/x>!\n"},
		"shown":                     {`<a href="http://a.example/x/">A.example/x</a>`, "A.example/x\n"},
		"shown in pieces":           {`<a href="mailto:n@a.example">n@<b>a.example</b></a>`, "n@a.example\n"},
		"a person, with a question": {`<a href="MAILTO:n@a.example?subject=x">Nina</a>`, "Nina <n@a.example>\n"},
		"no text":                   {`<a href="https://a.example/x"> </a>b`, "b\n"},
		"a picture's text":          {`<a href="https://a.example/x"><img alt="Buy"></a>`, "Buy <https://a.example/x>\n"},
		"never closed":              {`<a href="https://a.example/x">go`, "go <https://a.example/x>\n"},
		"in each other": {`<a href="https://a.example/">a<a href="https://b.example/">b</a></a>`,
			"a <https://a.example/>b <https://b.example/>\n"},
		"no host":               {`<a href="https://">a</a>`, "a\n"},
		"spaces and brackets":   {`<a href="https://a.example/ <x>">a</a>`, "a\n"},
		"turns the text around": {"<a href='https://a.example/\u202ex'>a</a>", "a\n"},
		"without scheme":        {`<a href="//a.example/x">a</a>`, "a <//a.example/x>\n"},
		"in a quotation": {`<blockquote><a href="https://a.example/x">a</a></blockquote>`,
			"> a <https://a.example/x>\n\n"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, Convert(test.html, 1<<10)) })
	}
	var many strings.Builder
	for i := range 2 * maxLinks {
		many.WriteString("<a href='https://a.example/" + strings.Repeat("i", i) + "'>x</a> ")
	}
	assert.Equal(t, maxLinks, strings.Count(Convert(many.String(), 1<<20), "<"), "links are bounded")
}

func TestConvert_Hidden(t *testing.T) {
	for name, test := range map[string]struct{ html, want string }{
		"display":                     {`<div style="color:red;display : none">a</div>b`, "b\n"},
		"in each other":               {`<div style="display:none"><div>a</div>b</div>c`, "c\n"},
		"a paragraph without end":     {`<p style="display:none">a<p>b`, "b\n"},
		"a paragraph, then a block":   {`<p style="display:none">a<div>b</div>`, "b\n"},
		"a void element":              {`<img style="display:none" alt=a>b`, "b\n"},
		"an attribute":                {`<p hidden>a</p>b`, "b\n"},
		"nothing else: it stays":      {`<p style="display:none">a</p>`, "a\n"},
		"never closed: it stays":      {`b<div style="display:none">a`, "b\na\n"},
		"the body stays":              {`<body style="display:none">a`, "a\n"},
		"displayed in spite of it":    {`<style>.x{display:none}</style><p class=x style="display:block">a</p>b`, "a\n\nb\n"},
		"a class":                     {`<style>.x{display:none}</style><p class="y x">a</p>b`, "b\n"},
		"a class within another":      {`<style>.y .x{display:none}</style><p class="x">a</p>b`, "a\n\nb\n"},
		"a class that is shown again": {`<style>.x{display:none}.x{display:block}</style><p class="x">a</p>b`, "a\n\nb\n"},
		"a class in print":            {`<style>@media print{.x{display:none}}</style><p class="x">a</p>b`, "a\n\nb\n"},
		"a style sheet that is cut":   {`<style>.x{display:none</style><p class="x">a</p>b`, "a\n\nb\n"},
		"displayed by its last word":  {`<p style="display:none;display:block">a</p>b`, "a\n\nb\n"},
		"hidden by its last word":     {`<p style="max-height:9px;max-height:0">a</p>b`, "b\n"},
		"opacity":                     {`<p style="opacity:0">a</p>b`, "b\n"},
		"nearly opaque":               {`<p style="opacity:.9">a</p>b`, "a\n\nb\n"},
		"no height, no overflow":      {`<p style="height:0px;overflow:hidden">a</p>b`, "b\n"},
		"no height":                   {`<p style="height:0">a</p>b`, "a\n\nb\n"},
		"a small font":                {`<p style="font-size:1px">a</p>b`, "b\n"},
		"a larger one in it":          {`<p style="font-size:0">a<b style="font-size:9px">c</b></p>b`, "c\n\nb\n"},
		"a script in it":              {`<div style="display:none"><script></div></script>a</div>b`, "b\n"},
		"filler":                      {"a &zwnj; &#8203;&nbsp;&#8203; \u034f b", "a b\n"},
		"joined words are no filler":  {"a\u200cb \u200dc", "a\u200cb \u200dc\n"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, Convert(test.html, 1<<10)) })
	}
}
