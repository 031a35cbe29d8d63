package pop3fetch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDotReader_ReturnsExactBytes(t *testing.T) {
	tests := []struct{ name, wire, want string }{
		{"empty", ".\r\n", ""},
		{"one line", "a\r\n.\r\n", "a\r\n"},
		{"stuffed", "..\r\n...x\r\n.y\r\n.\r\n", ".\r\n..x\r\ny\r\n"},
		{"bare LF does not end it", "a\n.\nb\n.\r\nc\r\n.\r\n", "a\n.\nb\n.\r\nc\r\n"},
		{"CRLF dot LF does not end it", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n"},
		{"LF dot CRLF does not end it", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"},
		{"CR dot CRLF does not end it", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n"},
		{"lone CR is kept", "a\rb\r\r\n.\r\n", "a\rb\r\r\n"},
		{"dot and CR", ".\rx\r\n.\r\n", "\rx\r\n"},
		{"dots within", "a.b..c\r\n.\r\n", "a.b..c\r\n"},
		{"NUL and 8 bits", "\x00\xff\r\n.\r\n", "\x00\xff\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const next = "+OK next\r\n"
			for _, chunks := range []func(io.Reader) io.Reader{
				func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
			} {
				src := bufio.NewReader(chunks(strings.NewReader(tt.wire + next)))
				got, err := io.ReadAll(bodyOf(src))
				require.NoError(t, err)
				assert.Equal(t, tt.want, string(got))
				rest, err := io.ReadAll(src)
				require.NoError(t, err)
				assert.Equal(t, next, string(rest), "what follows the message")
				require.NoError(t, iotest.TestReader(bodyOf(bufio.NewReader(chunks(strings.NewReader(tt.wire)))), []byte(tt.want)))
			}
		})
	}
}

func TestDotReader_ConnectionEndIsNotMessageEnd(t *testing.T) {
	const whole = "one\r\n..two\r\nthree\r\n.\r\n"
	for cut := range len(whole) {
		_, err := io.ReadAll(bodyOf(bufio.NewReader(strings.NewReader(whole[:cut]))))
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "after %d bytes", cut)
	}
	broken := errors.New("broken")
	d := bodyOf(bufio.NewReader(io.MultiReader(strings.NewReader("one\r\n"), iotest.ErrReader(broken))))
	got, err := io.ReadAll(d)
	assert.ErrorIs(t, err, broken)
	assert.Equal(t, "one\r\n", string(got))
	_, err = d.Read(make([]byte, 1))
	assert.ErrorIs(t, err, broken, "the error stays")
}

func TestDotReader_LimitsMessage(t *testing.T) {
	d := &dotReader{src: bufio.NewReader(strings.NewReader(strings.Repeat("x", 100))), left: 50}
	_, err := io.ReadAll(d)
	var broken *protocolError
	require.ErrorAs(t, err, &broken)
}

func bodyOf(src *bufio.Reader) *dotReader { return &dotReader{src: src, left: maxBelievedSize} }

// slowUnstuff is the definition, a line at a time: split at CRLF, end at ".",
// drop a leading dot.
func slowUnstuff(wire []byte) (body, rest []byte, whole bool) {
	for {
		line, after, found := bytes.Cut(wire, crlf)
		if !found {
			return body, nil, false
		}
		if string(line) == "." {
			return body, after, true
		}
		body = append(append(body, bytes.TrimPrefix(line, []byte("."))...), crlf...)
		wire = after
	}
}

func FuzzDotReader(f *testing.F) {
	for _, s := range []string{
		".\r\n", "a\r\n.\r\n+OK", "..\r\n.\r\n", "\n.\n\r\n.\r\n", "\r\n.\r.\r\n.\r\n", "x\r\n.", "\r\r\n.\n.\r\n.\r\n",
	} {
		f.Add([]byte(s), uint8(1), uint8(3))
	}
	f.Fuzz(func(t *testing.T, wire []byte, read, supply uint8) {
		src := bufio.NewReaderSize(&dripReader{wire, 1 + int(supply)}, 16)
		d := bodyOf(src)
		var got []byte
		var err error
		for p := make([]byte, 1+int(read)); err == nil; {
			var n int
			n, err = d.Read(p)
			got = append(got, p[:n]...)
		}
		body, rest, whole := slowUnstuff(wire)
		if !whole {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			return
		}
		require.Equal(t, io.EOF, err)
		require.Equal(t, string(body), string(got))
		left, err := io.ReadAll(src)
		require.NoError(t, err)
		require.Equal(t, string(rest), string(left))
	})
}

// dripReader gives a few bytes at a time.
type dripReader struct {
	data []byte
	step int
}

func (r *dripReader) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.data[:min(r.step, len(r.data))])
	r.data = r.data[n:]
	return n, nil
}

func BenchmarkDotReader(b *testing.B) {
	bodies := map[string]string{
		"base64":   strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 100_000),
		"prose":    strings.Repeat("Dear Sir. Your order no. 12.345 has left us. See shop.example.\r\n", 100_000),
		"stuffed":  strings.Repeat("..hidden\r\n", 700_000),
		"all dots": strings.Repeat(strings.Repeat(".", 76)+"\r\n", 100_000),
	}
	for name, body := range bodies {
		b.Run(name, func(b *testing.B) {
			wire := body + terminator
			b.SetBytes(int64(len(wire)))
			b.ReportAllocs()
			p := make([]byte, 64<<10)
			in := strings.NewReader(wire)
			src := bufio.NewReaderSize(in, bufferSize)
			for b.Loop() {
				in.Reset(wire)
				src.Reset(in)
				d := bodyOf(src)
				for {
					if _, err := d.Read(p); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	b.Run("sha256 for comparison", func(b *testing.B) {
		data := []byte(bodies["base64"])
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			sha256.Sum256(data)
		}
	})
}
