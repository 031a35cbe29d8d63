package imapfetch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// listed returns the first page of a listing in a session of its own.
func listed(t *testing.T, f *Fetcher, server *stepServer, folder string, from inbound.Cursor) (inbound.Listing, error) {
	t.Helper()
	s, err := f.Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	return s.List(t.Context(), folder, from)
}

// The server finds nothing in some forms of a search. The form that finds something is
// used from then on.
func TestList_AsksInAnotherForm(t *testing.T) {
	for _, tt := range []struct {
		name   string
		silent []string // what finds nothing
		form   listForm
	}{
		{"all", nil, byStar},
		{"no star", []string{":*"}, byNumber},
		{"no search", []string{"UID SEARCH"}, byFetch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
				for _, one := range tt.silent {
					if strings.HasPrefix(text, "UID SEARCH") && strings.Contains(text, one) {
						return "* SEARCH\r\nTAG OK done\r\n"
					}
				}
				return ""
			}})
			f := New(&Options{Network: plainNetwork})
			for range 2 {
				page, err := listed(t, f, server, "INBOX", inbound.Cursor{})
				require.NoError(t, err)
				assert.Len(t, page.Refs, 5)
				assert.False(t, page.Incomplete)
			}
			assert.Equal(t, tt.form, listForm(f.servers.Of(server.account).form.Load()))
			before := len(server.sent("UID"))
			page, err := listed(t, f, server, "INBOX", inbound.Cursor{Generation: "7", After: uint64(server.uid(3))})
			require.NoError(t, err)
			assert.Len(t, page.Refs, 1)
			assert.Equal(t, 2, len(server.sent("UID"))-before, "one for the UIDs, one for the sizes")
		})
	}
}

// The server refuses some forms of a search. The form that it accepts is used from then
// on; commands are still sent together.
func TestList_AsksInAnotherFormAfterARefusal(t *testing.T) {
	for _, tt := range []struct {
		name, answer, refused string
		form                  listForm
		fails                 bool
	}{
		{name: "no star", answer: "BAD Invalid character: '*'", refused: ":*", form: byNumber},
		{name: "no key", answer: "NO search key not supported", refused: "SEARCH UID", form: byNumber},
		{name: "no search", answer: "BAD unknown command", refused: "UID SEARCH", form: byFetch},
		{name: "busy", answer: "NO [UNAVAILABLE] backend error", refused: "UID SEARCH", fails: true},
		{name: "nothing", answer: "BAD no", refused: "UID", fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
				if strings.Contains(text, tt.refused) {
					return "TAG " + tt.answer + "\r\n"
				}
				return ""
			}})
			f := New(&Options{Network: plainNetwork})
			page, err := listed(t, f, server, "INBOX", inbound.Cursor{})
			if learned := f.servers.Of(server.account); !tt.fails {
				require.NoError(t, err)
				assert.Len(t, page.Refs, 5)
				assert.Equal(t, tt.form, listForm(learned.form.Load()))
				assert.False(t, learned.oneByOne.Load())
			} else {
				require.ErrorIs(t, err, inbound.ErrTemporary)
				assert.Equal(t, byStar, listForm(learned.form.Load()))
			}
		})
	}
}

// Some servers refuse a search in a folder without messages. That is no reason to send
// the commands one by one.
func TestList_EmptyFolderRefusesSearch(t *testing.T) {
	server := startStepServer(t, &stepServer{answer: func(text string) string {
		if strings.HasPrefix(text, "UID SEARCH") {
			return "TAG NO no such message\r\n"
		}
		return ""
	}})
	f := New(&Options{Network: plainNetwork})
	for _, from := range []inbound.Cursor{{}, {Generation: "7", After: 9}, {Generation: "6", After: 9}} {
		for _, oneByOne := range []bool{false, true} {
			f.servers.Of(server.account).oneByOne.Store(oneByOne)
			page, err := listed(t, f, server, "INBOX", from)
			require.NoError(t, err)
			assert.Empty(t, page.Refs)
			assert.False(t, page.Incomplete)
			assert.Equal(t, "7", page.Generation)
			assert.Equal(t, oneByOne, f.servers.Of(server.account).oneByOne.Load())
		}
	}
}

// New mail in a folder that was listed before the process began: n:* finds nothing.
func TestList_FindsNewMailWithoutStar(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
		if strings.HasPrefix(text, "UID SEARCH") && strings.Contains(text, ":*") {
			return "* SEARCH\r\nTAG OK done\r\n"
		}
		return ""
	}})
	page, err := listed(t, New(&Options{Network: plainNetwork}), server, "INBOX",
		inbound.Cursor{Generation: "7", After: uint64(server.uid(2))})
	require.NoError(t, err)
	assert.Len(t, page.Refs, 2)
}

