package customer_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
)

// lookAlikes pass for vip@bank.example, mark@bank.example or joe@bank.example, or for
// müller@bank.example.
var lookAlikes = map[string]string{
	"zero-width space":          "vi\u200bp@bank.example",
	"zero-width joiner":         "vi\u200dp@bank.example",
	"zero-width non-joiner":     "vi\u200cp@bank.example",
	"word joiner":               "vip\u2060@bank.example",
	"byte order mark":           "\ufeffvip@bank.example",
	"soft hyphen":               "v\u00adip@bank.example",
	"combining grapheme joiner": "vi\u034fp@bank.example",
	"Hangul filler":             "vip\u3164@bank.example",
	"half-width Hangul filler":  "vip\uffa0@bank.example",
	"Khmer inherent vowel":      "vip\u17b4@bank.example",
	"Mongolian separator":       "vip\u180e@bank.example",
	"variation selector":        "vip\ufe0f@bank.example",
	"variation selector 256":    "vip\U000e01ef@bank.example",
	"tag":                       "vip\U000e0061@bank.example",
	"invisible times":           "vip\u2062@bank.example",
	"musical null notehead":     "vip\U0001d159@bank.example",
	"blank Braille pattern":     "vip\u2800@bank.example",
	"blank hieroglyph":          "vip\U00013441@bank.example",
	"direction override":        "\u202evip@bank.example",
	"direction isolate":         "\u2068vip\u2069@bank.example",
	"left-to-right mark":        "vip\u200e@bank.example",
	"Arabic letter mark":        "vip\u061c@bank.example",
	"no-break space":            "vip\u00a0@bank.example",
	"no-break space at the end": "vip@bank.example\u00a0",
	"figure space before":       "\u2007vip@bank.example",
	"ideographic space":         "vip\u3000@bank.example",
	"Ogham space":               "vip\u1680@bank.example",
	"line separator":            "vip@bank.example\u2028",
	"NUL":                       "vip\x00@bank.example",
	"escape":                    "\x1bvip@bank.example",
	"delete":                    "vip\x7f@bank.example",
	"C1 control":                "vip\u0085@bank.example",
	"replacement character":     "vi\ufffdp@bank.example",
	"private use":               "vip\ue000@bank.example",
	"unassigned":                "vip\u0378@bank.example",
	"noncharacter":              "vip\uffff@bank.example",

	"Kelvin sign":              "mar\u212a@bank.example",
	"dotted capital I":         "v\u0130p@bank.example",
	"i with another dot":       "vi\u0307p@bank.example",
	"dotless i":                "v\u0131p@bank.example",
	"dotless i with a dot":     "v\u0131\u0307p@bank.example",
	"long s":                   "\u017fales@bank.example",
	"full-width letters":       "ｖｉｐ@bank.example",
	"full-width capitals":      "ＶＩＰ@bank.example",
	"mathematical letters":     "𝐯𝐢𝐩@bank.example",
	"double-struck letter":     "\u2148vip@bank.example",
	"circled letter":           "ⓥip@bank.example",
	"superscript":              "vⁱp@bank.example",
	"feminine ordinal":         "m\u00aark@bank.example",
	"Roman numeral":            "v\u2170p@bank.example",
	"ligature":                 "of\ufb01ce@bank.example",
	"small capitals":           "ᴠɪᴘ@bank.example",
	"Latin alpha":              "m\u0251rk@bank.example",
	"click letter":             "\u01c0ogin@bank.example",
	"modifier apostrophe":      "o\u02bcneill@bank.example",
	"Cyrillic letter":          "v\u0456p@bank.example",
	"Cyrillic letter beside ü": "müll\u0435r@bank.example",
	"Greek letter":             "v\u03b9p@bank.example",
	"Armenian letter":          "j\u0585e@bank.example",
	"Cherokee letter":          "\uab75nfo@bank.example",
	"all Cyrillic":             "јое@bank.example",
	"all Greek":                "νιρ@bank.example",
	"Cyrillic initial":         "а.smith@bank.example",
	"Latin in a Cyrillic word": "ивaн@bank.example",
	"Greek in a Cyrillic word": "ивαн@bank.example",
	"Han in a Cyrillic word":   "ивㄧн@bank.example",
	"Thai in a Latin word":     "j\u0e50e@bank.example",
	"Indic digit":              "j\u0966e@bank.example",
	"Arabic digit":             "vip\u0661@bank.example",
	"line below":               "vip\u0332@bank.example",
	"mark without a letter":    "\u0301vip@bank.example",
	"mark twice":               "é\u0301\u0301@bank.example",
	"many marks":               "é\u0300\u0303\u0304\u0306\u0308@bank.example",
	"one-dot leader":           "v\u2024ip@bank.example",
	"hyphen":                   "v\u2010ip@bank.example",
	"prime":                    "o\u2032neill@bank.example",
	"emoji":                    "vip😀@bank.example",

	"two at signs":              "vip@bank.example@evil.example",
	"two at signs, one quoted":  `vip@"bank.example"@evil.example`,
	"at sign in single quotes":  "'vip@bank.example'@evil.example",
	"NUL between two":           "vip@bank.example\x00@evil.example",
	"full-width at sign":        "vip\uff20bank.example",
	"full-width at sign before": "vip\uff20bank.example@evil.example",
	"small at sign before":      "vip\ufe6bbank.example@evil.example",

	"quoted zero-width space":   "\"vi\u200bp\"@bank.example",
	"quoted no-break space":     "\"vip\u00a0\"@bank.example",
	"quoted Kelvin sign":        "\"mar\u212a\"@bank.example",
	"quoted and escaped letter": "\"v\\\u0456p\"@bank.example",
	"quoted direction override": "\"\u202evip\"@bank.example",

	"zero-width space in the domain": "vip@ba\u200bnk.example",
	"soft hyphen in the domain":      "vip@ba\u00adnk.example",
	"word joiner in the domain":      "vip@bank\u2060.example",
	"variation selector in it":       "vip@bank\ufe0f.example",
	"no-break space in the domain":   "vip@bank\u00a0.example",
	"direction override in it":       "vip@\u202ebank.example",
	"Kelvin sign in the domain":      "vip@ban\u212a.example",
	"dotted I in the domain":         "vip@\u0130nfo.example",
	"long s in the domain":           "vip@\u017fhop.example",
	"full-width domain":              "vip@ｂａｎｋ.example",
	"mathematical domain":            "vip@𝐛𝐚𝐧𝐤.example",
	"circled letter in the domain":   "vip@ⓑank.example",
	"full-width dot":                 "vip@bank\uff0eexample",
	"ideographic full stop":          "vip@bank\u3002example",
	"half-width full stop":           "vip@bank\uff61example",
	"two dots at the end":            "vip@bank.example..",
	"full-width slash":               "vip@bank.example\uff0fevil.example",
	"invisible literal":              "vip@[\u202e\u200b]",
	"literal with a space":           "vip@[ 192.0.2.1 ]",
}

