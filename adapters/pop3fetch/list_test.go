package pop3fetch

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// names shows refs as "UIDL:size" or "UIDL#occurrence:size".
func names(refs []inbound.Ref) string {
	var b strings.Builder
	for _, r := range refs {
		fmt.Fprintf(&b, "%s:%d ", r.SourceID, r.Size)
	}
	return strings.TrimSpace(b.String())
}

func TestList_Pages(t *testing.T) {
	s := newServer(t, mails(2500)...)
	session := s.open()
	var got []inbound.Ref
	cursor := inbound.Cursor{Received: true, Generation: "7"}
	for _, want := range []int{1000, 1000, 500} {
		listing, err := session.List(t.Context(), "", cursor)
		require.NoError(t, err)
		assert.Len(t, listing.Refs, want)
		assert.Equal(t, 2500, listing.Total)
		assert.False(t, listing.Incomplete)
		assert.Zero(t, listing.Generation)
		assert.Zero(t, listing.NextPosition)
		assert.Equal(t, want == 1000, listing.More)
		got = append(got, listing.Refs...)
		cursor = listing.Next
	}
	for i, ref := range got {
		require.Equal(t, fmt.Sprintf("id-%d", i+1), ref.Key)
		require.Equal(t, int64(len(s.mail[i].raw)), ref.Size)
	}
	listing, err := session.List(t.Context(), "", inbound.Cursor{After: 4_000_000_000})
	require.NoError(t, err)
	assert.Empty(t, listing.Refs)
	assert.False(t, listing.More)
	assert.Equal(t, []string{"STAT", "LIST", "UIDL"}, s.commands(), "listed once a session")
}

func TestList_ComparesSTATAndLISTAndUIDL(t *testing.T) {
	tests := []struct {
		name             string
		stat, list, uidl string
		want             string
		incomplete       bool
	}{
		{"good", "3 9", "1 2|2 3|3 4", "1 a|2 b|3 c", "a:2 b:3 c:4", false},
		{"empty", "0 0", "", "", "", false},
		{"more after the size", "1 9", "1 2 octets", "1 a", "a:2", false},
		{"any order", "3 9", "3 4|1 2|2 3", "2 b|3 c|1 a", "a:2 b:3 c:4", false},
		{"twins", "4 9", "1 2|2 2|3 2|4 2", "1 a|2 b|3 a|4 a", "a:2 b:2 a#1:2 a#2:2", false},
		{"short line in the middle", "3 9", "1 2|2 3|3 4", "1 a|2|3 c", "a:2 c:4", true},
		{"a number alone with a space", "3 9", "1 2|2 3|3 4", "1 a|2 |3 c", "a:2 c:4", true},
		{"empty line", "2 9", "1 2|2 3", "1 a||2 b", "a:2 b:3", true},
		{"cut short", "3 9", "1 2|2 3|3 4", "1 a", "a:2", true},
		{"no sizes", "2 9", "", "1 a|2 b", "a:0 b:0", true},
		{"bad size", "2 9", "1 2|2 x", "1 a|2 b", "a:2 b:0", true},
		{"negative size", "2 9", "1 2|2 -3", "1 a|2 b", "a:2 b:0", true},
		{"number too high", "2 9", "1 2|2 3", "1 a|3 b", "a:2", true},
		{"number zero, negative, huge", "2 9", "1 2|2 3", "0 a|-1 b|99999999999999999999 c", "", true},
		{"a number named twice is nobody's", "2 9", "1 2|2 3", "1 a|1 b|1 c|2 b", "b:3", true},
		{"more than STAT says", "1 9", "1 2|2 3", "1 a|2 b", "a:2", true},
		{"odd names", "3 9", "1 2|2 3|3 4", "1 a b|2 \xffä|3 " + strings.Repeat("x", 70),
			"a%20b:2 %FF%C3%A4:3 " + strings.Repeat("x", 70) + ":4", false},
		{"endless name", "1 9", "1 2", "1 " + strings.Repeat("x", 300), "sha256:98bccf93692f", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			answer := func(lines string) func(*client, string) string {
				if lines != "" {
					lines = strings.ReplaceAll(lines, "|", "\r\n") + "\r\n"
				}
				return func(*client, string) string { return "+OK\r\n" + lines + ".\r\n" }
			}
			s.on["STAT"] = func(*client, string) string { return "+OK " + tt.stat + "\r\n" }
			s.on["LIST"], s.on["UIDL"] = answer(tt.list), answer(tt.uidl)
			session := s.open()
			refs, listing := listAll(t, session)
			if strings.HasPrefix(tt.want, "sha256:") {
				require.Len(t, refs, 1)
				assert.Len(t, refs[0].Key, len("sha256:")+64)
			} else {
				assert.Equal(t, tt.want, names(refs))
			}
			assert.Equal(t, tt.incomplete, listing.Incomplete)
			if tt.incomplete {
				a := []inbound.Ref{{SourceID: inbound.SourceID{Key: "a"}}}
				require.ErrorIs(t, session.Delete(t.Context(), a), inbound.ErrTemporary)
				assert.NotContains(t, strings.Join(s.commands(), " "), "DELE")
				_, err := session.List(t.Context(), "", inbound.Cursor{})
				require.NoError(t, err, "the session goes on")
			}
		})
	}
}

