package email

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// seeds are messages of every shape.
var seeds = []string{
	"",
	"\r\n",
	"From: a@example.com\r\n\r\nHello",
	"From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>\r\nSubject: =?koi8-r?B?8NLJ18XU?=\r\nReferences: <a@b> <c@d>\r\n\r\nx",
	"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: application/pdf; name*=utf-8''%D1%84.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\nepilogue",
	"Content-Type: multipart/alternative; boundary=\"a b\"\r\n\r\n--a b\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n<p>\xcf\xf0\xe8\r\n--a b",
	"From: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\nfailed\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; u@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <o@p>\r\n\r\nhi\r\n--r--",
	"Content-Type: text/plain; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=\r\nb =20\r\n> q \r\n> r\r\n-- \r\nsig",
	"From a@b Mon Jan 1\nSubject: mbox\nbroken line\nX: y\n\nbegin 644 f.txt\n#0V%T\n`\nend\n",
	"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: deep\r\n\r\nin",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(bytes.NewReader(raw), Limits{})
		require.NoError(t, err)
		checkInvariants(t, string(raw), Limits{}, m)
		small := Limits{HeaderBytes: 200, Fields: 3, ValueBytes: 50, Depth: 2, Parts: 3, TextBytes: 100, Attachments: 1, References: 2}
		m, err = Parse(bytes.NewReader(raw), small)
		require.NoError(t, err)
		checkInvariants(t, string(raw), small, m)
	})
}

func FuzzAddressList(f *testing.F) {
	for _, s := range []string{"", "a@b", "Doe, John <j@b>", "\"a\\\"b\" <<c@d>>", "g: a@b, c@d;", "=?utf-8?q?a=2C?= <x@y> (c (d))", "'a@b' <a@b>", "a@b; c@d", "<@r:a@b>", "\"unclosed <a@b>", "((((", "a @ b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		list := addressList(s, 10)
		require.LessOrEqual(t, len(list), 10)
		for _, a := range list {
			require.NotEqual(t, Address{}, a)
			require.True(t, isHarmless(a.Name), "%q", a.Name)
			require.True(t, isHarmless(a.Address), "%q", a.Address)
		}
	})
}

func FuzzHeaderText(f *testing.F) {
	for _, s := range []string{"", "=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "=?x?b?4pyT", "=?iso-2022-jp?B?GyRCJDMbKEI=?=", "a\x1b$B$3\x1b(B", "=?utf-8?Q?=0D=0AX:_y?=", "\xd0\xe4", "=?=?=?q?", "=?utf-7?Q?+AGE-?="} {
		f.Add(s, "windows-1251")
	}
	f.Fuzz(func(t *testing.T, s, charset string) {
		require.True(t, isHarmless(headerText(s, charset)))
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"Mon, 02 Jan 2006 15:04:05 -0700", "2 Jan 06 3:04 PM EST", "mar., 3 févr. 2015", "2006-01-02T15:04:05Z", "02/01/2006", "Thu Jan 1 00:00:00 1970 (x (y))", "31 Feb 2020 1:2", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(string) (time.Time, bool){parseDate, receivedDate} {
			if d, ok := read(rawText(s, "")); ok {
				require.True(t, d.Year() >= 0 && d.Year() <= 9999, "%v", d)
				_, err := d.MarshalJSON()
				require.NoError(t, err)
			}
		}
	})
}

func FuzzMessageIDs(f *testing.F) {
	for _, s := range []string{"<a@b>", "<a@b><c@d>", "a@b", "<a b@c>", "(((<a@b>", "<<a>>", "<", ">"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		ids, _ := messageIDs(s, 5)
		require.LessOrEqual(t, len(ids), 5)
		for _, id := range ids {
			require.True(t, len(id) > 2 && id[0] == '<' && id[len(id)-1] == '>' && !strings.ContainsAny(id[1:len(id)-1], "<> \t\r\n"), "%q", id)
		}
	})
}

func FuzzParameters(f *testing.F) {
	for _, s := range []string{"text/plain; charset=utf-8", "a/b; name*0*=utf-8'en'%41; name*1=b; name*3=c", "x; a=\"b;c\\\"", "a/b;;;=;=;x", "multipart/mixed; boundary=\"", "a/b; name==?utf-8?q?x?=; y=z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		_, list := parseParameters(s, nil)
		require.LessOrEqual(t, len(list), maxParameters)
		for _, p := range list {
			value := get(list, p.key)
			require.True(t, utf8.ValidString(value), "%q", value)
			name := fileName(plainName(value), "text/plain", "1")
			require.NotEmpty(t, name)
			require.True(t, isHarmless(name) && !strings.ContainsAny(name, `/\`) && len(name) <= longestName, "%q", name)
		}
	})
}

// TestTruncatedMessages: wherever a message is cut, what came before is read.
func TestTruncatedMessages(t *testing.T) {
	for _, raw := range seeds {
		for n := range len(raw) + 1 {
			parsed(t, raw[:n])
		}
	}
	folder := os.Getenv("POSTROOM_CORPUS")
	if folder == "" {
		t.Log("POSTROOM_CORPUS names no folder with real-life messages: only our own are cut")
		return
	}
	files := 0
	require.NoError(t, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for i := range 3 {
			cut := len(raw) * i / 3
			m, err := Parse(bytes.NewReader(raw[:len(raw)-cut]), Limits{})
			require.NoError(t, err, path)
			checkInvariants(t, string(raw[:len(raw)-cut]), Limits{}, m)
		}
		return nil
	}))
	require.Greater(t, files, 1000)
}