// An address that only looks like a customer's is nobody's.
func TestNormalize_RefusesLookAlikes(t *testing.T) {
	for name, address := range lookAlikes {
		got, err := customer.Normalize(address)
		require.ErrorIs(t, err, customer.ErrAddress, "%s: %+q became %+q", name, address, got)
		assert.Empty(t, strings.Trim(err.Error(), printableASCII), name)
		shown := customer.Display(address)
		assert.True(t, strings.Trim(shown, printableASCII) == "", "%s: %+q is shown as %q", name, address, shown)
		shownAsBound, err := customer.Normalize(shown)
		if err == nil {
			assert.NotContains(t, []string{"vip@bank.example", "mark@bank.example", "joe@bank.example"}, shownAsBound, name)
		}
	}
}

var printableASCII = func() string {
	var b strings.Builder
	for c := byte(' '); c <= '~'; c++ {
		b.WriteByte(c)
	}
	return b.String()
}()

// Whatever the character, an address with it is not the customer's without it, and people
// see that.
func TestNormalize_NoCharacterIsLeftOutOrReplaced(t *testing.T) {
	if testing.Short() {
		t.Skip("tries every character of Unicode")
	}
	bound := map[string]bool{"vip@bank.example": true, "mark@bank.example": true}
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Co) && r > 0x3400 ||
			r > 0x20000 && !unicode.In(r, unicode.Cf, unicode.Mn) {
			continue
		}
		c := string(r)
		for _, address := range [...]string{"vip" + c + "@bank.example", "v" + c + "p@bank.example",
			"mar" + c + "@bank.example", "vip@bank" + c + ".example", "vip@ban" + c + ".example"} {
			got, err := customer.Normalize(address)
			if err != nil {
				continue
			}
			require.False(t, bound[got], "%+q became %q", address, got)
			shown := customer.Display(got)
			require.False(t, bound[shown], "%+q is shown as %q", address, shown)
			for _, s := range shown {
				require.True(t, s < utf8.RuneSelf || unicode.In(s, unicode.L, unicode.M, unicode.Nd), "%+q", address)
			}
		}
	}
}

