package email

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wide encodes a text as UTF-16, or as UTF-32.
func wide(text string, size int, little bool) string {
	var out []byte
	put := func(v uint32) {
		for i := range size {
			shift := 8 * i
			if !little {
				shift = 8 * (size - 1 - i)
			}
			out = append(out, byte(v>>shift))
		}
	}
	if size == 4 {
		for _, r := range text {
			put(uint32(r))
		}
		return string(out)
	}
	for _, u := range utf16.Encode([]rune(text)) {
		put(uint32(u))
	}
	return string(out)
}

func TestParse_CharsetsOfBodies(t *testing.T) {
	const html = "text/html"
	held, all := 0, 0
	for name, test := range map[string]struct{ contentType, raw, want string }{
		"UTF-16 LE, Greek": {"text/plain; charset=utf-16", wide("Πού είναι η παραγγελία;", 2, true),
			"Πού είναι η παραγγελία;"},
		"UTF-16 BE, Polish": {"text/plain; charset=utf-16", wide("Gdzie jest przesyłka?", 2, false),
			"Gdzie jest przesyłka?"},
		"UTF-16 LE, Japanese":     {"text/plain; charset=utf-16", wide("商品が届きません。", 2, true), "商品が届きません。"},
		"UTF-16 LE without ASCII": {"text/plain; charset=utf-16", wide("你好", 2, true), "你好"},
		"UTF-16 LE labeled BE":    {"text/plain; charset=utf-16be", wide("Где заказ?", 2, true), "Где заказ?"},
		"UTF-16 BE labeled LE": {"text/plain; charset=utf-16le", wide("Wo bleibt die Ware?", 2, false),
			"Wo bleibt die Ware?"},
		"UTF-16 LE labeled UTF-8": {"text/plain; charset=utf-8", wide("Où est mon colis ?", 2, true),
			"Où est mon colis ?"},
		"UTF-16 BE labeled ASCII": {"text/plain; charset=us-ascii", wide("Where is my order?", 2, false),
			"Where is my order?"},
		"UTF-16 LE labeled Latin-1": {"text/plain; charset=iso-8859-1", wide("Жду ответа.", 2, true),
			"Жду ответа."},
		"UTF-16 LE without a label": {"text/plain", wide("Dziękuję bardzo!", 2, true), "Dziękuję bardzo!"},
		"UTF-16 LE, HTML": {html, wide("<html><body><p>Größe 42</p></body></html>", 2, true),
			"Größe 42"},
		"windows-1250 labeled Latin-1, HTML, Polish": {html + "; charset=iso-8859-1",
			"<html><body><p>Gdzie jest moja przesy\xb3ka? Prosz\xea o odpowied\x9f.</p></body></html>",
			"Gdzie jest moja przesyłka? Proszę o odpowiedź."},
		"ISO 8859-2 labeled Latin-1, HTML, Hungarian": {html + "; charset=iso-8859-1",
			"<html><body><p>Mikor \xe9rkezik a csomag? K\xf6sz\xf6n\xf6m, Gy\xf5z\xf5.</p></body></html>",
			"Mikor érkezik a csomag? Köszönöm, Győző."},
		"UTF-16 with half a pair": {"text/plain; charset=utf-16le", "a\x00\x3d\xd8b\x00", "a\uFFFDb"},
		"UTF-32 LE labeled UTF-8": {"text/plain; charset=utf-8", wide("Größe 42", 4, true), "Größe 42"},
		"ASCII with zeros": {"text/plain; charset=utf-8", "padded\x00 with\x00 zeros",
			"padded with zeros"},
		"CESU-8, Korean": {"text/plain; charset=utf-8", "감사합니다 \xed\xa0\xbd\xed\xb1\x8d", "감사합니다 👍"},
		"CESU-8 without a label": {"text/plain", "Merci beaucoup, à bientôt \xed\xa0\xbd\xed\xb8\x80",
			"Merci beaucoup, à bientôt 😀"},
		"half a pair of CESU-8": {"text/plain; charset=utf-8", "Größe \xed\xa0\xbd passt",
			"Größe \uFFFD passt"},
		"references to surrogates, hex": {html, "<p>Ciao &#xD83D;&#xDC4D; a presto</p>", "Ciao 👍 a presto"},
		"the same without semicolons":   {html, "<p>Hej &#55357&#56832 hej</p>", "Hej 😀 hej"},
		"half a pair of references":     {html, "<p>x &#55357; y</p>", "x \uFFFD y"},
		"references that are none": {html, "<p>&#5535; &#553590; &# &#x1F600; &#8364;</p>",
			"\u159f \U00087276 &# 😀 €"},
		"ISO-2022-KR, two lines": {"text/plain; charset=iso-2022-kr", "\x1b$)C\x0e>H3g\x0f A\r\n\x0e>H3g\x0f",
			"안녕 A\n안녕"},
		"ISO-2022-KR without escapes": {"text/plain; charset=iso-2022-kr", "\x0e>H3g\x0f", "안녕"},
		"ISO-2022-CN":                 {"text/plain; charset=iso-2022-cn", "\x1b$)A\x0eDc:C\x0f!", "你好!"},
		"ISO-2022-JP-2 with Latin": {"text/plain; charset=iso-2022-jp-2", "\x1b.ACaf\x1bNi \x1b$B$3\x1b(B",
			"Café こ"},
		"ISO-2022-JP, katakana":       {"text/plain; charset=iso-2022-jp", "\x1b(I1\x1b(B", "ｱ"},
		"ISO-2022-JP, katakana by SO": {"text/plain; charset=cp50222", "\x0e1\x0f a", "ｱ a"},
		"ISO-2022-JP labeled EUC-JP":  {"text/plain; charset=euc-jp", "\x1b$B$3$s\x1b(B", "こん"},
		"UTF-8 under ISO-2022-JP":     {"text/plain; charset=iso-2022-jp", "ありがとう", "ありがとう"},
		"UTF-8 under UTF-7":           {"text/plain; charset=utf-7", "Größe + Farbe", "Größe + Farbe"},
		"a plus in UTF-7":             {"text/plain; charset=x-unicode-1-1-utf-7", "1+-1, T+AOk-l", "1+1, Tél"},
		"damaged UTF-8 under GBK": {"text/plain; charset=gbk", "请问订单\xe4什么时候发货，谢谢您的帮助",
			"请问订单\uFFFD什么时候发货，谢谢您的帮助"},
		"cut UTF-8 under windows-1251": {"text/plain; charset=windows-1251", "Где мой заказ\xd1",
			"Где мой заказ\uFFFD"},
		"cut UTF-8 under EUC-KR": {"text/plain; charset=euc-kr", "주문한 상품은 언제 도착하나\xec\x9a",
			"주문한 상품은 언제 도착하나\uFFFD"},
		"damaged GBK that it is": {"text/plain; charset=gbk", inCharset(t, "gbk",
			"请问订单什么") + "\xff " + inCharset(t, "gbk", "时候发货"), "请问订单什么\uFFFD 时候发货"},
		"quotes in ISO 8859-7": {"text/plain; charset=iso-8859-7", "\xcd\xe1\xe9 \x97 \x93\xcf\xea\x94",
			"Ναι — “Οκ”"},
		"a dash in ISO 8859-2": {"text/plain; charset=iso-8859-2", "Pros\xedm \x96 \x9aest kus\xf9",
			"Prosím – šest kusů"},
		"Shift JIS labeled EUC-JP": {"text/plain; charset=euc-jp", inCharset(t, "shift_jis", "見積書をお願いします。"),
			"見積書をお願いします。"},
		"windows-1251 labeled KOI8-R": {"text/plain; charset=koi8-r", inCharset(t, "windows-1251",
			"Спасибо, заказ получен."), "Спасибо, заказ получен."},
		"KOI8-R labeled Latin-1": {"text/plain; charset=iso-8859-1", inCharset(t, "koi8-r",
			"Спасибо, заказ получен."), "Спасибо, заказ получен."},
		"cp866 without a label": {"text/plain", inCharset(t, "ibm866",
			"Добрый день! Где мой заказ? Жду уже неделю."), "Добрый день! Где мой заказ? Жду уже неделю."},
		"HTML that says GBK and is not": {html, "<meta charset=gbk><p>Где мой заказ?</p>", "Где мой заказ?"},
		"a footer in another charset": {"text/plain; charset=utf-8",
			"Größe passt, schöne Grüße\n-- \nVon uns f\xfcr Sie\nf\xfcr alle",
			"Größe passt, schöne Grüße\n-- \nVon uns für Sie\nfür alle"},
		"a banner in another charset": {"text/plain", inCharset(t, "windows-1251",
			"Проверено антивирусом") + "\nЗаказ не пришёл, где он?",
			"Проверено антивирусом\nЗаказ не пришёл, где он?"},
		"a line of GBK that is nearly UTF-8": {"text/plain", inCharset(t, "gbk", "石室诗士施氏，嗜狮\n食时，始识是十狮尸，实十石狮尸。"),
			"石室诗士施氏，嗜狮\n食时，始识是十狮尸，实十石狮尸。"},
		"HTML that knows better": {html + "; charset=utf-8", "<meta charset=windows-1257><p>A\xe8i\xfb</p>",
			"Ačiū"},
		"Mac OS label": {"text/plain; charset=x-mac-roman", "Caf\x8e d\x8ej\x88", "Café déjà"},
	} {
		t.Run(name, func(t *testing.T) {
			all++
			m, err := Parse(strings.NewReader("From: a@buyer.example\r\nContent-Type: "+test.contentType+
				"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+
				base64.StdEncoding.EncodeToString([]byte(test.raw))+"\r\n"), Limits{})
			require.NoError(t, err)
			if assert.Equal(t, test.want, strings.TrimSpace(m.Text)) {
				held++
			}
			if strings.Contains(test.want, "\uFFFD") && !strings.HasPrefix(test.contentType, html) {
				assert.NotEmpty(t, m.Warnings)
			}
		})
	}
	t.Logf("characters of bodies: %d of %d held", held, all)
}

