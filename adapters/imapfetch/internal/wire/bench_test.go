package wire

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// loop is a server that sends the same text over and over.
type loop struct {
	text []byte
	at   int
	left int64
}

func (l *loop) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.text[l.at:])
	n = int(min(int64(n), l.left))
	l.at, l.left = (l.at+n)%len(l.text), l.left-int64(n)
	return n, nil
}

// BenchmarkScanner compares what reading through a scanner takes with reading without
// one, in pieces of the size that go-imap and its callers read.
func BenchmarkScanner(b *testing.B) {
	body := func(size int) string {
		return fmt.Sprintf("* 12 FETCH (UID 12345 BODY[] {%d}\r\n%s)\r\n", size, strings.Repeat("x", size))
	}
	for _, bm := range []struct {
		name, text string
		piece      int
	}{
		{"bodies of 1 MiB", body(1 << 20), 32 << 10},
		{"bodies of 16 KiB", body(16 << 10), 4 << 10},
		{"bodies of 2 KiB", body(2 << 10), 4 << 10},
		{"sizes", "* 12 FETCH (UID 12345 RFC822.SIZE 4321 FLAGS (\\Seen))\r\n", 4 << 10},
		{"search", "* SEARCH" + strings.Repeat(" 1234567", 500_000) + "\r\n", 4 << 10},
	} {
		whole := int64(max(1, (16<<20)/len(bm.text)) * len(bm.text))
		for _, through := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/scanned=%v", bm.name, through), func(b *testing.B) {
				b.SetBytes(whole)
				b.ReportAllocs()
				buf := make([]byte, bm.piece)
				for b.Loop() {
					var src io.Reader = &loop{text: []byte(bm.text), left: whole}
					if through {
						commands := new(commands)
						commands.sent([]byte(inProgress))
						src = newScanner(src, commands)
					}
					_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{src}, buf)
					require.NoError(b, err)
				}
			})
		}
	}
}
