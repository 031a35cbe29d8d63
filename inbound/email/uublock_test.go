package email

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// uuencoded is a block with that content, its lines of data n bytes each.
func uuencoded(name, content string, n int) string {
	var b strings.Builder
	char := func(v byte) { b.WriteByte("`!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_"[v&63]) }
	fmt.Fprintf(&b, "begin 644 %s\n", name)
	for content != "" {
		line := content[:min(n, len(content))]
		content = content[len(line):]
		char(byte(len(line)))
		for line += "\x00\x00"; len(line) >= 3; line = line[3:] {
			char(line[0] >> 2)
			char(line[0]<<4 | line[1]>>4)
			char(line[1]<<2 | line[2]>>6)
			char(line[2])
		}
		b.WriteByte('\n')
	}
	return b.String() + "`\nend\n"
}

func TestUUBlocks(t *testing.T) {
	long := strings.Repeat("All that is gold does not glitter. \x00\xff", 50)
	type file struct{ part, name, content string }
	for name, test := range map[string]struct {
		raw, text string
		want      []file
		warnings  int
	}{
		"one": {
			raw: "\nSee below.\n\n" + uuencoded("a b.bin", long, 45) + "\nBye\n", text: "See below.\n\n\nBye\n",
			want: []file{{"1.u1", "a b.bin", long}},
		},
		"two, at the beginning and at the end": {
			raw: "\n" + uuencoded("a", long, 45) + "between\n" + uuencoded("b", "Hi", 45), text: "between\n",
			want: []file{{"1.u1", "a", long}, {"1.u2", "b", "Hi"}},
		},
		"only one": {raw: "\n" + uuencoded("a", long, 45), text: "", want: []file{{"1.u1", "a", long}}},
		"other lengths of lines": {
			raw: "\n" + uuencoded("a", long, 30) + uuencoded("b", long, 60), text: "",
			want: []file{{"1.u1", "a", long}, {"1.u2", "b", long}},
		},
		"spaces for zeros": {
			raw: "\n" + strings.ReplaceAll(uuencoded("a", long, 45), "`", " "), text: "",
			want: []file{{"1.u1", "a", long}},
		},
		"in quoted-printable, in a part": {
			raw: "Content-Type: multipart/mixed; boundary=q\n\n--q\nContent-Transfer-Encoding: quoted-printable\n\n" +
				"Hi =3D\n" +
				strings.ReplaceAll(uuencoded("a", long, 45), "=", "=3D") + "--q--\n", text: "Hi =\n",
			want: []file{{"1.u1", "a", long}},
		},
		"a path for a name": {raw: "\n" + uuencoded("../../x.sh", "echo", 45), want: []file{{"1.u1", "x.sh", "echo"}}},
		"a name in the charset of the text": {
			raw: "Content-Type: text/plain; charset=windows-1251\n\n" + uuencoded("\xcf\xf0\xe8\xe2\xe5\xf2.txt", "x",
				45), want: []file{{"1.u1", "Привет.txt", "x"}},
		},
		"cut off": {
			raw: "\nHi\n" + strings.TrimSuffix(uuencoded("a", long[:90], 45), "`\nend\n"), text: "Hi\n",
			want: []file{{"1.u1", "a", long[:90]}}, warnings: 1,
		},
		"no end, text behind it": {
			raw:  "\n" + strings.TrimSuffix(uuencoded("a", long[:90], 45), "`\nend\n") + "Regards,\nJane\n",
			text: "Regards,\nJane\n",
			want: []file{{"1.u1", "a", long[:90]}}, warnings: 1,
		},
		"no end, another behind it": {
			raw:  "\n" + strings.TrimSuffix(uuencoded("a", long[:90], 45), "`\nend\n") + uuencoded("b", "Hi", 45),
			want: []file{{"1.u1", "a", long[:90]}, {"1.u2", "b", "Hi"}}, warnings: 1,
		},
		"a part that is uuencoded as a whole": {
			raw: "Content-Type: multipart/mixed; boundary=q\n\n--q\n\nHi\n--q\n" +
				"Content-Type: image/png; name=logo.png\n" +
				"Content-Transfer-Encoding: x-uuencode\n\n" + uuencoded("x.png", long, 45) + "--q--\n", text: "Hi",
			want: []file{{"2", "logo.png", long}},
		},
		"a text that is uuencoded as a whole": {
			raw: "Content-Transfer-Encoding: uuencode\n\n" + uuencoded("x.txt", "Hello\n", 45), text: "Hello\n",
		},
		"a part that is not, but says so": {
			raw:  "Content-Type: a/b; name=x\nContent-Transfer-Encoding: x-uuencode\n\nHello\n",
			want: []file{{"1", "x", ""}}, warnings: 1,
		},

		"no data": {raw: "\nbegin 644 a\nend\n", text: "begin 644 a\nend\n"},
		"no mode": {raw: "\nbegin to write\nM\nend\n", text: "begin to write\nM\nend\n"},
		"no name": {raw: "\nbegin 644\nM\nend\n", text: "begin 644\nM\nend\n"},
		"prose": {raw: "\nbegin 644 things\nand you never\nend\n", text: "begin 644 things\n" +
			"and you never\nend\n"},
		"one short line, no end": {raw: "\nbegin 644 a\n\"2&D \nBye\n", text: "begin 644 a\n\"2&D \nBye\n"},
		"quoted": {raw: "\n> begin 644 a\n> \"2&D \n> end\n", text: "> begin 644 a\n> \"2&D \n" +
			"> end\n"},
		"in the middle of a line": {raw: "\nx" + uuencoded("a", "Hi", 45), text: "x" + uuencoded("a", "Hi", 45)},
		"begin without a line":    {raw: "\nbegin", text: "begin"},
		"begin without data":      {raw: "\nbegin 644 a", text: "begin 644 a"},
		"a very long line": {raw: "\nbegin 644 " + strings.Repeat("a", 2000) + "\n", text: "begin 644 " +
			strings.Repeat("a", 2000) + "\n"},
	} {
		for _, lines := range [...]string{"LF", "CRLF"} {
			t.Run(name+", "+lines, func(t *testing.T) {
				raw := "From: a@example.com\n" + test.raw
				if lines == "CRLF" {
					raw = crlf(raw)
				}
				m := requireOpens(t, []byte(raw), Limits{})
				checkInvariants(t, raw, Limits{}, m)
				assert.Equal(t, test.text, m.Text)
				assert.Len(t, m.Warnings, test.warnings, "%q", m.Warnings)
				var got []file
				for _, a := range m.Attachments {
					r, err := OpenAttachment(strings.NewReader(raw), a.Part, Limits{})
					require.NoError(t, err)
					b, err := io.ReadAll(r)
					require.NoError(t, err)
					require.NoError(t, r.Close())
					got = append(got, file{a.Part, a.Name, string(b)})
				}
				assert.Equal(t, test.want, got)
			})
		}
	}
}