// Addresses of all scripts are customers like others.
func TestNormalize_InternationalAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"Пример@Пример.рф":               "пример@xn--e1afmkfd.xn--p1ai",
		"müller@exämple.de":              "müller@xn--exmple-cua.de",
		"MÜLLER@EXÄMPLE.DE":              "müller@xn--exmple-cua.de",
		"mu\u0308ller@exa\u0308mple.de":  "müller@xn--exmple-cua.de",
		"straße@straße.example":          "straße@xn--strae-oqa.example",
		"josé.garcía@example.com":        "josé.garcía@example.com",
		"łukasz@example.com":             "łukasz@example.com",
		"ışık@example.com":               "ışık@example.com",
		"søren+tag@example.com":          "søren+tag@example.com",
		"nguyễn@example.com":             "nguyễn@example.com",
		"δοκιμή@παράδειγμα.δοκιμή":       "δοκιμή@xn--hxajbheg2az3al.xn--jxalpdlp",
		"αννα@example.com":               "αννα@example.com",
		"сара@пример.рф":                 "сара@xn--e1afmkfd.xn--p1ai",
		"анна.smith@example.com":         "анна.smith@example.com",
		"иванов+shop@пример.рф":          "иванов+shop@xn--e1afmkfd.xn--p1ai",
		"иван2026@пример.рф":             "иван2026@xn--e1afmkfd.xn--p1ai",
		"їжак@приклад.укр":               "їжак@xn--80aikifvh.xn--j1amh",
		"用户@例子.广告":                       "用户@xn--fsqu00a.xn--4rr70v",
		"用户abc@例子.广告":                    "用户abc@xn--fsqu00a.xn--4rr70v",
		"ユーザー田中@例え.jp":                   "ユーザー田中@xn--r8jz45g.jp",
		"사용자@예시.한국":                      "사용자@xn--vv4b11d.xn--3e0b707e",
		"अजय@डाटा.भारत":                  "अजय@xn--c2bd1gb.xn--h2brj9c",
		"\u092b\u093cराज@डाटा.भारत":      "\u092b\u093cराज@xn--c2bd1gb.xn--h2brj9c",
		"\u095eराज@डाटा.भारत":            "\u092b\u093cराज@xn--c2bd1gb.xn--h2brj9c",
		"สำนักงาน@คน.ไทย":                "สำนักงาน@xn--42c6b.xn--o3cw4h",
		"مستخدم@مثال.إختبار":             "مستخدم@xn--mgbh0fb.xn--kgbechtv",
		"משתמש@דוגמה.example":            "משתמש@xn--6dbbec0c.example",
		"օգտվող@example.com":             "օգտվող@example.com",
		`"Анна Роу"@пример.рф`:           `"анна роу"@xn--e1afmkfd.xn--p1ai`,
		"vip@b\u0430nk.example":          "vip@xn--bnk-6cd.example",
		"vip@xn--kse-qla.müller.example": "vip@xn--kse-qla.xn--mller-kva.example",
	} {
		got, err := customer.Normalize(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got)
		again, err := customer.Normalize(got)
		require.NoError(t, err)
		assert.Equal(t, got, again, "normalizing twice changes nothing")
	}
}

func TestDisplay(t *testing.T) {
	for in, want := range map[string]string{
		"eva@example.com":                "eva@example.com",
		"eva@xn--kse-qla.example":        "eva@käse.example",
		"пример@xn--e1afmkfd.xn--p1ai":   "пример@пример.рф",
		"用户@xn--fsqu00a.xn--4rr70v":      "用户@例子.广告",
		"a@xn--r8jz45g.jp":               "a@例え.jp",
		"сара@xn--e1afmkfd.xn--p1ai":     "сара@пример.рф",
		"vip@xn--bnk-6cd.example":        "vip@xn--bnk-6cd.example",        // bаnk with a Cyrillic а
		"a@xn--80ak6aa92e.com":           "a@xn--80ak6aa92e.com",           // аррӏе, all Cyrillic
		"a@xn--uxahn.example":            "a@xn--uxahn.example",            // νιρ, all Greek
		"a@xn--vp-hpa.example":           "a@xn--vp-hpa.example",           // vıp
		"a@xn--vip-7ic.example":          "a@xn--vip-7ic.example",          // a combining mark on p
		"a@xn--exampleevil-lx3f.example": "a@xn--exampleevil-lx3f.example", // example⁄evil
		"a@xn--a.example":                "a@xn--a.example",                // not valid
		"a@xn--bank-.example":            "a@xn--bank-.example",            // nothing but ASCII
		"a@XN--KSE-QLA.example":          "a@XN--KSE-QLA.example",          // not normalized
		`"jane roe"@xn--kse-qla.example`: `"jane roe"@käse.example`,
		"v\u0456p@xn--kse-qla.example":   `v\u0456p@xn--kse-qla.example`,
		"vip\U000e0061@bank.example":     `vip\U000e0061@bank.example`,
		"vi\x00p@bank.example":           `vi\u0000p@bank.example`,
		"vip\xff@bank.example":           `vip\ufffd@bank.example`,
		"":                               "",
		"nobody":                         "nobody",
	} {
		assert.Equal(t, want, customer.Display(in))
	}
}
