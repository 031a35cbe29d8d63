package safehtml

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// A construct is HTML that a sender may repeat as often as they like: before, then unit
// again and again, then after. In unit, "%d" is the number of the repetition.
type construct struct{ before, unit, after string }

func (c construct) of(n int) string {
	var b strings.Builder
	b.WriteString(c.before)
	for i := 0; b.Len() < n; i++ {
		b.WriteString(strings.ReplaceAll(c.unit, "%d", fmt.Sprint(i)))
	}
	return b.String() + c.after
}

func tag(unit string) construct { return construct{unit: unit} }

func style(before, unit string) construct {
	return construct{before: `<p style="` + before, unit: unit, after: `">x</p>`}
}

func attribute(before, unit string) construct {
	return construct{before: before + `="`, unit: unit, after: `">x`}
}

var constructs = []construct{
	tag("x"), tag(" "), tag("\n"), tag("\x00"), tag("\xff"), tag("ä"), tag("<"), tag(">"), tag("</"), tag("<a"),
	tag("<a "), tag("<a>"), tag("</a>"), tag("</x>"), tag("<x>"), tag("<x/>"), tag("<x:y>"), tag("<ä>"),
	tag("<div>"), tag("<div>x</div>"), tag("</div>"), tag("<div></p>"), tag("<p>"), tag("<p>x"), tag("</p>"),
	tag("<br>"), tag("<br/>"), tag("<hr>"), tag("<b>"), tag("<b><i>"), tag("<i></b>"), tag("<b><p></b>"),
	tag("<a><div></a>"), tag("<span>"), tag("<font>"), tag("<font color=red>x"), tag("<blockquote>"),
	tag("<blockquote>x</blockquote>"), tag("<ul><li>"), tag("<li>"), tag("<ol start=1><li>x"), tag("<dl><dd>"),
	tag("<table>"), tag("<table>x"), tag("<table><tr><td>"), tag("<table><td>"), tag("<td>"),
	tag("<tr><td>x</td></tr>"), tag("<col>"), tag("<table><a>"), tag("<caption>"), tag("<thead><tbody>"),
	tag("<h1>"), tag("<pre>\n"), tag("<center>"), tag("<nobr>"), tag("<!--"), tag("<!-->"), tag("<!---->"),
	tag("<!-- x -->"), tag("<!--[if mso]>x<![endif]-->"), tag("<!--[if mso]>"), tag("<![endif]>"), tag("--!>"),
	tag("-"), tag("<![CDATA["), tag("<![CDATA[x]]>"), tag("<!"), tag("<?"), tag("<?xml "), tag("<!DOCTYPE "),
	tag("<!DOCTYPE html>"), tag("<script>"), tag("<script></script>"), tag("<script><!--"),
	tag("<script><!--<script>"), tag("</script"), tag("<style>"), tag("<style></style>"), tag("<style>a{"),
	tag("<style>@media x{"), tag("<title>"), tag("<title></title>"), tag("<template>"), tag("</template>"),
	tag("<template></template>"), tag("<textarea>"), tag("<noscript>"), tag("<xmp>"), tag("<plaintext>"),
	tag("<iframe>"), tag("<noembed>"), tag("<svg>"), tag("<svg><foreignObject>"), tag("<math>"), tag("<math><mi>"),
	tag("<select><option>"), tag("<option>"), tag("<button>"), tag("<form>"), tag("<input>"), tag("<frameset>"),
	tag("<ruby><rt>"), tag("<object>"), tag("<embed>"), tag("<link>"), tag("<meta>"), tag("<base>"),
	tag("<html><head><body>"), tag("&"), tag("&amp"), tag("&amp;"), tag("&nbsp;"), tag("&#"), tag("&#x"),
	tag("&#1"), tag("&#x1F600;"), tag("&a"), tag("&notin"), tag("&CounterClockwiseContourIntegral;"), tag("'"),
	tag("\""), tag("'\"&<"), tag("<a b"), tag("<a b=c "), tag("<p a=b "), tag("<p title='"), tag("<p title=\""),
	tag("<p a=\"b\">"), tag("<p title=x>"), tag("<p dir=rtl lang=de>"), tag("<p/style=a/>"), tag("<a href=x>"),
	tag("<a href=https://x.example/>y</a>"), tag("<a href=javascript:x>"), tag("<a href=mailto:a@b>"),
	tag("<a href=cid:x>y"), tag("<a href=https://a%zz>"), tag("<img>"), tag("<img src=cid:x>"),
	tag("<img src=cid:%d alt=x>"), tag("<img src=https://x.example/>"), tag("<img src=data:image/png;base64,AAAA>"),
	tag("<img src=data:text/html,x>"), tag("<div style=a:b>"), tag("<div style=\"color:red\">"),
	tag("<div style=\"background:url(x)\">"), tag("<p style=\"color:red;"),
	tag("<div style=\"" + strings.Repeat("background:url(", 270) + "\">x</div>"),
	tag("<p style=\"" + strings.Repeat("color:red;", 800) + "\">x"), style("", "a:b;"), style("", "color:red;"),
	style("", "COLOR : RED ; "), style("", "color:red !important;"), style("", ";"), style("", ":"), style("", " "),
	style("", "a"), style("", "\\"), style("", "\\61"), style("", "\\61 "), style("", "/*"), style("", "/**/"),
	style("", "*/"), style("", "/* x */color:red;"), style("", "/*;"), style("", "'"), style("", "&quot;"),
	style("", "&#39;a;"), style("", "{"), style("", "}"), style("", "@media x{"), style("", "<!--"),
	style("", "url("), style("", "background:url("), style("", "background:url(x);"),
	style("", "width:expression("), style("", "-moz-"), style("", "\n"), style("color:", "("), style("color:", ")"),
	style("color:", "()"), style("color:", "rgb("), style("color:", "rgb(1,2,3) "), style("color:", "red "),
	style("color:", "!"), style("color:", "!important "), style("color:", "#"), style("color:", "\\75 "),
	style("color:", "u"), style("color:", "-"), style("color:", "-1 "), style("color:", "."), style("color:", "1"),
	style("color:", "U+"), style("color:", "'a' "), style("color:", "'"), style("font-family:", "a,"),
	style("font-family:", "'a',"), style("font:", "1px/"), style("", "font-family:'a','b';"),
	style("", "margin:0 auto;"), style("width:", "%"), attribute("<p title", "x"), attribute("<p title", "&lt;"),
	attribute("<p title", "<"), attribute("<p lang", "a-"), attribute("<p dir", "rtl"), attribute("<p align", "a"),
	attribute("<table width", "1"), attribute("<p bgcolor", "#"), attribute("<font face", "a, "),
	attribute("<a href", "https://x.example/"), attribute("<a href=\"https://x.example/", "%2f"),
	attribute("<a href=\"https://x.example/?", "a=b&"), attribute("<a href=\"https://x.example/?", "&amp;"),
	attribute("<a href=\"https://x.example/?", ";"), attribute("<a href=\"https://[", ":"),
	attribute("<a href=\"https://", "a."), attribute("<a href=\"https://", "@"),
	attribute("<a href=\"https://x.example/#", "#"), attribute("<a href", "\t"),
	attribute("<a href", "java\tscript:"), attribute("<a href", "../"), attribute("<a href=\"tel:", "1"),
	attribute("<a href=\"mailto:", "a@b,"), attribute("<a href", " "), attribute("<a href=\"data:", "\n"),
	attribute("<a href", "data:,"), attribute("<img src=\"data:image/png;base64,", "AAAA"),
	attribute("<img src=\"data:image/png;base64,", "AAAA\n"), attribute("<img src=\"data:image/png;base64,", "="),
	attribute("<img src=\"cid:", "%61"), attribute("<img src", "cid:"), attribute("<img alt", "x"),
	attribute("<img srcset", "a 1x,"), attribute("<img src", "//"), attribute("<p onclick", "x("),
	{before: "<a", unit: " a%d=1", after: ">x"}, {before: "<a", unit: " a=1", after: ">x"},
	{before: "<a", unit: " href=tel:1", after: ">x"}, {before: "<img", unit: " alt=x", after: ">"},
	{before: "<p", unit: " style=color:red", after: ">x"}, {before: "<p", unit: " title=x", after: ">x"},
	{before: "<p", unit: "/", after: ">x"}, {before: "<p", unit: " =", after: ">x"},
	{before: "<p", unit: " \"", after: ">x"}, {before: "<", unit: "a", after: ">"},
	{before: "<!", unit: "a", after: ">"}, {before: "<!--", unit: "--", after: ">x"},
	{before: "<!--", unit: "a-", after: "-->"}, {before: "<style>", unit: "a{color:red}", after: "</style>x"},
	{before: "&", unit: "a"}, {before: "<style>", unit: "</styl", after: "</style>x"},
	{before: "<script>", unit: "</scrip", after: "</script>x"},
	{before: "<script><!--", unit: "<script", after: "x"}, {before: "&#", unit: "1"}, {before: "&#x", unit: "f"},
	{before: "</", unit: "a", after: ">"}, {before: "<title>", unit: "</titl"},
	{before: "<textarea>", unit: "<", after: "</textarea>"}, {before: "<!DOCTYPE", unit: " \"a\""},
	{before: strings.Repeat("<div>", 300), unit: "<div></div>"}, {before: strings.Repeat("<b>", 300), unit: "</i>"},
	{before: strings.Repeat("<p title=\""+strings.Repeat("x", 400)+"\">", 5), unit: "<a href=tel:1></p>"},
}

