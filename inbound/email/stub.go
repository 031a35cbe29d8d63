package email

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postroom/postroom/inbound/email/internal/htmltext"
	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

const (
	// longestStub is how long a plain text may be that only says that there is HTML.
	longestStub = 1000
	// longestOdd is how long one may be that is compared with the HTML although it does not
	// say so.
	longestOdd = 300
)

// chooseText returns the plain text of a message that also has HTML. It is made from the
// HTML where the plain text only says that there is one, in whatever language, and where it
// is only what stands around the words of the HTML. Where a short plain text and the HTML
// have nothing in common, both are kept.
func chooseText(plain, html string, limit int) string {
	if isMarkupOf(plain, html, limit) {
		return htmltext.Convert(html, limit)
	}
	trimmed := strings.TrimFunc(plain, isBlankRune)
	if len(trimmed) > longestStub {
		return plain
	}
	isFrame := isFrame(plain)
	if trimmed != "" && !isFrame && !strings.Contains(trimmed, "http") && !strings.Contains(trimmed, "HTML") &&
		strings.Contains(html, firstWords(trimmed)) {
		return plain // as nearly always
	}
	stub := isStub(trimmed)
	if !stub && !isFrame && (len(trimmed) > longestOdd || hasLongestWords(html, trimmed)) {
		return plain
	}
	made := htmltext.Convert(html, limit)
	bare := strings.TrimSpace(made)
	switch {
	case bare == "":
		return plain
	case trimmed == "", isLink(trimmed) && len(bare) > len(trimmed):
		return made
	}
	share := wordsWithin(trimmed, bare)
	switch {
	case stub && (share < 0.7 || len(bare) >= 2*len(trimmed)): // with all its words, or they are none
		return made
	case isFrame && share > 0.9 && len(bare) >= 2*len(trimmed):
		return made
	case !stub && share < 0.2 && len(bare) >= len(trimmed) && strings.Count(bare, " ") >= 8:
		return plain + "\n" + made
	}
	return plain
}

// frameStarts are what the line begins with that a telephone writes below a message, or a
// gateway above it.
var frameStarts = phrases.New([]string{
	"sent from ", "get outlook for ", "von meinem ", "gesendet von ", "envoyé de ", "enviado desde ", "enviado do ",
	"inviato da ", "verzonden vanaf ", "wysłane z ", "odesláno z ", "skickat från ", "sendt fra ", "отправлено с ",
	"iphoneから送信", "发自我的", "從我的",
	"caution:", "[external", "external email", "external sender", "warning: this", "achtung:", "attention :",
})

// isFrame reports whether a short plain text is nothing but a signature, a salutation, or
// one line that a program writes around a message.
func isFrame(plain string) bool {
	text := strings.TrimSpace(plain)
	if text == "" || len(text) > longestOdd {
		return false
	}
	if strings.HasPrefix(text, "--\n") || strings.HasPrefix(text, "-- \n") {
		return true
	}
	if strings.IndexByte(text, '\n') >= 0 {
		return false
	}
	if strings.HasSuffix(text, ",") && strings.Count(text, " ") < 4 {
		return true
	}
	return frameStarts.Begin(strings.ToLower(text))
}

// isMarkupOf reports whether a plain text is HTML, and that of the same message as html.
func isMarkupOf(plain, html string, limit int) bool {
	bare := strings.TrimLeft(plain, " \t\n\uFEFF")
	if bare == "" || bare[0] != '<' || !strings.Contains(bare, "</") ||
		!looksLikeHTML([]byte(bare[:min(len(bare), 100)])) {
		return false
	}
	return wordsWithin(htmltext.Convert(bare, limit), htmltext.Convert(html, limit)) > 0.7
}

// isBlankRune reports a character that shows nothing, and says nothing by itself.
func isBlankRune(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '.' || r == '-' || r == '_' || r == '*' || r == '|' ||
		r == '\u034F'
}

// isLink reports whether a text is one address of the web and nothing else.
func isLink(text string) bool {
	text = strings.Trim(text, "<>()[]")
	return (hasPrefixFold(text, "http://") || hasPrefixFold(text, "https://")) && !strings.ContainsAny(text, " \t\n")
}