func TestParse_CharsetsOfWords(t *testing.T) {
	word := func(label, raw string) string {
		return "=?" + label + "?B?" + base64.StdEncoding.EncodeToString([]byte(raw)) + "?="
	}
	held, all := 0, 0
	for name, test := range map[string]struct{ subject, want string }{
		"UTF-16 LE":          {word("utf-16", wide("Zamówienie", 2, true)), "Zamówienie"},
		"UTF-16 BE under LE": {word("utf-16le", wide("Заказ 42", 2, false)), "Заказ 42"},
		"UCS-2, Chinese":     {word("ucs-2", wide("订单问题", 2, true)), "订单问题"},
		"UTF-16 under UTF-8": {word("utf-8", wide("Größe 42", 2, true)), "Größe 42"},
		"UTF-16 split over words": {word("utf-16", wide("Größe", 2, true)) + " " + word("utf-16",
			wide(" 42", 2, true)), "Größe 42"},
		"CESU-8":                            {word("utf-8", "Größe \xed\xa0\xbd\xed\xb8\x80"), "Größe 😀"},
		"split, labels spelled differently": {word("utf-8", "Gr\xc3") + " " + word("UTF8", "\xb6\xc3\x9fe"), "Größe"},
		"split, GBK":                        {word("gb2312", "\xc4\xe3\xba") + " " + word("gbk", "\xc3"), "你好"},
		"split, Shift JIS": {word("shift_jis", "\x82") + "\r\n " + word("Shift_JIS", "\xb1\x82\xf1"),
			"こん"},
		"split, ISO-2022-JP": {word("iso-2022-jp", "\x1b$B$3") + " " + word("iso-2022-jp", "$s\x1b(B"),
			"こん"},
		"split, UTF-8 under GBK": {word("gbk", "您好，请问\xe8") + " " + word("gbk", "\xae\xa2单"), "您好，请问订单"},
		"ISO-2022-KR":            {word("iso-2022-kr", "\x1b$)C\x0e>H3g\x0f"), "안녕"},
		"UTF-7":                  {word("x-unicode-2-0-utf-7", "Gr+APYA3w-e"), "Größe"},
		"two labels, one of them wrong": {word("iso-8859-1", inCharset(t, "windows-1251",
			"Вопрос о заказе")) + " A " + word("utf-8", "№ 5"), "Вопрос о заказе A № 5"},
		"raw text beside a word": {inCharset(t, "windows-1251", "Заказ не пришёл ") + word("windows-1251",
			"\xe2\xf7\xe5\xf0\xe0"), "Заказ не пришёл вчера"},
	} {
		t.Run(name, func(t *testing.T) {
			all++
			m, err := Parse(strings.NewReader("From: a@buyer.example\r\nSubject: "+test.subject+"\r\n\r\nHi\r\n"),
				Limits{})
			require.NoError(t, err)
			if assert.Equal(t, test.want, m.Subject) {
				held++
			}
		})
	}
	t.Logf("characters of words: %d of %d held", held, all)
}
