package fingerprint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// reference is the specification once more, with the whole message in memory and
// without any care for speed: what Read streams must be equal to it.
type reference struct {
	lines      []string
	boundaries []string
	message    strings.Builder
}

func referenceSum(raw string) (header, message string) {
	r := reference{lines: strings.SplitAfter(raw, "\n")}
	if r.lines[len(r.lines)-1] == "" {
		r.lines = r.lines[:len(r.lines)-1]
	}
	for len(r.lines) > 0 && isBlank(r.lines[0]) {
		r.lines = r.lines[1:]
	}
	var f fields
	f.reset(true)
	_, ended := r.header(&f, true)
	if !ended {
		r.entity(&f)
	}
	sum, _ := f.sum()
	if sum == nil {
		return "", ""
	}
	header = hex.EncodeToString(sum)
	return header, sha("postroom message 1\n" + r.message.String() + "header:" + header + "\n")
}

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func isBlank(line string) bool { return line == "\n" || line == "\r\n" }

// take returns the lines up to a boundary line, which it removes, too.
func (r *reference) take(stopAtBlank bool) (lines []string, level int, closing, blank bool) {
	for i, line := range r.lines {
		if stopAtBlank && isBlank(line) {
			lines, r.lines = r.lines[:i], r.lines[i+1:]
			return lines, atEnd, false, true
		}
		for level := len(r.boundaries) - 1; level >= 0; level-- {
			rest, ok := strings.CutPrefix(line, "--"+r.boundaries[level])
			rest = strings.TrimRight(rest, " \t\r\n")
			if ok && (rest == "" || rest == "--") {
				lines, r.lines = r.lines[:i], r.lines[i+1:]
				return lines, level, rest == "--", false
			}
		}
	}
	lines, r.lines = r.lines, nil
	return lines, atEnd, false, false
}

var fieldLine = regexp.MustCompile(`(?s)^([!-9;-~]+)[ \t]*:(.*)$`)

func (r *reference) header(f *fields, top bool) (hit boundaryHit, ended bool) {
	lines, level, closing, blank := r.take(true)
	var strays []string
	at := isStray
	for i, line := range lines {
		m := fieldLine.FindStringSubmatch(line)
		switch {
		case line[0] == ' ' || line[0] == '\t':
			if at == isCounted {
				f.add([]byte(line))
			}
		case m != nil:
			if at = f.begin([]byte(m[1])); at == isCounted {
				f.add([]byte(m[2]))
			}
		case top && i == 0 && regexp.MustCompile(`^>?From `).MatchString(line):
			at = isIgnored
		default:
			at = isStray
		}
		if at == isStray {
			strays = append(strays, line)
		}
	}
	r.leaf(strays, true, "")
	return boundaryHit{level: level, closing: closing}, !blank
}

func (r *reference) entity(f *fields) boundaryHit {
	kind, boundary := contentType(f.smallest(fieldType))
	if kind == "multipart" && boundary != "" && len(r.boundaries) < 30 {
		return r.multipart(boundary)
	}
	encoding := transferEncoding(f.smallest(fieldEncoding))
	if kind == "multipart" {
		encoding = ""
	}
	lines, level, closing, _ := r.take(false)
	r.leaf(lines, strings.Contains(" text message multipart ", " "+kind+" ") || kind == "", encoding)
	return boundaryHit{level: level, closing: closing}
}

func (r *reference) multipart(boundary string) boundaryHit {
	own := len(r.boundaries)
	r.boundaries = append(r.boundaries, boundary)
	lines, level, closing, _ := r.take(false)
	if level != own {
		r.leaf(lines, true, "")
	}
	hit := boundaryHit{level: level, closing: closing}
	for hit.level == own {
		if hit.closing {
			_, hit.level, hit.closing, _ = r.take(false)
			continue
		}
		var f fields
		var ended bool
		if hit, ended = r.header(&f, false); !ended {
			hit = r.entity(&f)
		}
	}
	r.boundaries = r.boundaries[:own]
	return hit
}

var (
	mboxFrom  = regexp.MustCompile(`(?m)^>+From `)
	lineEnd   = regexp.MustCompile(`\r?\n`)
	textBreak = regexp.MustCompile(`\r*\n|\r`)
	endOfLine = regexp.MustCompile(`[ \t]+(\n|$)`)
	softBreak = regexp.MustCompile(`=[ \t\r]*\n`)
	quotedEnd = regexp.MustCompile(`[ \t\r]*?(\r?\n|$)`)
	hexByte   = regexp.MustCompile(`=[0-9A-Fa-f]{2}`)
)

