package imapfetch

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// bigFolder is the answers of a server with a folder of many messages, whose UIDs are
// their sequence numbers, and that has neither ESEARCH nor CONDSTORE.
type bigFolder struct {
	count   atomic.Int64
	refuses string // commands with this are answered by NO
	omits   int64  // this UID has no answer to FETCH
}

func (b *bigFolder) answer(text string) string {
	words := strings.Fields(text)
	if b.refuses != "" && strings.Contains(text, b.refuses) {
		return "TAG NO not that\r\n"
	}
	var out strings.Builder
	switch {
	case words[0] == "EXAMINE" || words[0] == "SELECT":
		fmt.Fprintf(&out, "* %d EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT %d] n\r\n", b.count.Load(),
			b.count.Load()+1)
	case strings.HasPrefix(text, "UID SEARCH UID "):
		out.WriteString("* SEARCH")
		b.each(words[3], func(uid int64) { fmt.Fprintf(&out, " %d", uid) })
		out.WriteString("\r\n")
	case strings.HasPrefix(text, "UID FETCH "):
		b.each(words[2], func(uid int64) { b.fetched(&out, uid) })
	case words[0] == "FETCH":
		b.each(words[1], func(uid int64) { b.fetched(&out, uid) })
	default:
		return ""
	}
	return out.String() + "TAG OK done\r\n"
}

func (b *bigFolder) fetched(out *strings.Builder, uid int64) {
	if uid != b.omits {
		fmt.Fprintf(out, "* %d FETCH (UID %d RFC822.SIZE 1234 FLAGS ())\r\n", uid, uid)
	}
}

// each calls fn for the numbers in a set, of those that there are.
func (b *bigFolder) each(set string, fn func(int64)) {
	high := b.count.Load()
	number := func(text string) int64 {
		if text == "*" {
			return high
		}
		n, _ := strconv.ParseInt(text, 10, 64)
		return n
	}
	done := make(map[int64]bool)
	for part := range strings.SplitSeq(set, ",") {
		from, to, isRange := strings.Cut(part, ":")
		if !isRange {
			to = from
		}
		first, last := min(number(from), number(to)), max(number(from), number(to))
		for n := max(first, 1); n <= min(last, high); n++ {
			if len(done) < 5000 && done[n] {
				continue
			}
			done[n] = len(done) < 5000
			fn(n)
		}
	}
}

// openBigFolder logs in to a server with such a folder, in a bubble of synctest.
func openBigFolder(t *testing.T, count int64) (*bigFolder, *stepServer, *session) {
	t.Helper()
	b := &bigFolder{}
	b.count.Store(count)
	server := &stepServer{quiet: time.Millisecond, answer: b.answer}
	s, err := openPiped(t.Context(), t, server, nil)
	require.NoError(t, err)
	server.roundTrips()
	return b, server, s
}

// What is asked of the server in the normal course of things.
func TestList_RoundTrips(t *testing.T) {
	for _, count := range []int64{100, 1_000_000} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b, server, s := openBigFolder(t, count)
				from := inbound.Cursor{Generation: "7", After: uint64(count - min(count, 200))}
				expect := func(what string, trips int, want int) {
					t.Helper()
					page, err := s.List(t.Context(), "INBOX", from)
					require.NoError(t, err)
					assert.Equal(t, want, len(page.Refs), what)
					assert.False(t, page.More)
					assert.EqualValues(t, b.count.Load()+1, page.NextPosition)
					assert.LessOrEqual(t, server.roundTrips(), trips, what)
				}
				there := int(min(count, 200))
				expect("first poll of a connection", 3, there)
				expect("second poll", 1, there)
				from.Again = []uint64{from.After / 3, from.After / 2}
				again := 0
				for _, uid := range from.Again {
					if uid > 0 {
						again++
					}
				}
				expect("poll with messages to be looked at again", 1, there+again)
				b.count.Add(3)
				expect("poll that finds mail", 1, there+again+3)
				b.count.Add(2000)
				assert.Zero(t, server.roundTrips())
				page, err := s.List(t.Context(), "INBOX", from)
				require.NoError(t, err)
				assert.Len(t, page.Refs, 1000, "more than were asked for ahead")
				require.NoError(t, s.Close())
			})
		})
	}
}

// The first page from the newest on costs little however large the folder is, and so does
// each further one; looks for new mail in between disturb nothing.
func TestListNewest_AsksForNoMoreThanNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, server, s := openBigFolder(t, 1_000_000)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		page, err := s.List(t.Context(), "INBOX", inbound.Cursor{Newest: true})
		require.NoError(t, err)
		runtime.ReadMemStats(&after)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
		assert.LessOrEqual(t, server.roundTrips(), 3)
		require.Len(t, page.Refs, 1000)
		assert.EqualValues(t, 1_000_001, page.NextPosition)
		assert.Equal(t, 1_000_000, page.Total)
		news, lowest := inbound.Cursor{Generation: "7", After: 1_000_000}, uint64(999_001)
		for range 3 {
			assert.Equal(t, lowest, page.Refs[0].Position)
			b.count.Add(1)
			look, err := s.List(t.Context(), "INBOX", news)
			require.NoError(t, err)
			require.Len(t, look.Refs, 1)
			news.After = look.Refs[0].Position
			server.roundTrips()
			page, err = s.List(t.Context(), "INBOX", page.Next)
			require.NoError(t, err)
			assert.Equal(t, 1, server.roundTrips())
			require.Len(t, page.Refs, 1000)
			lowest -= 1000
		}
		assert.NotContains(t, strings.Join(server.sent("UID SEARCH"), "\n"), " 1:*")
		require.NoError(t, s.Close())
	})
}

// A listing of all the mail is searched for once, also if there are looks for new mail
// between its pages.
func TestList_LongListingAndLooksShareASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, server, s := openBigFolder(t, 20_000)
		page, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
		require.NoError(t, err)
		news := inbound.Cursor{Generation: "7", After: 20_000}
		for n := range 5 {
			assert.EqualValues(t, n*1000+1, page.Refs[0].Position)
			b.count.Add(1)
			look, err := s.List(t.Context(), "INBOX", news)
			require.NoError(t, err)
			require.Len(t, look.Refs, 1)
			news.After = look.Refs[0].Position
			server.roundTrips()
			page, err = s.List(t.Context(), "INBOX", page.Next)
			require.NoError(t, err)
			assert.LessOrEqual(t, server.roundTrips(), 1)
		}
		assert.Len(t, server.sent("UID SEARCH UID 1:*"), 1)
		require.NoError(t, s.Close())
	})
}

// An answer that does not prove that nothing is missing is no reason to miss anything.
func TestList_SearchesWhereTheTailProvesNothing(t *testing.T) {
	for name, spoil := range map[string]func(*bigFolder){
		"refused":         func(b *bigFolder) { b.refuses = ",*" },
		"last left out":   func(b *bigFolder) { b.omits = 1003 },
		"middle left out": func(b *bigFolder) { b.omits = 990 },
		"first left out":  func(b *bigFolder) { b.omits = 801 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, server, s := openBigFolder(t, 1000)
				from := inbound.Cursor{Generation: "7", After: 800}
				page, err := s.List(t.Context(), "INBOX", from)
				require.NoError(t, err)
				require.Len(t, page.Refs, 200)
				spoil(b)
				b.count.Add(3)
				for range 5 {
					page, err = s.List(t.Context(), "INBOX", from)
					require.NoError(t, err)
					assert.Len(t, page.Refs, 203)
					assert.False(t, page.Incomplete)
				}
				if name != "first left out" {
					asked := len(server.sent("UID FETCH 801:1500,*"))
					assert.LessOrEqual(t, asked, maxOddTails, "it is not asked without end")
				}
				require.NoError(t, s.Close())
			})
		})
	}
}
