package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeaderText(t *testing.T) {
	for name, test := range map[string]struct{ value, want string }{
		"plain":                          {"Order 1042", "Order 1042"},
		"base64":                         {"=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"},
		"quoted":                         {"=?iso-8859-1?Q?Gr=FC=DFe_aus_K=F6ln?=", "Grüße aus Köln"},
		"among words":                    {"Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?= again", "Re: Grüße again"},
		"without space around":           {"Re:=?utf-8?q?a?=b", "Re:ab"},
		"space between two is dropped":   {"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
		"a character split over two":     {"=?utf-8?B?ww==?= =?utf-8?B?vA==?=", "ü"},
		"the same in quoted-printable":   {"=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"},
		"charsets are not mixed":         {"=?utf-8?Q?=C3=BC?= =?iso-8859-1?Q?=FC?=", "üü"},
		"base64 without padding":         {"=?utf-8?B?R3LDvA?=", "Grü"},
		"language":                       {"=?utf-8*en?q?Hello?=", "Hello"},
		"spaces within":                  {"=?utf-8?q?a b?=", "a b"},
		"not ended":                      {"=?utf-8?q?Gr=C3=BC", "Grü"},
		"not ended before the next":      {"=?utf-8?q?a=?utf-8?q?b?=", "ab"},
		"ends in an equals sign":         {"=?utf-8?q?a=?= b", "a= b"},
		"unknown charset":                {"=?x-nobody-knows?q?Gr=C3=BC?=", "Grü"},
		"unknown encoding stays":         {"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
		"no charset stays":               {"=??q?abc?=", "=??q?abc?="},
		"not encoded within":             {"=?iso-8859-1?q?Grüße?=", "Grüße"},
		"line breaks are not let in":     {"=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"},
		"control characters are dropped": {"a\x07b\x1b[31mc\u0085d", "ab[31mcd"},
		"direction overrides, too":       {"invoice\u202efdp.exe\u2069", "invoicefdp.exe"},
		"hidden characters, too":         {"s\u200ba\u00adl\u2060e\u034f\u3164\U000e0061\u180e\ufff9", "sale"},
		"joiners and variants stay": {"می\u200cخواهم ❤\ufe0f 👩\u200d💻 葛\U000e0100",
			"می\u200cخواهم ❤\ufe0f 👩\u200d💻 葛\U000e0100"},
		"marks of direction stay": {"\u05d0\u200fb", "\u05d0\u200fb"},
		"raw UTF-8":               {"Grüße", "Grüße"},
		"raw Latin-1":             {"Gr\xfc\xdfe", "Grüße"},
		"raw ISO-2022-JP":         {"\x1b$B$3$s\x1b(B", "こん"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, headerText(test.value, ""))
		})
	}
}

func FuzzHeaderText(f *testing.F) {
	for _, s := range []string{"", "=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "=?x?b?4pyT", "=?iso-2022-jp?B?GyRCJDMbKEI=?=",
		"a\x1b$B$3\x1b(B", "=?utf-8?Q?=0D=0AX:_y?=", "\xd0\xe4", "=?=?=?q?", "=?utf-7?Q?+AGE-?="} {
		f.Add(s, "windows-1251")
	}
	f.Fuzz(func(t *testing.T, s, charset string) {
		require.True(t, isHarmless(headerText(s, charset)))
	})
}

func TestFirstWord(t *testing.T) {
	expectEach(t, firstWord, map[string]string{
		"auto-replied; x=y": "auto-replied", "failed (expired)": "failed", " a\tb": "a", "": "",
	})
}

func TestWithoutComments(t *testing.T) {
	expectEach(t, withoutComments, map[string]string{
		"a (b (c) d) e": "a  e", "a) b": "a) b", "(((": "", "a": "a",
	})
}

// What cannot be read, and what was guessed, is said.
func TestParse_WarnsOfCharsets(t *testing.T) {
	for raw, want := range map[string]string{
		"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe=E4?=\r\n\r\nx":                        "the header has characters that cannot be read",
		"Subject: Gr\xfc\xdfe\r\n\r\nx":                                           "the header has 8-bit text that says no charset",
		"Subject: =?koi8-r?Q?=CF=F0=E8=E2=E5=F2=20=E2=F1=E5=EC?=\r\n\r\nx":        "words of the header do not have the charset that they are labelled with",
		"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe \xe4": "the text has characters that cannot be read",
		"Content-Type: text/plain; charset=gbk\r\n\r\nGr\xc3\xbc\xc3\x9fe":        "text does not have the charset that it is labelled with",
	} {
		m, err := Parse(strings.NewReader("From: a@b.example\r\n"+raw+"\r\n"), Limits{})
		require.NoError(t, err)
		assert.Contains(t, m.Warnings, want, raw)
	}
	m, err := Parse(strings.NewReader("From: Jörg <a@b.example>\r\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n"), Limits{})
	require.NoError(t, err)
	assert.Empty(t, m.Warnings)
}
