package imapfetch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// again lists what is new after the last but one of 9 messages, and some of those before
// again.
func again(t *testing.T, f *Fetcher, server *stepServer) []uint64 {
	t.Helper()
	page, err := listed(t, f, server, "INBOX", inbound.Cursor{Generation: "7", After: uint64(server.uid(7)),
		Again: []uint64{3, uint64(server.uid(1)), uint64(server.uid(4))}})
	require.NoError(t, err)
	assert.False(t, page.Incomplete)
	assert.EqualValues(t, server.uid(8), page.Next.After)
	assert.Empty(t, page.Next.Again)
	return positionsOf(page.Refs)
}

func positionsOf(refs []inbound.Ref) (positions []uint64) {
	for _, ref := range refs {
		positions = append(positions, ref.Position)
	}
	return positions
}

// What is asked for again costs no round trip, and is listed in whatever form the server
// answers.
func TestList_Again(t *testing.T) {
	for name, tt := range map[string]struct {
		silent, refused []string
		form            listForm
	}{
		"by search":         {},
		"refused by search": {refused: []string{"UID SEARCH UID 3,"}},
		"by number":         {silent: []string{":*"}},
		"by fetch":          {silent: []string{"UID SEARCH"}, form: byFetch},
	} {
		t.Run(name, func(t *testing.T) {
			server := startStepServer(t, &stepServer{messages: 9, answer: func(text string) string {
				for _, one := range tt.silent {
					if strings.HasPrefix(text, "UID SEARCH") && strings.Contains(text, one) {
						return "* SEARCH\r\nTAG OK done\r\n"
					}
				}
				for _, one := range tt.refused {
					if strings.HasPrefix(text, one) {
						return "TAG NO not that\r\n"
					}
				}
				return ""
			}})
			f := New(&Options{Network: plainNetwork})
			f.servers.Of(server.account).form.Store(int32(tt.form))
			want := []uint64{uint64(server.uid(1)), uint64(server.uid(4)), uint64(server.uid(8))}
			assert.Equal(t, want, again(t, f, server))
			if name == "by search" {
				assert.Equal(t, []string{"UID SEARCH UID 3,1000002,1000008,1000015:*"}, server.sent("UID SEARCH"))
				assert.Len(t, server.sent("UID FETCH"), 1)
			}
		})
	}
}

// A server that takes one command at a time.
func TestList_AgainOneByOne(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 9, early: "BAD", at: "EXAMINE"})
	f := New(&Options{Network: plainNetwork})
	want := []uint64{uint64(server.uid(1)), uint64(server.uid(4)), uint64(server.uid(8))}
	for range 2 {
		assert.Equal(t, want, again(t, f, server))
	}
	assert.True(t, f.servers.Of(server.account).oneByOne.Load())
}

// The folder does not exist: nothing else is asked.
func TestList_AgainInMissingFolder(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 9, answer: func(text string) string {
		if strings.HasPrefix(text, "EXAMINE") {
			return "TAG NO [NONEXISTENT] no such mailbox\r\n"
		}
		if strings.HasPrefix(text, "UID") {
			return "TAG BAD no mailbox\r\n"
		}
		return ""
	}})
	_, err := listed(t, New(&Options{Network: plainNetwork}), server, "INBOX",
		inbound.Cursor{Generation: "7", After: 9, Again: []uint64{3}})
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Empty(t, server.sent("UID FETCH"))
}

// What is above the cursor is listed anyway, once.
func TestList_AgainAboveTheCursor(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 9})
	f := New(&Options{Network: plainNetwork})
	for form := byStar; form <= byFetch; form++ {
		f.servers.Of(server.account).form.Store(int32(form))
		for after, want := range map[uint64]int{0: 9, uint64(server.uid(7)): 1} {
			page, err := listed(t, f, server, "INBOX", inbound.Cursor{Generation: "7", After: after,
				Again: []uint64{0, uint64(server.uid(8)), 1 << 40}})
			require.NoError(t, err)
			assert.Len(t, page.Refs, want)
		}
	}
}

// In a folder that was renumbered, the UIDs are those of other messages.
func TestList_AgainInNewGeneration(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 9})
	page, err := listed(t, New(&Options{Network: plainNetwork}), server, "INBOX",
		inbound.Cursor{Generation: "6", After: 2_000_000, Again: []uint64{uint64(server.uid(2))}})
	require.NoError(t, err)
	assert.Len(t, page.Refs, 9)
	assert.Empty(t, page.Next.Again)
}

// A server of which a command covers three messages: the pages go on where they were.
func TestList_AgainInPages(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 9, capabilities: "IMAP4rev1 MESSAGELIMIT=3",
		answer: func(text string) string {
			if text == "UID SEARCH UID 1000000,1000002,1000004" || text == "UID SEARCH UID 1000006" {
				return "* SEARCH " + strings.ReplaceAll(strings.Fields(text)[3], ",", " ") + "\r\nTAG OK\r\n"
			}
			if strings.HasPrefix(text, "UID SEARCH") {
				return "* SEARCH 1000014 1000016\r\nTAG OK\r\n"
			}
			return ""
		}})
	s, err := New(&Options{Network: plainNetwork}).Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
	require.NoError(t, err)
	from := inbound.Cursor{Generation: "7", After: 1000013, Again: []uint64{1000000, 1000002, 1000004, 1000006}}
	var pages []string
	for more := true; more; {
		page, err := s.List(t.Context(), "INBOX", from)
		require.NoError(t, err)
		pages = append(pages, fmt.Sprint(positionsOf(page.Refs), page.Next.After, page.Next.Again))
		from, more = page.Next, page.More
	}
	assert.Equal(t, []string{"[1000000 1000002 1000004] 1000013 [1000006]",
		"[1000006 1000014 1000016] 1000016 []"}, pages)
	assert.Len(t, server.sent("EXAMINE"), 1)
	require.NoError(t, s.Close())
}

// Flags come with the sizes, also in responses of their own or without a size.
func TestList_Marks(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
		if !strings.HasPrefix(text, "UID FETCH") {
			return ""
		}
		if !strings.Contains(text, "FLAGS") {
			return "TAG BAD no flags are asked for\r\n"
		}
		return "* 1 FETCH (UID 1000000 RFC822.SIZE 7 FLAGS (\\Seen \\Deleted))\r\n" +
			"* 2 FETCH (UID 1000002 FLAGS (\\DRAFT))\r\n* 2 FETCH (UID 1000002 RFC822.SIZE 7)\r\n" +
			"* 3 FETCH (UID 1000004 RFC822.SIZE 7)\r\n* 3 FETCH (UID 1000004 FLAGS (a[b] \\Draft \\Deleted))\r\n" +
			"* 4 FETCH (UID 1000006 FLAGS (\\Deleted))\r\n* 5 FETCH (UID 1000008 FLAGS (\\Seen) RFC822.SIZE 7)\r\nTAG OK\r\n"
	}})
	page, err := listed(t, New(&Options{Network: plainNetwork}), server, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	var marks []inbound.Mark
	for _, ref := range page.Refs {
		marks = append(marks, ref.Mark)
	}
	assert.Equal(t, []inbound.Mark{inbound.MarkDeleted, inbound.MarkDraft, inbound.MarkDeleted, inbound.MarkDeleted, ""},
		marks)
}