func (r *reference) leaf(lines []string, isText bool, encoding string) {
	body := strings.Join(lines, "")
	if encoding != "base64" {
		body = mboxFrom.ReplaceAllString(body, "From ")
		if !isText {
			body = lineEnd.ReplaceAllString(body, "\r\n")
		}
	}
	switch encoding {
	case "base64":
		body = referenceBase64(body)
	case "quoted-printable":
		body = softBreak.ReplaceAllString(body, "\x00soft\x00")
		body = quotedEnd.ReplaceAllString(body, "$1")
		body = strings.TrimSuffix(body, "=")
		body = hexByte.ReplaceAllStringFunc(body, func(s string) string {
			b, _ := hex.DecodeString(s[1:])
			return string(b)
		})
		body = strings.ReplaceAll(body, "\x00soft\x00", "")
	}
	if isText {
		body = textBreak.ReplaceAllString(body, "\n")
		body = endOfLine.ReplaceAllString(body, "$1")
		body = mboxFrom.ReplaceAllString(body, "From ")
		body = strings.TrimRight(body, " \t\n")
	} else {
		body = strings.TrimRight(body, " \t\r\n")
	}
	if body != "" {
		r.message.WriteString("part:" + sha(body) + "\n")
	}
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func referenceBase64(body string) string {
	var out []byte
	bits, n := 0, 0
	end := func() {
		if n >= 2 {
			v := bits << (6 * (4 - n))
			out = append(out, []byte{byte(v >> 16), byte(v >> 8), byte(v)}[:n-1]...)
		}
		bits, n = 0, 0
	}
	for _, line := range strings.SplitAfter(strings.NewReplacer("-", "+", "_", "/").Replace(body), "\n") {
		for _, c := range []byte(line) {
			if c == '=' && n > 0 {
				end()
				break
			}
			value := strings.IndexByte(base64Alphabet, c)
			if value < 0 {
				continue
			}
			bits = bits<<6 | value
			if n++; n == 4 {
				end()
			}
		}
	}
	end()
	return string(out)
}

// sums reads a message in pieces of different sizes, which must not matter.
func sums(t testing.TB, raw string) Sums {
	t.Helper()
	s, err := Read(strings.NewReader(raw))
	require.NoError(t, err)
	for _, src := range []io.Reader{
		iotest.OneByteReader(strings.NewReader(raw)),
		iotest.DataErrReader(bytes.NewReader([]byte(raw))),
	} {
		again, err := Read(src)
		require.NoError(t, err)
		require.Equal(t, s, again, "by the size of pieces")
	}
	h, err := ReadHeader(strings.NewReader(raw))
	require.NoError(t, err)
	require.Equal(t, Sums{Header: s.Header, Weak: s.Weak}, h, "of the header alone")
	require.Equal(t, s.Header == "", s.Message == "")
	return s
}

func requireReference(t testing.TB, raw string) {
	t.Helper()
	s := sums(t, raw)
	header, message := referenceSum(raw)
	require.Equal(t, header, s.Header)
	require.Equal(t, message, s.Message)
}

func TestRead_LongLinesAndDeepMultiparts(t *testing.T) {
	for _, raw := range longSeeds {
		requireReference(t, raw)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if strings.Contains(raw, strings.Repeat(" ", longestWhite/4)) {
			t.Skip("the reference has no limit for white space")
		}
		requireReference(t, raw)
	})
}

var seeds = []string{
	"",
	"\r\n\nFrom: a@b\n\nx",
	"From a@b Mon\n x\nSubject: =?utf-8?q?a?= =?utf-8?b?Yg==?=\n c\n\n>From here\r\r\n>>Fro\rFrom \n \t\n\n",
	"Date: Thu, 26 Nov 2026 10:00 +0200 (EET)\nno field\n: x\n \n\n  two \r\nthree\r",
	"Message-ID: <a@b>\nContent-Type: multipart/x; boundary=\"a b\"\n\npre\n--a b\n\none\n--a b \nContent-Type: " +
		"application/x\nContent-Transfer-Encoding: base64\n\nSGVs\nbG8=junk\nQQ==\n-_8\n--a b--\nepilogue\n--a b\nstray",
	"Subject: x\nContent-Type: multipart/x; boundary=a\n\n--a\nContent-Type: multipart/y; boundary=b\n\n--b\n\n1\n--a\n\n",
	"Subject: x\nContent-Type: multipart/x; boundary=a\n\nno boundary line",
	"Subject: x\nContent-Type: a/b\nContent-Transfer-Encoding: quoted-printable\n\na=3D=\n>From =20 \t\n=\r\n==\n=4",
	"Subject: x\nContent-Transfer-Encoding: Quoted-Printable\n\na=3D=\n>From =20 \t\n=\r\n==\n=0D=0A=3EFrom x=",
	"Subject: x\nContent-Type: a/b\n\n>From a\nb\r\r\nc\rd\n >From \n",
	"Subject: x\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\nDQogCQ==",
	"Subject : x\nsubject\t:y\n\na\r\rb\n\n\nc\r\r\r\nd\r\n>>Fro",
	"Subject: x\n\n>", "Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n==",
	"Subject: x\nContent-Type: multipart/x; boundary=a\n\n--a\nContent-Type: multipart/y; boundary=a\n\n--a\n\n1\n" +
		"--a--\n2\n--a\n\n3",
	"Subject: x\nContent-Type: multipart/x; boundary=a\n\n--a\nContent-Type: multipart/y; boundary=b\n\n--b\n\n1\n" +
		"--b--\n--a\n\n--b\n\n2",
}

// longSeeds are too long for a fuzz test to be quick.
var longSeeds = []string{
	"Subject: x\n\n" + strings.Repeat("x", pieceBytes) + ">From a",
	"Subject: x\n\n" + strings.Repeat(">", pieceBytes) + ">From a",
	"Subject: x\nContent-Type: a/b\n\n" + strings.Repeat("x", pieceBytes) + ">From a",
	"Subject: x\nContent-Type: a/b\n\n" + strings.Repeat("x", pieceBytes-1) + "\r\ny\n" +
		strings.Repeat("x", pieceBytes-1) + "\ry\n" + strings.Repeat("x", pieceBytes-1) + "\r",
	"Subject: x\n\n" + strings.Repeat("x", digestBytes+1),
	"Subject: x\nContent-Type: multipart/x; boundary=a\n\n--a\nContent-Type: multipart/y; boundary=a--\n\n" +
		"--a--\n\n1\n--a--\n\n2\n",
	"Subject: x\n" + nested(29), "Subject: x\n" + nested(30), "Subject: x\n" + nested(31),
}

// nested makes multiparts in each other, and text in the last one.
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/x; boundary=%c.\n\npreamble\n--%c.\n", 'a'+i, 'a'+i)
	}
	return b.String() + "\ntext"
}