func TestUUBlocks_Bounded(t *testing.T) {
	raw := "From: a@example.com\n\n"
	for range 5 {
		raw += uuencoded("a", "Hi", 45)
	}
	m := parsedWithin(t, raw, Limits{Attachments: 3})
	assert.Len(t, m.Attachments, 3)
	assert.NotEmpty(t, m.Warnings)

	// The limit of the text does not count for what is taken out of it.
	big := strings.Repeat("0123456789", 1000)
	m = parsedWithin(t, "From: a@example.com\n\nHi\n"+uuencoded("a", big, 45), Limits{TextBytes: 100})
	assert.Equal(t, "Hi\n", m.Text)
	assert.Equal(t, int64(len(big)), m.Attachments[0].Size)
	assert.Empty(t, m.Warnings)
}

// No block may be larger than it was, and each opens.
func FuzzUUBlocks(f *testing.F) {
	f.Add("Hi\n" + uuencoded("a", strings.Repeat("x", 100), 45) + "Bye\n")
	f.Add("begin 644 a\n`\n\nM\nend\n")
	f.Add("begin \nbegin 644 a\n!  \n\"\nbegin 644 b\n")
	f.Add("beginbegin 644 a\r\nbegi")
	f.Fuzz(func(t *testing.T, text string) {
		m := requireOpens(t, []byte("From: a@example.com\n\n"+text), Limits{})
		checkInvariants(t, "From: a@example.com\n\n"+text, Limits{}, m)
		sum := sha256.Sum256(nil)
		for _, a := range m.Attachments {
			require.NotEqual(t, hex.EncodeToString(sum[:]), a.SHA256, "an empty block is text")
		}
	})
}

func TestCutUUNumber(t *testing.T) {
	for number, want := range map[string]struct {
		part  string
		block int
	}{
		"1.u1": {"1", 1}, "2.1.u12": {"2.1", 12}, "1": {"1", 0}, "1.u0": {"1.u0", 0}, "1.u01": {"1.u01", 0},
		"1.u+1": {"1.u+1", 0}, "1.u": {"1.u", 0}, "": {"", 0},
	} {
		part, block := cutUUNumber(number)
		assert.Equal(t, want.part, part, number)
		assert.Equal(t, want.block, block, number)
	}
}
