package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// requireOpens checks that every attachment opens with the bytes that Parse saw.
func requireOpens(t testing.TB, raw []byte, l Limits) *Message {
	t.Helper()
	m, err := Parse(bytes.NewReader(raw), l)
	require.NoError(t, err)
	for _, a := range m.Attachments {
		size, sum := contentOf(t, bytes.NewReader(raw), a.Part, l)
		require.Equalf(t, a.Size, size, "size of part %s", a.Part)
		require.Equalf(t, a.SHA256, sum, "hash of part %s", a.Part)
	}
	return m
}

func contentOf(t testing.TB, raw io.Reader, part string, l Limits) (size int64, sum string) {
	t.Helper()
	r, err := OpenAttachment(raw, part, l)
	require.NoErrorf(t, err, "part %s", part)
	h := sha256.New()
	size, err = io.Copy(h, r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return size, hex.EncodeToString(h.Sum(nil))
}

func TestOpenAttachment_YieldsWhatParseReported(t *testing.T) {
	for name, test := range map[string]struct {
		raw   string
		limit Limits
		parts string
	}{
		"base64": {
			raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: a/b\n" +
				"Content-Transfer-Encoding: base64\n\nSGVs\nbG8=\n--b--\n",
			parts: "2",
		},
		"quoted-printable, with spaces at the end": {
			raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n" +
				"Content-Transfer-Encoding: quoted-printable\n\na=3D=\nb  \n  \n--b--\n",
			parts: "1",
		},
		"the message itself": {
			raw:   "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n",
			parts: "1",
		},
		"empty, and cut off": {
			raw: "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n--b\nContent-Type: a/b\n" +
				"Content-Transfer-Encoding: base64\n\nSGVsb",
			parts: "1 2",
		},
		"nested, with a report and a message": {
			raw: "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/related; boundary=i\n\n" +
				"--i\nContent-Type: text/html\n\n<p>x\n" +
				"--i\nContent-Type: image/png\nContent-ID: <a>\n\nPNG\n--i--\n--o\n" +
				"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\n" +
				"--o\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" +
				"Content-Type: a/b\n\nX\n--m--\n\n--o--\n",
			parts: "1.2 2 3",
		},
		"a boundary that was guessed": {
			raw: "Content-Type: multipart/mixed\n\n--zzz\nContent-Type: a/b\n\nX\n--zzz\nContent-Type: a/b\n\nY\n" +
				"--zzz--\n",
			parts: "1 2",
		},
		"deeper than the limit": {
			raw: "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n" +
				"--i\nContent-Type: a/b\n\nX\n--i--\n--o--\n",
			limit: Limits{Depth: 1},
			parts: "1",
		},
		"lines without end": {
			raw: "Content-Type: a/b\n\n" + strings.Repeat("x", 3*windowBytes) + "\r\n--\r\n" +
				strings.Repeat("--", windowBytes),
			parts: "1",
		},
	} {
		for _, lines := range [...]string{"LF", "CRLF"} {
			t.Run(name+", "+lines, func(t *testing.T) {
				raw := test.raw
				if lines == "CRLF" {
					raw = crlf(strings.ReplaceAll(raw, "\r", ""))
				}
				m := requireOpens(t, []byte(raw), test.limit)
				var parts []string
				for _, a := range m.Attachments {
					parts = append(parts, a.Part)
					_, want := contentOf(t, strings.NewReader(raw), a.Part, test.limit)
					_, slow := contentOf(t, iotest.OneByteReader(strings.NewReader(raw)), a.Part, test.limit)
					assert.Equal(t, want, slow, "it must not matter how the raw bytes come")
				}
				assert.Equal(t, test.parts, strings.Join(parts, " "))
			})
		}
	}
}

func TestOpenAttachment_Corpus(t *testing.T) {
	folder := os.Getenv("POSTROOM_CORPUS")
	if folder == "" {
		t.Skip("POSTROOM_CORPUS does not name a folder with messages and their expect.jsonl")
	}
	files := 0
	require.NoError(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		files += len(requireOpens(t, raw, Limits{}).Attachments)
		return nil
	}))
	t.Logf("%d attachments", files)
	assert.NotZero(t, files)
}

func TestOpenAttachment_NoSuchPart(t *testing.T) {
	raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: a/b\n\nX\n--b--\n"
	for _, part := range [...]string{"", "0", "3", "1.1", "02", "2.", "1.u1", "2.u1", "u1", ".u1", "2.u", "../2",
		"-1"} {
		r, err := OpenAttachment(strings.NewReader(raw), part, Limits{})
		assert.ErrorIsf(t, err, ErrNoSuchPart, "part %q", part)
		assert.Nil(t, r)
	}
	_, err := OpenAttachment(strings.NewReader(""), "1", Limits{})
	assert.ErrorIs(t, err, ErrNoSuchPart)
}

