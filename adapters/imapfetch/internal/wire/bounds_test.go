package wire

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/mailconn"
)

// ended returns what the library gets and the error at the end, of a connection with these
// bodies allowed on which commands are in progress.
func ended(largest int64, src io.Reader) (string, *scanner, error) {
	commands := new(commands)
	commands.sent([]byte(inProgress))
	s := newScanner(src, commands)
	s.largest.Store(largest)
	out, err := io.ReadAll(s)
	return string(out), s, err
}

func TestBounds_Bodies(t *testing.T) {
	const body = "* 1 FETCH (UID 5 BODY[] {11}\r\nhello world)\r\n* 1 EXISTS\r\n"
	out, _, err := ended(11, strings.NewReader(body))
	require.NoError(t, err)
	assert.Equal(t, body, out)

	out, s, err := ended(10, strings.NewReader(body))
	require.ErrorIs(t, err, ErrTooLarge)
	assert.Equal(t, "* 1 FETCH (UID 5)\r\n", out, "it says which message it was")
	require.ErrorIs(t, (&Conn{scanner: s}).Fault(), ErrTooLarge)

	for _, unasked := range []string{body, "* 1 FETCH (UID 5 BODY[] \"hello world\")\r\n* 1 EXISTS\r\n"} {
		out, _, err = ended(0, strings.NewReader(unasked))
		require.NoError(t, err)
		assert.Equal(t, "* 1 EXISTS\r\n", out, "nobody has asked for it")
	}
}

func TestBounds_Nesting(t *testing.T) {
	const next = "* 1 EXISTS\r\n"
	nested := func(depth int) string {
		return "* 1 FETCH (UID 5 RFC822.SIZE 9 BODYSTRUCTURE " + strings.Repeat("(", depth) + "{6}\r\n* 9 E(" +
			strings.Repeat(")", depth) + " INTERNALDATE \"02-Nov-2026 10:00:00 +0000\")\r\n"
	}
	out, _, err := ended(0, strings.NewReader(nested(maxDepth)+next))
	require.NoError(t, err)
	assert.Equal(t, "* 1 FETCH (UID 5 RFC822.SIZE 9 INTERNALDATE \"02-Nov-2026 10:00:00 +0000\")\r\n"+next, out)
	for _, depth := range []int{maxDepth + 1, 1000, 100_000} {
		out, _, err := ended(0, strings.NewReader(nested(depth)+next))
		require.NoError(t, err)
		assert.Equal(t, "* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n"+next, out, "what came before stays, %d deep", depth)
	}
	_, _, err = ended(0, strings.NewReader(nested(4<<20)+next))
	require.ErrorIs(t, err, ErrLongLine)
}

func TestBounds_Lines(t *testing.T) {
	for _, start := range []string{"", "* OK ", "* LIST () NIL ", "* FLAGS (", "* 1 FETCH (", "T7 NO ", "* XYZ ", "T1 "} {
		_, s, err := ended(0, strings.NewReader(start+strings.Repeat("x", 3<<20)+"\r\n"))
		require.ErrorIs(t, err, ErrLongLine, start)
		assert.LessOrEqual(t, len(s.buf), 2*maxLine)
	}
	_, _, err := ended(0, strings.NewReader("* SEARCH"+strings.Repeat(" 1234567", 1<<19)+"\r\n"))
	require.NoError(t, err, "an answer to a search may be longer")
}

func TestBounds_UnaskedLines(t *testing.T) {
	for _, line := range []string{"* OK x", "* NO [ALERT] x", "* 5 RECENT", "* FLAGS ()", "* CAPABILITY X", "* VANISHED 1",
		"T99 OK", "hello", "+ x", "* ID NIL", "* 7 EXISTS"} {
		_, _, err := ended(0, strings.NewReader(strings.Repeat(line+"\r\n", maxUnasked)))
		require.NoError(t, err, line)
		_, _, err = ended(0, strings.NewReader(strings.Repeat(line+"\r\n", maxUnasked)+"T7 OK\r\n"+
			strings.Repeat(line+"\r\n", maxUnasked)))
		require.NoError(t, err, "%s: for each command", line)
		_, _, err = ended(0, strings.NewReader(strings.Repeat(line+"\r\n", maxUnasked+1)))
		require.ErrorIs(t, err, ErrUnasked, line)
	}
	_, _, err := ended(0, strings.NewReader(strings.Repeat("* 1 FETCH (UID 7 RFC822.SIZE 1)\r\n", maxFetches+1)))
	require.ErrorIs(t, err, ErrUnasked)
	for _, line := range []string{"* 1 EXPUNGE", "* 5 FETCH (FLAGS (\\Seen))", "* LIST () NIL x"} {
		_, _, err := ended(0, strings.NewReader(strings.Repeat(line+"\r\n", 50*maxUnasked)))
		require.NoError(t, err, "%s: other clients may change many messages", line)
	}
}

