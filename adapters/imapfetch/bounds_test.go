package imapfetch

import (
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// A message that is larger than what was asked for is left out, and the others come.
func TestFetch_TooLargeLiteralCostsThatMessage(t *testing.T) {
	for name, opts := range map[string]inbound.FetchOptions{
		"whole": {}, "beginning": {MaxBytes: 1000}, "header": {HeaderOnly: true},
	} {
		for _, size := range []string{"4611686018427387904", "400000000"} {
			t.Run(name+" "+size, func(t *testing.T) {
				server := startStepServer(t, &stepServer{messages: 5, instead: func(c net.Conn, tag, text string) bool {
					if !strings.Contains(text, "BODY") {
						return false
					}
					section := "BODY[]"
					if opts.HeaderOnly {
						section = "BODY[HEADER]"
					}
					for i := range 5 {
						uid := fmt.Sprint(1_000_000 + 2*i)
						if !strings.Contains(text, uid) {
							continue
						}
						announced := "5"
						if i == 2 {
							announced = size
						}
						fmt.Fprintf(c, "* %d FETCH (UID %s %s {%s}\r\nhello)\r\n", i+1, uid, section, announced)
						if i == 2 {
							_, _ = io.Copy(c, strings.NewReader(strings.Repeat("x", 1<<20))) // until the client hangs up
						}
					}
					fmt.Fprintf(c, "%s OK done\r\n", tag)
					return true
				}})
				f := New(&Options{Network: plainNetwork})
				s, err := f.Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
				require.NoError(t, err)
				defer func() { require.NoError(t, s.Close()) }()
				listing, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
				require.NoError(t, err)
				var got []uint64
				err = s.Fetch(t.Context(), listing.Refs, opts, func(ref inbound.Ref, r io.Reader) error {
					text, err := io.ReadAll(r)
					require.NoError(t, err)
					assert.Equal(t, "hello", string(text))
					got = append(got, ref.Position)
					return nil
				})
				require.NoError(t, err)
				assert.ElementsMatch(t, []uint64{1_000_000, 1_000_002, 1_000_006, 1_000_008}, got)
			})
		}
	}
}

func TestFetchJob_Largest(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct{ listed, limit, want int64 }{
		{0, 0, 256 * mib},
		{100 * mib, 0, 400 * mib},
		{math.MaxInt64, 0, math.MaxInt64/2 - 3},
		{36, 50 * mib, 51 * mib},
		{40 * mib, 50 * mib, 161 * mib},
		{math.MaxInt64, 50 * mib, 201 * mib},
	} {
		job := &fetchJob{refs: []inbound.Ref{{Size: tt.listed}, {Size: 5}}, limit: tt.limit}
		assert.Equal(t, tt.want, job.largest(), "%d, %d", tt.listed, tt.limit)
	}
}

// A listing of messages about which the server has no answers is none: it would fill the
// ledger, four billion records by one line.
func TestList_RefusesMessagesThatServerDoesNotHave(t *testing.T) {
	for _, answer := range []string{
		"* ESEARCH (TAG \"TAG\") UID ALL 1:4294967295\r\nTAG OK done\r\n", "* SEARCH 1:4294967295\r\nTAG OK done\r\n",
	} {
		server := startStepServer(t, &stepServer{messages: 1, answer: func(text string) string {
			switch {
			case strings.HasPrefix(text, "EXAMINE"):
				return "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 4294967295] n\r\nTAG OK\r\n"
			case strings.HasPrefix(text, "UID SEARCH"):
				return answer
			case strings.HasPrefix(text, "UID FETCH 1:"):
				return "* 1 FETCH (UID 1 RFC822.SIZE 5)\r\nTAG OK\r\n"
			}
			return ""
		}})
		_, err := listed(t, New(&Options{Network: plainNetwork}), server, "INBOX", inbound.Cursor{})
		require.ErrorIs(t, err, inbound.ErrTemporary)
		assert.ErrorContains(t, err, "the server lists 1000 messages and has an answer about 1 of them")
		assert.NotEmpty(t, inbound.HintOf(err))
	}
}

// Some servers have no answer about single messages. These are listed, so that somebody
// hears of them.
func TestList_FewMessagesWithoutAnswer(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 3, answer: func(text string) string {
		if strings.HasPrefix(text, "UID FETCH") {
			return "* 1 FETCH (UID 1000000 RFC822.SIZE 5)\r\nTAG OK\r\n"
		}
		return ""
	}})
	page, err := listed(t, New(&Options{Network: plainNetwork}), server, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	require.Len(t, page.Refs, 3)
	assert.EqualValues(t, 5, page.Refs[0].Size)
	assert.EqualValues(t, 0, page.Refs[2].Size)
}

func TestList_RefusesMoreMessagesThanTheFolderHas(t *testing.T) {
	for form, verb := range map[listForm]string{byStar: "UID SEARCH", byFetch: "UID FETCH"} {
		server := startStepServer(t, &stepServer{messages: 3, instead: func(c net.Conn, tag, text string) bool {
			if !strings.HasPrefix(text, verb) {
				return false
			}
			var b strings.Builder
			for uid := 200_000; uid > 0; uid -= 2 {
				fmt.Fprintf(&b, "* %d FETCH (UID %d RFC822.SIZE 1)\r\n", uid, uid)
			}
			if form == byStar {
				b.Reset()
				b.WriteString("* SEARCH")
				for uid := 200_000; uid > 0; uid -= 2 {
					fmt.Fprint(&b, " ", uid)
				}
				b.WriteString("\r\n")
			}
			fmt.Fprint(c, b.String(), tag, " OK done\r\n")
			return true
		}})
		f := New(&Options{Network: plainNetwork})
		f.servers.Of(server.account).form.Store(int32(form))
		_, err := listed(t, f, server, "INBOX", inbound.Cursor{})
		require.ErrorIs(t, err, inbound.ErrTemporary, verb)
		assert.ErrorContains(t, err, "more messages than the folder has")
	}
}