// hasPrefixFold reports whether s begins with prefix, which is lower case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// stubWords are what a plain text says that only stands for HTML.
var stubWords = phrases.New([]string{
	"html", "in your browser", "in a browser", "in your web browser", "view this email", "view this message",
	"view online", "text version of this", "text-only version", "online version", "web version",
	"cannot be displayed", "can't be displayed", "does not display", "mime-aware", "mime compatible",
	"plain text version", "plain-text version", "no plain text", "plain text not", "plain text is not",
	"text not available", "content not available", "mail client", "mail reader", "email program", "e-mail program",
	"turn on images", "enable images", "online here",
	"im browser", "e-mail-programm", "mailprogramm", "e-mail-client", "nur-text", "onlineversion", "online-version",
	"webversion", "textversion", "nicht korrekt angezeigt", "nicht richtig angezeigt", "nicht darstellen",
	"navigateur", "logiciel de messagerie", "votre messagerie", "version en ligne", "version texte",
	"ne s'affiche pas", "s'affiche mal", "visualiser ce",
	"navegador", "cliente de correo", "programa de correo", "programa de e-mail", "versión en línea", "versión web",
	"versão online", "não consegue visualizar", "no puede ver",
	"nel browser", "programma di posta", "versione online", "versione web", "non visualizzi",
	"non riesci a visualizzare",
	"in uw browser", "in je browser", "online versie", "niet goed weergegeven",
	"w przeglądarce", "wersję online", "v prohlížeči", "v prehliadači", "böngésző", "în browser", "selaimessa",
	"i din webbläsare", "i webbläsaren", "i din browser", "i nettleser",
	"в браузере", "веб-версия", "веб-версию", "у браузері", "в браузъра", "tarayıcı", "στον browser",
	"πρόγραμμα περιήγησης",
	"ブラウザ", "メールソフト", "邮件客户端", "邮件程序", "郵件程式", "テキスト版", "浏览器", "瀏覽器", "브라우저", "בדפדפן", "المتصفح", "trình duyệt",
	"เบราว์เซอร์", "peramban",
})

// isStub reports whether the first sentence of a short text, behind a greeting, speaks of
// HTML or of the program that shows it. What begins otherwise says something itself.
func isStub(text string) bool {
	if text == "" || isLink(text) {
		return true
	}
	for range 2 {
		sentence, rest := cutSentence(text)
		lower := strings.ToLower(sentence)
		if stubWords.In(lower) {
			return true
		}
		if isGreeting := strings.Count(sentence, " ") < 3 && !isLink(sentence); !isGreeting {
			return false
		}
		text = rest
	}
	return false
}

// cutSentence cuts the first sentence off a text. It ends at a sign that ends one, in any
// script, and at a blank line; a line that ends in a comma is one, too.
func cutSentence(text string) (sentence, rest string) {
	for i, r := range text {
		behind := text[i+utf8.RuneLen(r):]
		switch r {
		case '.', '!', '?':
			if behind != "" && behind[0] != ' ' && behind[0] != '\n' {
				continue // within an address
			}
		case ',':
			if !strings.HasPrefix(behind, "\n") {
				continue
			}
		case '\n':
			if !strings.HasPrefix(behind, "\n") {
				continue
			}
		case '。', '！', '？', '।', '۔', '؟':
		default:
			continue
		}
		return text[:i], strings.TrimSpace(behind)
	}
	return text, ""
}

// firstWords returns what a text begins with, up to a character that HTML may have
// otherwise.
func firstWords(text string) string {
	end := 0
	for i, r := range text {
		if i >= 16 || !unicode.IsLetter(r) && r != ' ' && r != ',' && (r < '0' || r > '9') {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	if end < 6 {
		return text
	}
	return text[:end]
}

// hasLongestWords reports whether the two longest words of ASCII letters and digits in a
// text stand in HTML, where other letters may be written as entities. It is false for a text
// without such words.
func hasLongestWords(html, text string) bool {
	first, second := "", ""
	for start, i := 0, 0; i <= len(text); i++ {
		if i < len(text) && isASCIIWord(text[i]) {
			continue
		}
		isPart := i < len(text) && text[i] >= utf8.RuneSelf || start > 0 && text[start-1] >= utf8.RuneSelf
		if word := text[start:i]; !isPart && len(word) > len(first) {
			first, second = word, first
		} else if !isPart && len(word) > len(second) && word != first {
			second = word
		}
		start = i + 1
	}
	return first != "" && strings.Contains(html, first) && strings.Contains(html, second)
}

func isASCIIWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// wordsWithin returns the share of the words of a short text that stand in another, too.
// Without words it is 1.
func wordsWithin(text, other string) float64 {
	isSplit := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	words := make(map[string]bool)
	for word := range strings.FieldsFuncSeq(strings.ToLower(other), isSplit) {
		words[word] = true
	}
	all, found := 0, 0
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), isSplit) {
		all++
		if words[word] {
			found++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(found) / float64(all)
}