func TestOpenAttachment_ReaderErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n" + strings.Repeat("x", 1000)
	for _, at := range [...]int{0, 10, len(raw) - 2000/3, len(raw)} {
		r, err := OpenAttachment(io.MultiReader(strings.NewReader(raw[:at]), iotest.ErrReader(broken)), "1", Limits{})
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			require.NoError(t, r.Close())
		}
		assert.ErrorIsf(t, err, broken, "after %d bytes", at)
		assert.NotErrorIs(t, err, ErrNoSuchPart)
	}
}

func TestOpenAttachment_AfterClose(t *testing.T) {
	r, err := OpenAttachment(strings.NewReader("Content-Type: a/b\n\nX"), "1", Limits{})
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.NoError(t, r.Close(), "a second Close must not give the buffers back twice")
	_, err = r.Read(make([]byte, 1))
	assert.Error(t, err)
}

// A message of 64 MiB is opened with a few buffers.
func TestOpenAttachment_NeedsLittleMemory(t *testing.T) {
	const lines = 64 << 20 / 78
	line := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 57)) + "\r\n"
	raw := func() io.Reader {
		return io.MultiReader(strings.NewReader("Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
			&repeated{text: line, times: lines})
	}
	contentOf(t, raw(), "1", Limits{}) // fills the pool
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	size, _ := contentOf(t, raw(), "1", Limits{})
	runtime.ReadMemStats(&after)
	assert.Equal(t, int64(57*lines), size)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// repeated reads as a text that is repeated.
type repeated struct {
	text  string
	times int
	at    int
}

func (r *repeated) Read(b []byte) (n int, err error) {
	for n < len(b) && r.times > 0 {
		c := copy(b[n:], r.text[r.at:])
		n += c
		if r.at += c; r.at == len(r.text) {
			r.at = 0
			r.times--
		}
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Whatever the bytes are, an attachment opens with what Parse saw.
func FuzzOpenAttachment(f *testing.F) {
	for _, seed := range [...]string{
		"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: a/b\n" +
			"Content-Transfer-Encoding: base64\n\nSGVs\nbG8=\n--b--\n",
		"Content-Type: multipart/mixed\n\n--zzz\nContent-Type: a/b\n\nX\n--zzz\nContent-Type: a/b\n\nY\n--zzz--\n",
		"Content-Type: multipart/digest; boundary=b\n\n--b\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n" +
			"--b\n\n--c--\n--b--\n",
		"Content-Type: a/b\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#0V%T\n`\nend\n",
		"Content-Type: multipart/mixed; boundary=\"\xfc\"\n\n--\xfc\nContent-Type: a/b; name=\"\xcf\xf0\"\n\nX\n" +
			"--\xfc--\n",
	} {
		f.Add([]byte(seed), 0, 0)
		f.Add([]byte(crlf(seed)), 2, 1)
	}
	for _, c := range framingCases {
		if c.kind == "whole" || c.kind == "boundaries" || c.kind == "base64" {
			f.Add([]byte(c.raw), 0, 0)
			f.Add([]byte(c.raw), 3, 8)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, parts, depth int) {
		requireOpens(t, raw, Limits{Parts: parts, Depth: depth})
	})
}

func TestOpenAttachment_NoSuchBlock(t *testing.T) {
	raw := "From: a@example.com\n\n" + uuencoded("a", "Hi", 45)
	for _, part := range [...]string{"1.u0", "1.u2", "1.u01", "1.u+1", "2.u1", "1.u1.u1", "1.u99999999999999999999"} {
		_, err := OpenAttachment(strings.NewReader(raw), part, Limits{})
		assert.ErrorIs(t, err, ErrNoSuchPart, part)
	}
}

func TestMarkInline(t *testing.T) {
	const html = `<img src="cid:a%40x"><img src=cid:b@x ><a href='cid:c@x'>cid:`
	list := []Attachment{{ContentID: "a@x"}, {ContentID: "b@x"}, {ContentID: "c@x"}, {ContentID: "d@x"}, {}}
	inline := func(limit int) (marked string) {
		list := slices.Clone(list)
		markInline(list, nil, html, limit)
		for _, a := range list {
			if a.Inline {
				marked += a.ContentID
			}
		}
		return marked
	}
	assert.Equal(t, "a@xb@xc@x", inline(10))
	assert.Equal(t, "a@x", inline(1), "a limited number of references is looked at")
}