const (
	steps     = 8 // the large size by the small one
	tooMuch   = 4 // how much more a byte may cost in the large size: 1 if it is linear, 8 if it is quadratic
	shortSize = 32 << 10
	fullSize  = 2 << 20
)

// TestClean_Growth compares the cost of a byte in small and in large HTML, which is a
// ratio and not a time. With POSTROOM_GROWTH=full in the environment, it doubles the size
// up to 2 MiB and prints the times:
//
//	POSTROOM_GROWTH=full go test -run Growth -v -timeout 0 .
func TestClean_Growth(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	large := shortSize
	if os.Getenv("POSTROOM_GROWTH") == "full" {
		large = fullSize
	}
	t.Logf("%d constructs", len(constructs))
	for _, c := range constructs {
		name := fmt.Sprintf("%.50q", c.before+c.unit)
		if large == fullSize {
			t.Log(table(name, c))
		}
		if ratio := growth(c, large); ratio > tooMuch {
			t.Errorf("%s: a byte costs %.1f times as much in %d bytes as in %d", name, ratio, large, large/steps)
		}
	}
}

// growth returns how much more a byte costs in HTML of n bytes than in an eighth of it.
// What seems too much is measured again: other programs may have disturbed it.
func growth(c construct, n int) float64 {
	small, large := c.of(n/steps), c.of(n)
	costSmall, costLarge := perByte(small), perByte(large)
	for try := 0; try < 10 && costLarge > tooMuch*costSmall; try++ {
		costSmall, costLarge = min(costSmall, perByte(small)), min(costLarge, perByte(large))
	}
	return costLarge / costSmall
}

// table returns the times of a construct, from 32 KiB to 2 MiB.
func table(name string, c construct) string {
	line := fmt.Sprintf("%-50s", name)
	cost := 0.0
	for n := 32 << 10; n <= fullSize && cost*float64(n) < 1e10; n *= 2 {
		html := c.of(n)
		cost = perByte(html)
		line += fmt.Sprintf("%10.2f", cost*float64(len(html))/1e6)
	}
	return fmt.Sprintf("%s ms %8.0f ns a byte", line, cost)
}

// perByte returns the nanoseconds of the processor that a byte of HTML costs: of the fastest of some calls.
func perByte(html string) float64 {
	var least, all time.Duration
	for i := 0; i < 3 && all < 20*time.Millisecond; i++ {
		start := clock()
		Clean(html, &Options{MaxBytes: 4 << 20, CID: func(id string) string { return "/files/" + id }})
		took := clock() - start
		all += took
		if i == 0 || took < least {
			least = took
		}
	}
	return float64(max(least, 1)) / float64(len(html))
}
