package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// forms are what to look for in the views of a text.
type forms struct {
	plain   list     // folded secrets that are hidden within words, too
	words   list     // shorter ones, which are hidden as words of their own
	logins  list     // a login followed by a secret, without quotes
	encoded list     // base64 and hexadecimal, packed
	exact   []string // base64 that is hidden where nothing of base64 is beside it, packed
}

// mark marks the forms in a text.
func (f *forms) mark(v view, hidden []bool) {
	folded := v.folded()
	f.plain.mark(folded, hidden)
	f.words.markWords(folded, hidden)
	f.logins.markWords(folded.bare(), hidden)
	f.encoded.mark(folded.packed(), hidden)
	f.markRuns(folded.inOneAlphabet(), hidden)
}

// add adds the forms of a secret.
func (f *forms) add(secret string) {
	if len(secret) < within {
		f.words.add(fold(secret), 0)
	} else {
		f.plain.add(fold(secret), 0)
	}
	for _, variant := range variants(secret) {
		f.encoded.add(packed(hex.EncodeToString([]byte(variant))), 0)
		for shift := range 3 {
			if core := base64Core(variant, shift); len(core) >= within {
				f.encoded.add(packed(core), 0)
			}
		}
		f.exact = append(f.exact, packed(base64.StdEncoding.EncodeToString([]byte(variant))))
	}
}

// variants are the spellings of a secret that may be encoded.
func variants(secret string) []string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret)
	inJSON, _ := json.Marshal(secret) // a string has no error
	list := []string{secret, strings.ToLower(secret), strings.ToUpper(secret), quoted,
		strings.Trim(string(inJSON), `"`),
		url.QueryEscape(secret), url.PathEscape(secret)}
	slices.Sort(list)
	return slices.Compact(list)
}

// base64Core returns the characters of base64 that a text has in any longer one that it
// is in at a multiple of 3 bytes and shift.
func base64Core(text string, shift int) string {
	encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + text))
	return encoded[(8*shift+5)/6 : 8*(shift+len(text))/6]
}

// list is a list of forms.
type list struct {
	forms []form
	parts map[string][]part
}

// form is a text to look for; what is hidden of it begins at from.
type form struct {
	text string
	from int
}

// part says where a stretch of stride bytes is in the forms.
type part struct{ form, at int }

// stride is half a piece, so that each piece has a whole stretch in it.
const stride = piece / 2

// add adds a form. One that is long is known by a piece of it.
func (l *list) add(text string, from int) {
	if text == "" || slices.Contains(l.forms, form{text, from}) {
		return
	}
	l.forms = append(l.forms, form{text, from})
	if from > 0 || len(text) <= piece {
		return
	}
	if l.parts == nil {
		l.parts = make(map[string][]part)
	}
	for at := 0; at+stride <= len(text); at += stride {
		if key := text[at : at+stride]; len(l.parts[key]) < 16 {
			l.parts[key] = append(l.parts[key], part{len(l.forms) - 1, at})
		}
	}
}

// matches calls hit with each stretch of the text that is a form, or a piece of one.
func (l *list) matches(text string, hit func(begin, end int)) {
	for _, f := range l.forms {
		for at := 0; ; {
			i := strings.Index(text[at:], f.text)
			if i < 0 {
				break
			}
			hit(at+i+f.from, at+i+len(f.text))
			at += i + 1
		}
	}
	if len(l.parts) == 0 {
		return
	}
	reached := 0
	for i := 0; i+stride <= len(text); i++ {
		if i < reached {
			continue // it is in a piece already
		}
		for _, p := range l.parts[text[i:i+stride]] {
			begin, end := around(text, i, l.forms[p.form].text, p.at)
			if end-begin >= piece {
				hit(begin, end)
				reached = max(reached, end-stride)
			}
		}
	}
}

// isIn reports whether the text has a form, or half a piece of one, in it.
func (l *list) isIn(text []byte) bool {
	for _, f := range l.forms {
		if bytes.Contains(text, []byte(f.text)) {
			return true
		}
	}
	for i := 0; i+stride <= len(text) && len(l.parts) > 0; i++ {
		if len(l.parts[string(text[i:i+stride])]) > 0 {
			return true
		}
	}
	return false
}

// around returns how far a text and a form are the same around a stretch that is at i in
// the text and at j in the form.
func around(text string, i int, form string, j int) (begin, end int) {
	begin, end = i, i+stride
	for k := j; begin > 0 && k > 0 && text[begin-1] == form[k-1]; k-- {
		begin--
	}
	for k := j + stride; end < len(text) && k < len(form) && text[end] == form[k]; k++ {
		end++
	}
	return begin, end
}

func (l *list) mark(v view, hidden []bool) {
	l.matches(v.text, func(begin, end int) { v.mark(begin, end, hidden) })
}

// markWords marks forms that are words of their own.
func (l *list) markWords(v view, hidden []bool) {
	l.matches(v.text, func(begin, end int) {
		if (begin == 0 || !isWord(v.text[begin-1])) && (end == len(v.text) || !isWord(v.text[end])) {
			v.mark(begin, end, hidden)
		}
	})
}

// markRuns marks the whole runs of characters of base64 that a form is in: those beside it
// have some bits of the secret.
func (f *forms) markRuns(v view, hidden []bool) {
	for begin := 0; begin < len(v.text); begin++ {
		end := begin
		for end < len(v.text) && isBase64(v.text[end]) {
			end++
		}
		run := v.text[begin:end]
		found := run != "" && slices.Contains(f.exact, strings.TrimRight(run, "="))
		f.encoded.matches(run, func(int, int) { found = true })
		if found {
			v.mark(begin, end, hidden)
		}
		begin = end
	}
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

func isBase64(c byte) bool {
	return c < 0x80 && isWord(c) || c == '+' || c == '/' || c == '='
}