func TestList_FailsWithoutUsableReplies(t *testing.T) {
	for name, change := range map[string]func(*server){
		"refused STAT":        func(s *server) { s.on["STAT"] = always("-ERR [SYS/TEMP] x\r\n") },
		"STAT without number": func(s *server) { s.on["STAT"] = always("+OK\r\n") },
		"STAT of too many":    func(s *server) { s.on["STAT"] = always("+OK 2000000000 1\r\n") },
		"refused LIST":        func(s *server) { s.on["LIST"] = always("-ERR\r\n") },
		"refused, announced":  func(s *server) { s.on["UIDL"] = always("-ERR\r\n") },
		"refused for now": func(s *server) {
			s.caps = nil
			s.on["UIDL"] = func(*client, string) string { return "-ERR [SYS/TEMP]\r\n" }
		},
		"refused for good": func(s *server) {
			s.caps = nil
			s.on["UIDL"] = func(*client, string) string { return "-ERR [SYS/PERM]\r\n" }
		},
		"refused, but one works": func(s *server) { s.caps = nil; s.on["UIDL"] = uidlOfOneOnly },
		"endless line": func(s *server) {
			s.on["UIDL"] = func(*client, string) string { return "+OK\r\n1 " + strings.Repeat("x", 1<<20) }
		},
		"endless list": func(s *server) {
			s.on["UIDL"] = func(*client, string) string { return "+OK\r\n" + strings.Repeat("1 x\r\n", 1000) }
		},
		"empty status": func(s *server) { s.on["UIDL"] = func(*client, string) string { return "\r\n1 a\r\n.\r\n" } },
		"cut": func(s *server) {
			s.on["UIDL"] = func(c *client, _ string) string { c.hangUp = true; return "+OK\r\n1 a\r\n" }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, mails(2)...)
			change(s)
			session := s.open()
			_, err := session.List(t.Context(), "", inbound.Cursor{})
			var e *inbound.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, name == "STAT of too many" || name == "refused for good", e.Class == inbound.ErrPermanent, "%v", err)
			require.ErrorIs(t, err, inbound.ErrDirty)
			_, err = session.List(t.Context(), "", inbound.Cursor{})
			require.ErrorIs(t, err, inbound.ErrDirty)
		})
	}
}

func uidlOfOneOnly(_ *client, args string) string {
	if args == "" {
		return "-ERR no\r\n"
	}
	return "+OK 1 a\r\n"
}

func TestList_EmptyMaildropMayBeRefused(t *testing.T) {
	s := newServer(t)
	for _, verb := range []string{"LIST", "UIDL"} {
		s.on[verb] = func(*client, string) string { return "-ERR no messages\r\n" }
	}
	refs, listing := listAll(t, s.open())
	assert.Empty(t, refs)
	assert.False(t, listing.Incomplete)
}

func TestList_RefusesFolders(t *testing.T) {
	session := newServer(t, mails(1)...).open()
	_, err := session.List(t.Context(), "Archive", inbound.Cursor{})
	require.ErrorIs(t, err, inbound.ErrPermanent)
	refs, _ := listAll(t, session)
	assert.Len(t, refs, 1, "the session goes on")
}

func TestList_EndsWithContext(t *testing.T) {
	s := newServer(t, mails(1)...)
	reached := make(chan struct{})
	s.on["UIDL"] = func(c *client, _ string) string {
		close(reached)
		_, _ = c.in.ReadString('\n')
		c.hangUp = true
		return ""
	}
	session := s.open()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	_, err := session.List(ctx, "", inbound.Cursor{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, inbound.ErrDirty)
}
