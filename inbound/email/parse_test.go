package email

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse_NoMail(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":      "",
		"a line break": "\n",
		"a picture":    "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x02\n\n\x00\x00",
		"only colons":  ":::\n:\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, raw)
			assert.NotEmpty(t, m.Warnings)
			assert.Equal(t, ClassPersonal, m.Class)
		})
	}
}

// seeds are messages of every shape.
var seeds = []string{
	"",
	"\r\n",
	"From: a@example.com\r\n\r\nHello",
	"From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>\r\nSubject: =?koi8-r?B?8NLJ18XU?=\r\nReferences: <a@b> <c@d>\r\n" +
		"\r\nx",
	"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\n" +
		"Content-Type: application/pdf; name*=utf-8''%D1%84.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n" +
		"--b--\r\nepilogue",
	"Content-Type: multipart/alternative; boundary=\"a b\"\r\n\r\n--a b\r\n" +
		"Content-Type: text/html; charset=windows-1251\r\n\r\n<p>\xcf\xf0\xe8\r\n--a b",
	"From: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\nfailed\r\n" +
		"--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n" +
		"Final-Recipient: rfc822; u@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n--r\r\n" +
		"Content-Type: message/rfc822\r\n\r\nMessage-ID: <o@p>\r\n\r\nhi\r\n--r--",
	"Content-Type: text/plain; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=\r\n" +
		"b =20\r\n> q \r\n> r\r\n-- \r\nsig",
	"From a@b Mon Jan 1\nSubject: mbox\nbroken line\nX: y\n\nbegin 644 f.txt\n#0V%T\n`\nend\n",
	"Received: from localhost by b\r\nX-Spam-Status: No\r\nFrom: A via B <a@b>\r\nReply-To: C <c-1234@d>\r\n" +
		"Subject: [EXT] (x) Automatic reply: y\r\nAuto-Submitted: auto-generated\r\nPrecedence: bulk\r\n\r\nMail: c-1234@d",
	"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: deep\r\n\r\nin",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	for _, c := range framingCases {
		f.Add([]byte(c.raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(bytes.NewReader(raw), Limits{})
		require.NoError(t, err)
		checkInvariants(t, string(raw), Limits{}, m)
		small := Limits{HeaderBytes: 200, Fields: 3, ValueBytes: 50, Depth: 2, Parts: 3, TextBytes: 100, Attachments: 1,
			References: 2}
		m, err = Parse(bytes.NewReader(raw), small)
		require.NoError(t, err)
		checkInvariants(t, string(raw), small, m)
	})
}

// TestParse_Truncated: wherever a message is cut, what came before is read.
func TestParse_Truncated(t *testing.T) {
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

// TestParse_ReaderErrors: its error comes back, and no message.
func TestParse_ReaderErrors(t *testing.T) {
	for _, raw := range []string{"", "From: a@b", "From: a@b\r\n\r\nbody", multipart("--b\r\n\r\nx\r\n", 2)} {
		m, err := Parse(io.MultiReader(strings.NewReader(raw), failing{}), Limits{})
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Nil(t, m)
	}
	_, err := Parse(stuck{}, Limits{})
	require.ErrorIs(t, err, io.ErrNoProgress)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }
