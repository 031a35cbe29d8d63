package fingerprint

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDate(t *testing.T) {
	for value, want := range map[string]string{
		"Thu, 26 Nov 2026 10:00:00 +0000":                             "1795687200",
		"Thu, 26 Nov 2026 12:00:00 +0200 (EET)":                       "1795687200",
		"26 nov 2026 05:00 EST":                                       "1795687200",
		"Mon, 26 NOV 26 9:59:60 UT":                                   "1795687200",
		"(a (b) \\) c)Thu , 26 Nov(x)2026 10:00:00 -0000":             "1795687200",
		"Thu, 26 Nov 2026 10:00:00 Z":                                 "1795687200",
		"1 Jan 70 00:00:00 GMT":                                       "0",
		"1 Jan 100 00:00:00 GMT":                                      "946684800",
		"31 Dec 1899 00:00:00 GMT":                                    "31 Dec 1899 00:00:00 GMT",
		"31 Nov 2026 10:00:00 +0000":                                  "31 Nov 2026 10:00:00 +0000",
		"0 Nov 2026 10:00:00 +0000":                                   "0 Nov 2026 10:00:00 +0000",
		"29 Feb 2024 00:00:00 GMT":                                    "1709164800",
		"Thu, 26 Nov 2026 24:00:00 +0000":                             "Thu, 26 Nov 2026 24:00:00 +0000",
		"Thu, 26 Nov 2026 10:00:00":                                   "Thu, 26 Nov 2026 10:00:00",
		"Thu, 26 Nov 2026 10:00:00 CEST":                              "Thu, 26 Nov 2026 10:00:00 CEST",
		"Thu, 26 Nov 2026 10:00:00 +02:00":                            "Thu, 26 Nov 2026 10:00:00 +02:00",
		"Do, 26 Nov 2026 10:00:00 +0000":                              "Do, 26 Nov 2026 10:00:00 +0000",
		"Thu, 26 Nov 2026 10:00:00 +0000 (open":                       "Thu, 26 Nov 2026 10:00:00 +0000 (open",
		"2026-11-26T10:00:00Z":                                        "2026-11-26T10:00:00Z",
		"26 Nov 2026 10:00:00 GMT (" + strings.Repeat("x", 173) + ")": "1795687200",
		"=?utf-8?q?gestern?=":                                         "gestern",
		"":                                                            "",
		strings.Repeat(" ", 99):                                       "",
	} {
		assert.Equal(t, want, string(normal(fieldDate, appendCollapsed(nil, []byte(value), maxValue))), value)
	}
}

func TestDate_TooLong(t *testing.T) {
	value := "26 Nov 2026 10:00:00 GMT (" + strings.Repeat("x", 174) + ")"
	assert.Equal(t, value, string(normal(fieldDate, []byte(value))))
}

func TestFrom(t *testing.T) {
	for value, want := range map[string]string{
		"Anna <a@B.Example>":                            "Anna a@b.example",
		`"Anna"<a@b.example>`:                           "Anna a@b.example",
		"<a@b.example>":                                 "a@b.example",
		"a@b.example":                                   "a@b.example",
		"a@b.example (Anna)":                            "a@b.example Anna",
		`"Anna \"Sis\" B, X" <A@b>, c@D`:                "Anna Sis B X A@b c@d",
		"=?utf-8?q?Anna_=22Sis=22_B=2C?= X <A@b>,<c@d>": "Anna Sis B X A@b c@d",
		`"=?utf-8?q?J=C3=BCrgen?=" <j@x>`:               "Jürgen j@x",
		"=?iso-8859-1?q?J=FCrgen?= <j@x>":               "Jürgen j@x",
		"J\xfcrgen <j@x>":                               "J\xfcrgen j@x",
		"=?unknown-8bit?q?J=FCrgen?= <j@x>":             "J\xfcrgen j@x",
		"\"a@B\" <c@D>":                                 "a@b c@d",
		"<>":                                            "",
		"=?utf-8?q?a=0D=0Ab=00?= <c@d>":                 "a b\x00 c@d",
	} {
		assert.Equal(t, want, string(normal(fieldFrom, []byte(value))), value)
	}
}

func TestMessageID(t *testing.T) {
	for value, want := range map[string]string{
		"<a@B>":                                "a@B",
		"a@B":                                  "a@B",
		"< a@ B >":                             "a@B",
		"=?utf-8?q?=3Ca=40B?= =?utf-8?q?=3E?=": "a@B",
		"<<a@B>>":                              "<a@B>",
		"<a@B> (comment)":                      "a@B>(comment)",
		"<>":                                   "",
	} {
		assert.Equal(t, want, string(normal(fieldID, []byte(value))), value)
	}
}

func TestSubject(t *testing.T) {
	for value, want := range map[string]string{
		"a  b":                                      "a b",
		"=?utf-8?q?a_?= =?UTF-8*en?B?Yg==?= c":      "a b c",
		"=?utf-8?q?=E2=82?= =?utf-8?q?=AC?=":        "€",
		"=?utf-8?q?=E2=82?= =?iso-8859-15?q?=A4?=":  "\xe2\x82€",
		"x=?utf-8?q?y?=z":                           "xyz",
		"=?utf-8?q?how?now??=":                      "how?now?",
		"=?utf-8?q?a b?=":                           "a b",
		"=?utf-8?x?a?=":                             "=?utf-8?x?a?=",
		"=?utf-8?q?a":                               "=?utf-8?q?a",
		"=??q?a?=":                                  "=??q?a?=",
		"=?a b?q?c?=":                               "=?a b?q?c?=",
		"=?=?utf-8?q?a?=":                           "=?a",
		"=?" + strings.Repeat("x", 81) + "?q?=41?=": "=?" + strings.Repeat("x", 81) + "?q?=41?=",
		"=?" + strings.Repeat("x", 80) + "?q?=41?=": "A",
		"=?utf-8?q?=4_=zz=?=":                       "=4 =zz=",
		"=?utf-8?b?SGVs bG8?=":                      "Hello",
		"=?windows-1252?q?=81?=":                    "\x81",  // U+0081
		"=?iso-8859-3?q?a=A5?=":                     "a\xa5", // not in the charset
		"=?iso-8859-3?q?=FD?= =?iso-8859-3?q?=A5?=": "\xfd\xa5",
		"=?gb18030?q?a=810=810?=":                   "a\x810\x810", // U+0080
		"=?us-ascii?q?=FC?=":                        "\xfc",
		"=?utf-16?b?AGE=?=":                         "\x00a",
	} {
		assert.Equal(t, want, string(normal(fieldSubject, []byte(value))), value)
	}
}

