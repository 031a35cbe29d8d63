package safehtml

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// policy lists what is allowed.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption",
		"center", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "footer",
		"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "ins", "kbd", "li", "main", "mark", "ol",
		"p", "pre", "q", "s", "samp", "section", "small", "strike", "strong", "sub", "sup", "tt", "u", "ul",
		"var", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "col", "colgroup",
	)
	p.SkipElementsContent("title", "template")

	// No id, name or class: they could conflict with those of the page.
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z-]{2,35}$`)).Globally()
	p.AllowAttrs("title").Matching(regexp.MustCompile(`^[^<>]{0,500}$`)).Globally()
	length, color := regexp.MustCompile(`^[0-9]{1,4}%?$`), regexp.MustCompile(`^#?[0-9a-zA-Z]{1,20}$`)
	p.AllowAttrs("align", "valign").Matching(regexp.MustCompile(`^[a-zA-Z]{3,8}$`)).Globally()
	p.AllowAttrs("bgcolor").Matching(color).Globally()
	p.AllowAttrs("width", "height").Matching(length).
		OnElements("table", "td", "th", "tr", "col", "colgroup", "img", "hr")
	p.AllowAttrs("border", "cellpadding", "cellspacing").Matching(length).OnElements("table", "img")
	p.AllowAttrs("colspan", "rowspan", "span").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).
		OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,6}$`)).OnElements("ol")
	p.AllowAttrs("color", "face", "size").Matching(regexp.MustCompile(`^[-+#0-9a-zA-Z, ]{1,100}$`)).OnElements("font")
	p.AllowNoAttrs().OnElements("span", "font")

	p.RequireParseableURLs(true)
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.AllowURLSchemeWithCustomPolicy("data", isImageData)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")

	// harmlessStyles looks at them later: the CSS parser of bluemonday takes time
	// quadratic in them.
	p.AllowAttrs("style").Globally()
	return p
})

// isImageData reports whether a data: URL holds an image. SVG is not allowed, since
// it is a document that may have scripts.
func isImageData(u *url.URL) bool {
	for _, kind := range [...]string{"png", "gif", "jpeg", "jpg", "webp"} {
		if data, ok := strings.CutPrefix(u.Opaque, "image/"+kind+";base64,"); ok {
			_, err := base64.StdEncoding.DecodeString(data)
			return err == nil && u.RawQuery == "" && u.Fragment == ""
		}
	}
	return false
}
