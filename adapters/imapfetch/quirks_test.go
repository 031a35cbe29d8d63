package imapfetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// quirky is a session at a server with n messages, which answers a command as answer
// says, or in its own way where that returns "".
func quirky(t *testing.T, n int, answer func(tag, verb, arguments string) string) inbound.Session {
	t.Helper()
	box := inboundtest.NewMailbox()
	for i := range n {
		box.Deliver([]byte(message(i)))
	}
	server := box.ServeIMAP(t, &inboundtest.ServerOptions{Security: inbound.Plain,
		Faults: inboundtest.Faults{Answer: func(line string) (string, bool) {
			tag, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			verb, arguments, _ := strings.Cut(rest, " ")
			if verb == "UID" {
				rest, arguments, _ = strings.Cut(arguments, " ")
				verb += " " + rest
			}
			reply := answer(tag, verb, arguments)
			return reply, reply != ""
		}}})
	s, err := newFetcher(server.Network()).Open(t.Context(), server.Account("shop"), server.Login())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// selected answers EXAMINE with this UIDVALIDITY.
func selected(tag, validity string) string {
	return fmt.Sprintf("* 3 EXISTS\r\n* FLAGS (\\Seen [Gmail]/All Mail \"x\")\r\n* OK [PERMANENTFLAGS (a[b] \\*)] p\r\n"+
		"%s* OK [UIDNEXT 4] n\r\n%s OK [READ-ONLY] done\r\n", validity, tag)
}

func TestList_UIDValidityOfAnySize(t *testing.T) {
	for line, want := range map[string]string{
		"* OK [UIDVALIDITY 0] v\r\n":             "0",
		"* OK [UIDVALIDITY 1690369825123] v\r\n": "1690369825123",
		"":                                       "",
	} {
		s := quirky(t, 3, func(tag, verb, _ string) string {
			if verb == "EXAMINE" {
				return selected(tag, line)
			}
			return map[string]string{"UID SEARCH": "* search 1  2 3 \n" + tag + " OK\n", "UID FETCH": tag + " ok\n"}[verb]
		})
		page, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
		if want == "" {
			require.ErrorIs(t, err, inbound.ErrPermanent)
			assert.Contains(t, inbound.HintOf(err), "POP3")
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, want, page.Generation)
		assert.EqualValues(t, 4, page.NextPosition)
	}
}

// The size is missing, or cannot be read: the time of arrival counts all the same.
func TestList_KeepsDateWithoutSize(t *testing.T) {
	s := quirky(t, 3, func(tag, verb, _ string) string {
		if verb != "UID FETCH" {
			return ""
		}
		return "* 1 FETCH (UID 1 INTERNALDATE \"2-nov-2026 10:00:00 GMT\")\r\n" +
			"* 2 FETCH (UID 2 RFC822.SIZE -1 INTERNALDATE \"02-Nov-2026 10:00:00 +0000\")\r\n" +
			"* 3 FETCH (UID 3 RFC822.SIZE 7 INTERNALDATE NIL)\r\n" + tag + " OK done\r\n"
	})
	page, err := s.List(t.Context(), "INBOX", inbound.Cursor{Received: true})
	require.NoError(t, err)
	require.Len(t, page.Refs, 3)
	for i, ref := range page.Refs[:2] {
		assert.Equal(t, "2026-11-02 10:00", ref.Received.UTC().Format("2006-01-02 15:04"), i)
		assert.Zero(t, ref.Size)
	}
	assert.True(t, page.Refs[2].Received.IsZero())
	assert.EqualValues(t, 7, page.Refs[2].Size)
}

// A message whose announced length is wrong is left out, and so is one that cannot be
// read: the others come. The text of the message is not read as responses.
func TestFetch_WrongLengthCostsOneMessage(t *testing.T) {
	const n = 40
	forged := "* 9 FETCH (UID 9 BODY[] {6}\r\nforged)\r\n"
	for name, broken := range map[string]string{
		"too short":  "{1}\r\nabc\r\n" + forged + ")\r\n",
		"a line end": "{1}\r\na\r\nb\r\n" + forged + ")\r\n",
		"no number":  "{-1}\r\n" + forged + ")\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := quirky(t, n, func(tag, verb, arguments string) string {
				if verb != "UID FETCH" || !strings.Contains(arguments, "BODY") {
					return ""
				}
				var b strings.Builder
				var first, last int
				for _, set := range strings.Split(strings.Fields(arguments)[0], ",") {
					if fields, _ := fmt.Sscanf(set, "%d:%d", &first, &last); fields == 1 {
						last = first
					}
					for uid := first; uid <= last; uid++ {
						body := message(uid - 1)
						if uid%3 == 0 {
							fmt.Fprintf(&b, "* %d FETCH (UID %d BODY[] %s", uid, uid, broken)
							continue
						}
						fmt.Fprintf(&b, "* %d FETCH (FLAGS (:() UID %d BODY[] {%d}\r\n%s)\r\n", uid, uid, len(body), body)
					}
				}
				return b.String() + tag + " OK done\r\n"
			})
			page, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
			require.NoError(t, err)
			bodies, _, err := fetchAll(t.Context(), s, page.Refs, inbound.FetchOptions{})
			require.NoError(t, err)
			require.Len(t, bodies, n-n/3)
			for uid, body := range bodies {
				assert.Equal(t, message(int(uid)-1), body)
			}
		})
	}
}