// Where nothing finds anything, the listing is incomplete; a poll asks once, and not
// again before there is more.
func TestList_FindsNothingInAnyForm(t *testing.T) {
	server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
		if strings.HasPrefix(text, "UID") {
			return "TAG OK done\r\n"
		}
		return ""
	}})
	f := New(&Options{Network: plainNetwork})
	page, err := listed(t, f, server, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	assert.True(t, page.Incomplete)

	s, err := f.Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
	require.NoError(t, err)
	for want := range 3 {
		before := len(server.sent("UID"))
		_, err = s.List(t.Context(), "INBOX", inbound.Cursor{Generation: "7", After: 9})
		require.NoError(t, err)
		assert.Equal(t, map[int]int{0: 3, 1: 1, 2: 1}[want], len(server.sent("UID"))-before)
	}
	require.NoError(t, s.Close())
}

// Something among the hits is no UID.
func TestList_OddHits(t *testing.T) {
	for hits, want := range map[string]bool{
		"1000000 1000002 NIL 1000004 1000006 1000008": false,
		"1000000 1000002 99999999999 1000006 1000008": true,
		"1000000 x": true,
	} {
		server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
			if strings.HasPrefix(text, "UID SEARCH") {
				return "* SEARCH " + hits + "\r\nTAG OK done\r\n"
			}
			if strings.HasPrefix(text, "UID FETCH") && strings.Contains(text, ":*") {
				return "TAG BAD what\r\n"
			}
			return ""
		}})
		page, err := listed(t, New(&Options{Network: plainNetwork}), server, "INBOX", inbound.Cursor{})
		require.NoError(t, err)
		assert.Equal(t, want, page.Incomplete, hits)
	}
}

// A poll finds nothing, not even the last message. Whether that is so because nothing is
// new, the last message tells.
func TestList_PollFindsNotEvenTheLast(t *testing.T) {
	for name, tt := range map[string]struct {
		fetch string
		want  bool
	}{
		"nothing is new":         {"* 5 FETCH (UID 1000001 RFC822.SIZE 7)\r\nTAG OK\r\n", false},
		"the last one is new":    {"* 5 FETCH (UID 1000008 RFC822.SIZE 7)\r\nTAG OK\r\n", true},
		"there is no last one":   {"TAG OK\r\n", true},
		"nobody knows":           {"TAG NO not now\r\n", false},
		"not by sequence number": {"TAG BAD what\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
				switch {
				case strings.HasPrefix(text, "FETCH 5 "):
					return tt.fetch
				case strings.HasPrefix(text, "UID"):
					return "TAG OK done\r\n"
				}
				return ""
			}})
			f := New(&Options{Network: plainNetwork})
			for answers := range 2 { // the server has never answered to n:*, and has
				f.servers.Of(server.account).answersStar.Store(answers == 1)
				s, err := f.Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
				require.NoError(t, err)
				for range 2 {
					page, err := s.List(t.Context(), "INBOX", inbound.Cursor{Generation: "7", After: 1000004})
					require.NoError(t, err)
					assert.Equal(t, tt.want, page.Incomplete)
				}
				require.NoError(t, s.Close())
				assert.Len(t, server.sent("FETCH"), answers+1, "once in a session")
			}
		})
	}
}

func TestList_UIDNextFromStatus(t *testing.T) {
	for status, want := range map[string]uint64{
		"* STATUS INBOX (UIDNEXT 1234)\r\nTAG OK\r\n": 1234,
		"* STATUS INBOX ()\r\nTAG OK\r\n":             1_000_009,
		"TAG NO not the selected folder\r\n":          1_000_009,
		"TAG BAD what\r\n":                            1_000_009,
	} {
		server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
			switch {
			case strings.HasPrefix(text, "STATUS"):
				return status
			case strings.HasPrefix(text, "EXAMINE"):
				return "* 5 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\nTAG OK\r\n"
			}
			return ""
		}})
		f := New(&Options{Network: plainNetwork})
		page, err := listed(t, f, server, "INBOX", inbound.Cursor{})
		require.NoError(t, err)
		assert.Equal(t, want, page.NextPosition)
		page, err = listed(t, f, server, "INBOX", inbound.Cursor{Generation: "7", After: 1_000_008})
		require.NoError(t, err)
		assert.Zero(t, page.NextPosition, "not asked again")
		assert.Len(t, server.sent("STATUS"), 1)
	}
}

