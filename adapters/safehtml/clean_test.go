package safehtml

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

func TestClean(t *testing.T) {
	own := &Options{CID: func(id string) string { return "/files/" + id }}
	for name, test := range map[string]struct {
		raw, want string
		options   *Options
	}{
		"plain":              {raw: `<p>Hello <b>there</b></p>`, want: `<p>Hello <b>there</b></p>`},
		"text only":          {raw: `1 < 2 & 3`, want: `1 &lt; 2 &amp; 3`},
		"script":             {raw: `a<script>alert(1)</script>b`, want: `ab`},
		"script in capitals": {raw: `a<SCRIPT SRC=//evil.example/x.js></SCRIPT>b`, want: `ab`},
		"script in a script": {
			raw:  `<scr<script>ipt>alert(1)</scr</script>ipt>`,
			want: `ipt&gt;alert(1)ipt&gt;`,
		},
		"event handler":       {raw: `<p onclick="alert(1)" onmouseover=alert(2)>x</p>`, want: `<p>x</p>`},
		"handler in an image": {raw: `<img src=x onerror=alert(1)>`, want: ``},
		"handler behind a slash": {
			raw:     `<img/src="cid:a"/onerror="alert(1)">`,
			want:    `<img src="/files/a">`,
			options: own,
		},
		"svg":                      {raw: `<svg onload=alert(1)><script>alert(2)</script></svg>x`, want: `x`},
		"math":                     {raw: `<math><mi xlink:href="javascript:alert(1)">x</mi></math>`, want: `x`},
		"style sheet":              {raw: `<style>body{background:url(//evil.example)}</style>x`, want: `x`},
		"style sheet in a comment": {raw: `<!--[if mso]><style>p{}</style><![endif]-->x`, want: `x`},
		"linked style sheet":       {raw: `<link rel=stylesheet href=//evil.example/x.css>x`, want: `x`},
		"base, meta": {
			raw:  `<base href=//evil.example><meta http-equiv=refresh content="0;url=//evil.example">x`,
			want: `x`,
		},
		"frame": {
			raw:  `<iframe src=//evil.example></iframe><object data=x></object><embed src=x>x`,
			want: `x`,
		},
		"frame with a document": {raw: `<iframe srcdoc="<script>alert(1)</script>"></iframe>x`, want: `x`},
		"form": {
			raw:  `<form action=//evil.example><input name=p><button formaction=x>Go</button></form>`,
			want: `Go`,
		},
		"title":           {raw: `<html><head><title>T</title></head><body>x</body></html>`, want: `x`},
		"id, name, class": {raw: `<p id=login name=x class=admin>x</p>`, want: `<p>x</p>`},
		"data attributes": {raw: `<p data-toggle=modal>x</p>`, want: `<p>x</p>`},

		"link": {
			raw: `<a href="https://shop.example/?a=1&b=2">x</a>`,
			want: `<a href="https://shop.example/?a=1&amp;b=2"` +
				` rel="noopener noreferrer nofollow" target="_blank">x</a>`,
		},
		"link with its own rel": {
			raw:  `<a rel=opener target=_top href=http://shop.example>x</a>`,
			want: `<a href="http://shop.example" rel="noopener noreferrer nofollow" target="_blank">x</a>`,
		},
		"mailbox": {
			raw:  `<a href="mailto:a@example.com">x</a>`,
			want: `<a href="mailto:a@example.com" rel="noopener noreferrer nofollow" target="_blank">x</a>`,
		},
		"javascript": {raw: `<a href="javascript:alert(1)">x</a>`, want: `x`},
		"javascript, disguised": {
			raw:  "<a href=\" jAva\tscri\npt&#58;alert(1)\">x</a><a href=\"&#x6A;avascript:alert(1)\">y</a>",
			want: `xy`,
		},
		"javascript behind control": {raw: "<a href=\"\x01javascript:alert(1)\">x</a>", want: `x`},
		"vbscript, data": {
			raw:  `<a href="vbscript:x">x</a><a href="data:text/html,<script>alert(1)</script>">y</a>`,
			want: `xy`,
		},
		"relative": {
			raw:  `<a href="/admin/delete">x</a><a href="//evil.example">y</a><a href="#top">z</a>`,
			want: `xyz`,
		},
		"image as a link": {
			raw:  `<a href="data:image/png;base64,AAAA">x</a><a href="cid:a">y</a>`,
			want: `<a>x</a><a>y</a>`,
		},

		"image of the message": {
			raw:     `<img src="cid:logo@x" alt="Logo" width=10>`,
			want:    `<img src="/files/logo@x" alt="Logo" width="10">`,
			options: own,
		},
		"image of the message, encoded": {
			raw:     `<img src="CID:logo%40x">`,
			want:    `<img src="/files/logo@x">`,
			options: own,
		},
		"image of the message, unknown": {raw: `<img src="cid:a" alt="Logo">`, want: `<img alt="Logo">`},
		"content ID that breaks out": {
			raw:     `<img src="cid:%22%3E%3Cscript%3E">`,
			want:    `<img src="/files/&#34;&gt;&lt;script&gt;">`,
			options: own,
		},
		"image from elsewhere": {raw: `<img src="https://evil.example/x.gif" alt=x>`, want: `<img alt="x">`},
		"image from elsewhere, accepted": {
			raw:     `<img src="https://shop.example/x.gif">`,
			want:    `<img src="https://shop.example/x.gif">`,
			options: &Options{ExternalImages: true},
		},
		"image in several sizes": {raw: `<img srcset="//evil.example/x 2x" alt=x>`, want: `<img alt="x">`},
		"image in its address": {
			raw:  `<img src="data:image/png;base64,iVBORw0KGgo=">`,
			want: `<img src="data:image/png;base64,iVBORw0KGgo=">`,
		},
		"SVG in its address": {
			raw:  `<img alt=x src="data:image/svg+xml;base64,PHN2Zz4=">`,
			want: `<img alt="x">`,
		},
		"background": {
			raw:  `<table background="https://evil.example/x"><tr><td>x</td></tr></table>`,
			want: `<table><tr><td>x</td></tr></table>`,
		},
		"media": {
			raw: `<video src=//evil.example poster=x></video><audio src=x></audio>` +
				`<picture><source srcset=x></picture>x`,
			want: `x`,
		},

		"style": {
			raw:  `<p style="color: red; margin: 0 auto; font: 12px/1.5 'Segoe UI'">x</p>`,
			want: `<p style="color: red; margin: 0 auto; font: 12px/1.5 &#39;Segoe UI&#39;">x</p>`,
		},
		"style with an address": {
			raw:  `<p style="background-color: url(//evil.example); color: rgb(1,2,3)">x</p>`,
			want: `<p style="color: rgb(1,2,3)">x</p>`,
		},
		"style with a function": {
			raw:  `<p style="width: expression(alert(1)); height: calc(100vh)">x</p>`,
			want: `<p>x</p>`,
		},
		"style that is disguised": {
			raw:  `<p style="background-color: \75rl(//evil.example); color: \72 ed">x</p>`,
			want: `<p>x</p>`,
		},
		"style that escapes": {
			raw: `<p style="position: fixed; top: 0; z-index: 9; margin-top: -500px; text-indent:-9px;` +
				` opacity: 0; color: red">x</p>`,
			want: `<p style="color: red">x</p>`,
		},
		"style with a comment":    {raw: `<p style="color: r/**/ed; back/**/ground: url(x)">x</p>`, want: `<p>x</p>`},
		"style that is not ended": {raw: `<p style="color: 'red">x</p>`, want: `<p>x</p>`},

		"not closed":              {raw: `<div><b>x`, want: `<div><b>x</b></div>`},
		"closed too often":        {raw: `x</div></div></body></td>y`, want: `xy`},
		"closed in a wrong order": {raw: `<b><i>x</b>y</i>`, want: `<b><i>x</i></b>y`},
		"an attribute not ended":  {raw: `<p title="x>y`, want: ``},
		"a tag not ended":         {raw: `x<p`, want: `x`},
		"a comment not ended":     {raw: `x<!-- y`, want: `x`},
		"raw text": {
			raw:  `<xmp><script>alert(1)</script></xmp><plaintext><b>`,
			want: `&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;`,
		},
		"noscript": {
			raw:  `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>x`,
			want: `&#34;&gt;x`,
		},
		"mutation": {
			raw: `<math><mtext><table><mglyph><style><!--</style>` +
				`<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
			want: `<table></table>`,
		},
		"not UTF-8": {raw: "a\xffb\x00c", want: "a\uFFFDbc"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Clean(test.raw, test.options)
			assert.Equal(t, test.want, got)
			requireSafe(t, got, DefaultMaxBytes)
		})
	}
}

// requireSafe checks what is true for every result without options.
func requireSafe(t testing.TB, clean string, limit int) {
	t.Helper()
	require.LessOrEqual(t, len(clean), limit)
	require.True(t, utf8.ValidString(clean))
	forbidden := regexp.MustCompile(
		`(?i)^(on.*|id|name|class|srcset|srcdoc|background|action|formaction|data-.*|xlink:.*)$`)
	var open []string
	for z := html.NewTokenizer(strings.NewReader(clean)); ; {
		switch z.Next() {
		case html.ErrorToken:
			require.Empty(t, open, "elements that are not closed")
			return
		case html.CommentToken, html.DoctypeToken:
			require.Failf(t, "comment", "in %q", clean)
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			require.NotContains(t, []string{"script", "style", "iframe", "form", "input", "object", "embed", "svg",
				"math", "base", "meta", "link", "noscript", "template"}, token.Data)
			for _, a := range token.Attr {
				require.NotRegexp(t, forbidden, a.Key)
				if a.Key == "href" || a.Key == "src" {
					require.Regexp(t, `^(?i)(https?:|mailto:|tel:|data:image/|/files/)`, a.Val)
				}
				if a.Key == "style" {
					require.NotRegexp(t, `(?i)url\(|expression\(|position|\\|/\*`, a.Val)
				}
			}
			if !isVoid(token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			require.NotEmpty(t, open, "an element is closed that is not open")
			require.Equal(t, open[len(open)-1], z.Token().Data)
			open = open[:len(open)-1]
		}
	}
}

func TestClean_MaxBytes(t *testing.T) {
	for name, raw := range map[string]string{
		"text":            strings.Repeat("<p>Hällo &amp; goodbye</p>", 1000),
		"references":      strings.Repeat("'\"&", 10000),
		"elements":        strings.Repeat("<div>", 10000),
		"links":           strings.Repeat(`<a href="tel:1">`, 10000),
		"a large picture": `<img src="data:image/png;base64,` + strings.Repeat("AAAA", 10000) + `">`,
		"a large title":   `<p title="` + strings.Repeat("x", 10000) + `">x</p>`,
	} {
		for _, limit := range [...]int{1, 2, 10, 100, 1000, 10000} {
			requireSafe(t, Clean(raw, &Options{MaxBytes: limit}), limit)
		}
		requireSafe(t, Clean(raw, &Options{MaxBytes: -1}), DefaultMaxBytes)
		assert.NotPanics(t, func() { Clean(raw, nil) }, name)
	}
	assert.Equal(t, "<p>Hä</p>", Clean("<p>Hällo</p>", &Options{MaxBytes: 10}))
}

func TestClean_LinearTime(t *testing.T) {
	const n = DefaultMaxBytes
	for name, unit := range map[string]string{
		"elements": "<b>", "ends": "</b>", "pairs": "<i></b>", "attributes": "<p a=b ",
		"styles": `<p style="color:red;`, "comments": "<!--", "references": "&amp", "brackets": "<",
		"quotes": `<p title="`, "tables": "<table><td>", "skipped": "<title>", "scripts": "<script>",
	} {
		start := time.Now()
		Clean(strings.Repeat(unit, n/len(unit)), nil)
		assert.Lessf(t, time.Since(start), 20*time.Second, "%s", name)
		t.Logf("%s: %s", name, time.Since(start))
	}
	start := time.Now()
	Clean(`<p style="`+strings.Repeat("color: red; ", n/12)+`">x`, nil)
	Clean(`<p style="color: `+strings.Repeat("(", n)+`">x`, nil)
	Clean(`<p style="color: `+strings.Repeat(`\75 `, n/4)+`">x`, nil)
	t.Logf("long styles: %s", time.Since(start))
	assert.Less(t, time.Since(start), 30*time.Second)
}

func FuzzClean(f *testing.F) {
	for _, seed := range [...]string{
		`<p>Hello <b>there</b></p>`, `<a href="javascript:alert(1)">x</a>`,
		`<svg><style><img src=x onerror=alert(1)>`, `<p style="color: \72 ed; width: expression(1)">`,
		`<img src="cid:a"><table><td><div></td></div>`, `<!--><script>alert(1)</script>-->`, "<\x00script>",
		`<noscript><p title="</noscript><img>">`,
	} {
		f.Add(seed, 100)
	}
	f.Fuzz(func(t *testing.T, raw string, limit int) {
		o := &Options{MaxBytes: limit, CID: func(id string) string { return "/files/" + id }}
		clean := Clean(raw, o)
		if limit <= 0 {
			limit = DefaultMaxBytes
		}
		requireSafe(t, clean, limit)
		// Cleaning a second time changes nothing, but takes away links without an address.
		again := Clean(clean, &Options{ExternalImages: true})
		requireSafe(t, again, DefaultMaxBytes)
		if !strings.Contains(clean, "<img") && !strings.Contains(clean, "style") && !strings.Contains(clean, "<a>") {
			require.Equal(t, clean, again)
		}
	})
}