// TestCharsets notices a decoder that reads a charset otherwise than before: that is
// a new version.
func TestCharsets(t *testing.T) {
	for label, test := range map[string][2]string{
		"iso-8859-1":     {"\x80\xe4\xff", "€äÿ"},
		"iso-8859-2":     {"\xb1\xbc", "ąź"},
		"iso-8859-3":     {"\xa1\xfd", "Ħŭ"},
		"iso-8859-4":     {"\xa1\xfe", "Ąū"},
		"iso-8859-5":     {"\xb0\xff", "Аџ"},
		"iso-8859-6":     {"\xc7", "ا"},
		"iso-8859-7":     {"\xc1\xa4", "Α€"},
		"iso-8859-8":     {"\xe0", "א"},
		"iso-8859-9":     {"\xfd\x80", "ı€"},
		"iso-8859-10":    {"\xa1", "Ą"},
		"iso-8859-13":    {"\xd8", "Ų"},
		"iso-8859-14":    {"\xa1", "Ḃ"},
		"iso-8859-15":    {"\xa4", "€"},
		"iso-8859-16":    {"\xaa", "Ș"},
		"windows-874":    {"\xa1", "ก"},
		"windows-1250":   {"\x8a", "Š"},
		"windows-1251":   {"\xc0\xff", "Ая"},
		"windows-1252":   {"\x80", "€"},
		"windows-1253":   {"\xc1", "Α"},
		"windows-1254":   {"\xfd", "ı"},
		"windows-1255":   {"\xe0", "א"},
		"windows-1256":   {"\xc7", "ا"},
		"windows-1257":   {"\xd8", "Ų"},
		"windows-1258":   {"\xfe", "₫"},
		"koi8-r":         {"\xe1", "А"},
		"koi8-u":         {"\xa4", "є"},
		"gb2312":         {"\xc4\xe3", "你"},
		"gbk":            {"\xc4\xe3\x80", "你€"},
		"gb18030":        {"\xc4\xe3\x81\x30\x84\x36", "你¥"},
		"big5":           {"\xa7\x41", "你"},
		"shift_jis":      {"\x82\xa0\xb1", "あｱ"},
		"euc-jp":         {"\xa4\xa2", "あ"},
		"iso-2022-jp":    {"\x1b$B$\"\x1b(Ba", "あa"},
		"euc-kr":         {"\xb0\xa1", "가"},
		"ks_c_5601-1987": {"\xb0\xa1", "가"},
		"ibm866":         {"\x80\xf0", "АЁ"},
	} {
		assert.NotNil(t, charsets[label], label)
		assert.Equal(t, test[1], string(appendDecoded(nil, []byte(test[0]), label)), label)
	}
	for label, other := range map[string]string{
		"latin1": "iso-8859-1", "iso8859-1": "iso-8859-1", "iso_8859-1": "iso-8859-1", "iso8859-2": "iso-8859-2",
		"iso8859-15": "iso-8859-15", "iso-8859-8-i": "iso-8859-8", "iso-8859-11": "windows-874",
		"tis-620": "windows-874", "cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252",
		"cp866": "ibm866", "x-gbk": "gbk", "big5-hkscs": "big5", "x-sjis": "shift_jis", "windows-31j": "shift_jis",
	} {
		assert.NotNil(t, charsets[label], label)
		assert.Equal(t, charsets[other], charsets[label], label)
	}
	assert.Len(t, charsets, 52)
}

func TestContentType(t *testing.T) {
	for value, want := range map[string][2]string{
		"":                                  {"", ""},
		"text/plain; charset=x":             {"text", ""},
		"Multipart/Mixed; Boundary=\"a b\"": {"multipart", "a b"},
		"multipart/mixed; x; boundary = a ;boundary=b":            {"multipart", "a"},
		`multipart/mixed; x="boundary=no;\""; boundary="a\\\"c "`: {"multipart", `a\"c`},
		`multipart/mixed; boundary=""; boundary=b`:                {"multipart", "b"},
		`multipart/mixed; boundary="a`:                            {"multipart", ""},
		"multipart/mixed; boundary*=a":                            {"multipart", ""},
		"multipart/mixed boundary=a":                              {"multipart", ""},
		"multipart;boundary=a b":                                  {"multipart", "a"},
		"multipart/x; boundary=" + strings.Repeat("x", 200):       {"multipart", strings.Repeat("x", 200)},
		"multipart/x; boundary=" + strings.Repeat("x", 201):       {"multipart", ""},
	} {
		kind, boundary := contentType([]byte(value))
		assert.Equal(t, want, [2]string{kind, boundary}, value)
	}
}

func TestTransferEncoding(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "BASE64": "base64", `"base64"; x`: "base64", "quoted-printable (x)": "quoted-printable", "8bit": "8bit",
	} {
		assert.Equal(t, want, transferEncoding([]byte(value)), value)
	}
}
