package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBodyTexts_Add(t *testing.T) {
	var b bodyTexts
	b.begin(5)
	assert.False(t, b.add(bodyText{text: "abc", plain: true}))
	assert.False(t, b.add(bodyText{text: "<p>é"}), "HTML has room of its own")
	assert.True(t, b.add(bodyText{text: "dé", plain: true}), "the limit is in the midst of a character")
	assert.False(t, b.add(bodyText{text: "", plain: true}))
	texts := []string{}
	for _, text := range b.list {
		texts = append(texts, text.text)
	}
	assert.Equal(t, []string{"abc", "<p>é", "d"}, texts)

	b.begin(100)
	b.add(bodyText{text: " \n", plain: true})
	assert.Empty(t, b.list, "blank texts are left out")
}

func TestBodyTexts_HaveOther(t *testing.T) {
	var b bodyTexts
	b.begin(100)
	assert.False(t, b.haveOther(partPosition{}))
	b.add(bodyText{text: "a", plain: true, alternative: 1, choice: 1})
	assert.False(t, b.haveOther(partPosition{alternative: 1, choice: 2}), "an alternative of it")
	assert.True(t, b.haveOther(partPosition{alternative: 2, choice: 1}))
	assert.True(t, b.haveOther(partPosition{}))
}

func TestBodyTexts_Assemble(t *testing.T) {
	plain := func(text string, alternative, choice int) bodyText {
		return bodyText{text: text, plain: true, alternative: alternative, choice: choice}
	}
	html := func(text string, alternative, choice int) bodyText {
		return bodyText{text: text, alternative: alternative, choice: choice}
	}
	for name, test := range map[string]struct {
		list       []bodyText
		text, html string
	}{
		"nothing":                  {nil, "", ""},
		"texts are joined":         {[]bodyText{plain("a", 0, 0), plain("b", 0, 0)}, "a\nb", ""},
		"HTML alone":               {[]bodyText{html("<p>a", 0, 0)}, "a\n", "<p>a"},
		"alternatives":             {[]bodyText{plain("a", 1, 1), html("<p>a", 1, 2)}, "a", "<p>a"},
		"the last of two texts":    {[]bodyText{plain("a", 1, 1), plain("b", 1, 2)}, "b", ""},
		"both texts of one choice": {[]bodyText{plain("a", 1, 1), plain("b", 1, 1)}, "a\nb", ""},
		"text beside HTML": {[]bodyText{plain("a<b>\nc\n", 0, 0), html("<p>b", 0, 0)}, "a<b>\nc\n\nb\n",
			`<div style="white-space:pre-wrap">a&lt;b&gt;<br>` + "\nc</div>\n<p>b"},
	} {
		b := bodyTexts{list: test.list, htmlLimit: 100}
		if len(b.list) > 0 && b.list[0].alternative > 0 {
			b.choose(0, partPosition{})
		}
		text, html, cut := b.assemble(100)
		assert.Equal(t, test.text, text, name)
		assert.Equal(t, test.html, html, name)
		assert.False(t, cut, name)
	}
	b := bodyTexts{list: []bodyText{plain("aé", 0, 0)}}
	text, _, cut := b.assemble(2)
	assert.Equal(t, "a", text)
	assert.True(t, cut)
}

func TestPlainText(t *testing.T) {
	for raw, want := range map[string]string{
		"a\nb":       "a\nb",
		"a\r\nb\rc":  "a\nb\nc",
		"a\x00b\r":   "ab\n",
		"\r\r\n\r\n": "\n\n\n",
	} {
		assert.Equal(t, want, plainText(raw), "%q", raw)
	}
}