// The server has a new UIDVALIDITY at each EXAMINE, until SELECT is used once.
func TestList_SelectsOnceWhereUIDValidityFlaps(t *testing.T) {
	validity, stored := time.Now().Unix(), false
	opened := func(text string) string {
		if stored = stored || strings.HasPrefix(text, "SELECT"); !stored {
			validity++
		}
		return fmt.Sprintf("* 5 EXISTS\r\n* OK [UIDVALIDITY %d] v\r\n* OK [UIDNEXT 2000000] n\r\nTAG OK\r\n", validity)
	}
	server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
		if strings.HasPrefix(text, "EXAMINE") || strings.HasPrefix(text, "SELECT") {
			return opened(text)
		}
		return ""
	}})
	f := New(&Options{Network: plainNetwork})
	first, err := listed(t, f, server, "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	require.Len(t, first.Refs, 5)
	second, err := listed(t, f, server, "INBOX", inbound.Cursor{Generation: first.Generation, After: 1_000_002})
	require.NoError(t, err)
	assert.Equal(t, first.Generation, second.Generation)
	assert.Len(t, second.Refs, 3)
	assert.Len(t, server.sent("SELECT"), 1)

	stored = false // the server has forgotten it
	third, err := listed(t, f, server, "INBOX", inbound.Cursor{Generation: first.Generation, After: 1_000_002})
	require.NoError(t, err)
	assert.NotEqual(t, first.Generation, third.Generation)
	assert.Len(t, third.Refs, 5)
	assert.Len(t, server.sent("SELECT"), 2)
}

func TestMayFlap_FirstTimeByTheClock(t *testing.T) {
	now := time.Unix(1_795_686_518, 0)
	for generation, want := range map[string]bool{"1795686518": true, "1795683000": true, "795686500": true,
		"1795600000": false, "1": false, "": false, "0": false, "18446744073709551616": false} {
		assert.Equal(t, want, mayFlap(generation, "", now), generation)
	}
	assert.True(t, mayFlap("8", "7", now))
	assert.False(t, mayFlap("1795686518", "1795686518", now))
}

func TestList_FolderPastedInUTF7(t *testing.T) {
	const there = "&BBcEMAQ6BDAENwRL-" // Заказы
	answer := func(exists ...string) func(string) string {
		return func(text string) string {
			verb, name, _ := strings.Cut(text, " ")
			if verb != "EXAMINE" {
				return ""
			}
			for _, one := range exists {
				if strings.Trim(name, `"`) == one {
					return ""
				}
			}
			return "TAG NO [NONEXISTENT] no such mailbox\r\n"
		}
	}
	f := New(&Options{Network: plainNetwork})
	server := startStepServer(t, &stepServer{messages: 5, capabilities: "IMAP4rev1", answer: answer(there)})
	s, err := f.Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
	require.NoError(t, err)
	for range 2 {
		page, err := s.List(t.Context(), there, inbound.Cursor{})
		require.NoError(t, err)
		require.Len(t, page.Refs, 5)
		assert.Equal(t, there, page.Refs[0].Folder, "the folder keeps the account's name")
	}
	assert.Len(t, server.sent("EXAMINE"), 3, "the name is looked for once")
	info, err := s.(inbound.FolderInformer).FolderInfo(t.Context(), there)
	require.NoError(t, err)
	assert.Equal(t, 5, info.Messages)
	require.NoError(t, s.Close())

	literal := startStepServer(t, &stepServer{messages: 5, answer: answer("&-BBcEMAQ6BDAENwRL-")})
	page, err := listed(t, f, literal, there, inbound.Cursor{})
	require.NoError(t, err)
	assert.Len(t, page.Refs, 5, "a folder that has this very name")
	assert.Len(t, literal.sent("EXAMINE"), 1)

	_, err = listed(t, f, startStepServer(t, &stepServer{answer: answer()}), there, inbound.Cursor{})
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Contains(t, inbound.HintOf(err), "Заказы")
}

func TestChange_ReadOnlyFolder(t *testing.T) {
	for flags, want := range map[string][2]bool{ // may it delete, and mark
		"* OK [PERMANENTFLAGS ()] f\r\nTAG OK [READ-ONLY]\r\n":        {false, false},
		"* OK [PERMANENTFLAGS (\\Seen)] f\r\nTAG OK [READ-WRITE]\r\n": {false, true},
		"TAG OK [READ-ONLY] selected\r\n":                             {true, true},
	} {
		server := startStepServer(t, &stepServer{messages: 5, answer: func(text string) string {
			switch {
			case strings.HasPrefix(text, "SELECT"):
				return "* 5 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n" + flags
			case strings.HasPrefix(text, "UID SEARCH UID 1000000"):
				return "* SEARCH\r\nTAG OK\r\n"
			}
			return ""
		}})
		s, err := New(&Options{Network: plainNetwork}).Open(t.Context(), server.account, inbound.PasswordLogin("secret"))
		require.NoError(t, err)
		page, err := s.List(t.Context(), "INBOX", inbound.Cursor{})
		require.NoError(t, err)
		for i, err := range []error{s.Delete(t.Context(), page.Refs[:1]),
			s.(inbound.Marker).MarkSeen(t.Context(), page.Refs[:1])} {
			if want[i] {
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, inbound.ErrPermanent)
			assert.Contains(t, inbound.HintOf(err), "right to")
		}
		if !want[0] && !want[1] {
			assert.Empty(t, server.sent("UID STORE"))
		}
		require.NoError(t, s.Close())
	}
}