func TestFound_Bounds(t *testing.T) {
	numbers := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " %d", 2*i+1)
		}
		return b.String()
	}
	_, s, err := ended(0, strings.NewReader("* 5 EXISTS\r\n* SEARCH"+numbers(moreThanThere+5)+"\r\n"))
	require.NoError(t, err)
	found, err := (&Conn{scanner: s}).Found()
	require.NoError(t, err)
	assert.Len(t, found, moreThanThere+5)
	for _, n := range []int{moreThanThere + 6, 3 * moreThanThere} {
		_, s, err = ended(0, strings.NewReader("* 5 EXISTS\r\n* SEARCH"+numbers(n)+"\r\n"))
		require.NoError(t, err)
		assert.LessOrEqual(t, cap(s.found.ranges), 4*moreThanThere)
		_, err = (&Conn{scanner: s}).Found()
		require.ErrorIs(t, err, ErrTooMany)
	}
	begin := time.Now()
	_, _, err = ended(0, strings.NewReader("* 5 EXISTS\r\n* SEARCH"+numbers(1_000_000)+"\r\n"))
	require.NoError(t, err)
	assert.Less(t, time.Since(begin), 5*time.Second, "what is too much is not sorted")
	// Repeated numbers are one.
	_, s, err = ended(0, strings.NewReader("* SEARCH"+strings.Repeat(" 5 3 9", 100_000)+"\r\n"))
	require.NoError(t, err)
	found, err = (&Conn{scanner: s}).Found()
	require.NoError(t, err)
	assert.Equal(t, "3,5,9", found.String())
}

// The order in which a server names messages must not matter for the time.
func TestFound_AnyOrderIsLinear(t *testing.T) {
	const n = 400_000
	ascending := make([]int, n)
	for i := range ascending {
		ascending[i] = 2*i + 1
	}
	shuffled := slices.Clone(ascending)
	rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	descending := slices.Clone(ascending)
	slices.Reverse(descending)
	for name, order := range map[string][]int{"ascending": ascending, "descending": descending, "shuffled": shuffled} {
		var b strings.Builder
		fmt.Fprintf(&b, "* %d EXISTS\r\n* SEARCH", n)
		for _, uid := range order {
			fmt.Fprintf(&b, " %d", uid)
		}
		begin := time.Now()
		_, s, err := ended(0, strings.NewReader(b.String()+"\r\n"))
		require.NoError(t, err)
		found, err := (&Conn{scanner: s}).Found()
		require.NoError(t, err)
		require.Len(t, found, n, name)
		assert.EqualValues(t, 2*n-1, found[n-1].Stop)
		assert.Less(t, time.Since(begin), 5*time.Second, name)
	}
}

// recorder is a connection that records what it is told to expect.
type recorder struct {
	*strings.Reader
	expected []mailconn.Answer
	progress int
	idle     time.Duration
}

func (r *recorder) Expect(a mailconn.Answer) { r.expected = append(r.expected, a) }
func (r *recorder) Progress(n int)           { r.progress = max(r.progress, n) }
func (r *recorder) SetIdle(d time.Duration) (before time.Duration) {
	before, r.idle = r.idle, d
	return before
}
func (r *recorder) Read(p []byte) (int, error) {
	return r.Reader.Read(p[:1])
}

func TestConn_SaysWhatItExpects(t *testing.T) {
	for _, tt := range []struct {
		text     string
		want     mailconn.Answer
		progress bool
	}{
		{"* OK x", mailconn.Reply, false},
		{"* 1 FETCH (UID 5 BODY[] {5}\r\nab", mailconn.Message, false},
		{"* 1 FETCH (UID 5 X {5}\r\nab", mailconn.Reply, false},
		{"* SEARCH 1", mailconn.List, false},
		{"* SEARCH 1\r\n", mailconn.Reply, false},
		{"T1 OK\r\n", mailconn.Reply, true},
		{"T1 OK\r\n* SEARCH 1", mailconn.Reply, true},
		{"* 1 FETCH (UID 5 RFC822.SIZE 1)\r\n", mailconn.Reply, true},
		{"* 1 FETCH (UID 5 FLAGS ())\r\n", mailconn.Reply, false},
		{"* LIST () NIL x\r\n", mailconn.Reply, true},
		{"* 5 EXISTS\r\n", mailconn.Reply, false},
	} {
		r := &recorder{Reader: strings.NewReader(tt.text)}
		commands := new(commands)
		commands.sent([]byte(inProgress))
		s := newScanner(r, commands)
		s.pace = r
		_, err := io.ReadAll(s)
		require.NoError(t, err)
		assert.Equal(t, tt.want, r.expected[len(r.expected)-1], "%q", tt.text)
		assert.Equal(t, tt.progress, r.progress > 0, "%q", tt.text)
	}
}
