package inbound_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// noUIDLServer is a POP3 server that gives messages with the same header the same
// unique-id, as pop3fetch does for servers without UIDL.
type noUIDLServer struct {
	drop [][]byte
	page int // messages in a page of a listing; 0: 4
}

func (n *noUIDLServer) Open(context.Context, inbound.Account, inbound.Login) (inbound.Session, error) {
	return &noUIDLSession{server: n, drop: slices.Clone(n.drop)}, nil
}

type noUIDLSession struct {
	server *noUIDLServer
	drop   [][]byte // as it was when the session began
}

func (s *noUIDLSession) ids() []inbound.SourceID {
	count := make(map[string]int)
	ids := make([]inbound.SourceID, len(s.drop))
	for i, raw := range s.drop {
		header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		ids[i] = inbound.SourceID{Key: sumOf(header), Occurrence: count[string(header)]}
		count[string(header)]++
	}
	return ids
}

func (s *noUIDLSession) List(_ context.Context, _ string, from inbound.Cursor) (inbound.Listing, error) {
	l := inbound.Listing{Total: len(s.drop), Windowed: true}
	ids := s.ids()
	last := min(int(from.After)+cmp.Or(s.server.page, 4), len(ids))
	for i := int(from.After); i < last; i++ {
		l.Refs = append(l.Refs, inbound.Ref{SourceID: ids[i], Size: int64(len(s.drop[i]))})
	}
	l.Next, l.More = inbound.Cursor{After: uint64(last), Received: from.Received}, last < len(ids)
	return l, nil
}

func (s *noUIDLSession) Fetch(
	_ context.Context, refs []inbound.Ref, _ inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	ids := s.ids()
	for _, ref := range refs {
		if err := each(ref, bytes.NewReader(s.drop[slices.Index(ids, ref.SourceID)])); err != nil {
			return err
		}
	}
	return nil
}

func (s *noUIDLSession) Delete(_ context.Context, refs []inbound.Ref) error {
	ids := s.ids()
	var left [][]byte
	for i, id := range ids {
		if !slices.ContainsFunc(refs, func(r inbound.Ref) bool { return r.SourceID == id }) {
			left = append(left, s.drop[i])
		}
	}
	s.server.drop = left
	return nil
}

func (s *noUIDLSession) Close() error { return nil }

// formMessage returns a message with always the same header.
func formMessage(body string) []byte { return append(mail("iris@example.com", "form"), body...) }

func TestDuplicateKeys_SurvivorMovesUp(t *testing.T) {
	for gone := range 3 {
		for _, deletes := range []bool{false, true} {
			t.Run(fmt.Sprintf("duplicate %d is gone, deletes %v", gone, deletes), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					h.account.Protocol = inbound.POP3
					h.account.DeleteUploaded, h.account.DeleteAfter = deletes, 48*time.Hour
					server := &noUIDLServer{}
					h.fetcher = server
					for i := range 10 {
						server.drop = append(server.drop, mail("noor@example.com", fmt.Sprint("other ", i)))
					}
					server.drop = append(server.drop, formMessage("A"), formMessage("B"), formMessage("C"))
					h.pass()
					require.Equal(t, 13, len(h.emails()))

					server.drop = slices.Delete(server.drop, 10+gone, 11+gone)
					h.pass()
					time.Sleep(time.Hour)
					server.drop = append(server.drop, formMessage("D"), formMessage("E"))
					h.pass()
					time.Sleep(25 * time.Hour)
					h.pass()
					assert.Equal(t, 15, len(h.emails()), "D takes over the identity of C, with the same size")
					time.Sleep(100 * time.Hour)
					h.pass()
					assert.Equal(t, 15, len(h.emails()))
					if deletes {
						assert.Zero(t, len(server.drop))
					} else {
						assert.Equal(t, 14, len(server.drop))
					}
				})
			})
		}
	}
}

// Duplicates that stay as they are are not read again.
func TestDuplicateKeys_KnownNotReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.Protocol = inbound.POP3
		server := &noUIDLServer{drop: [][]byte{formMessage("A"), formMessage("B"), formMessage("A")}}
		h.fetcher = server
		assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 2, inbound.Duplicate: 1}, h.pass().Outcomes)
		for range 3 {
			time.Sleep(25 * time.Hour)
			assert.Empty(t, h.pass().Outcomes)
		}
	})
}

// A new message takes the place of a duplicate that was removed.
func TestDuplicateKeys_NewMessageTakesFreePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.Protocol = inbound.POP3
		server := &noUIDLServer{drop: [][]byte{formMessage("A"), formMessage("B")}}
		h.fetcher = server
		h.pass()
		server.drop = server.drop[1:]
		h.pass()
		server.drop = append(server.drop, formMessage("C"))
		h.pass()
		assert.Equal(t, 3, len(h.emails()))
	})
}

// Of two copies from before the start, one is removed; the other still counts as
// old.
func TestDuplicateKeys_OneRemovedAfterStartNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.account.Protocol, h.account.Start = inbound.POP3, fromNow
		old := received("iris@example.com", "form")
		server := &noUIDLServer{drop: [][]byte{old, old}}
		h.fetcher = server
		time.Sleep(1000 * time.Hour)
		h.pass()
		server.drop = server.drop[:1]
		time.Sleep(time.Hour)
		h.pass()
		assert.Empty(t, h.emails())
	})
}

// When more duplicates are removed than one query of the ledger returns, all rows of
// their unique-ids become void. Otherwise a row could stand for a different message,
// which would be deleted unread.
func TestDuplicateKeys_ManyRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const forms, each = 12, 120
		h := newHost(t)
		h.account.Protocol, h.account.DeleteUploaded, h.account.DeleteAfter = inbound.POP3, true, 100*time.Hour
		server := &noUIDLServer{page: 500}
		h.fetcher = server
		sent := 0
		send := func(n int) {
			for range n {
				header := mail("iris@example.com", fmt.Sprint("form ", 100+sent%forms))
				server.drop = append(server.drop, append(header, fmt.Sprintf("%05d", sent)...))
				sent++
			}
		}
		uploaded := 0
		pass := func() { uploaded += h.pass().Outcomes[inbound.Uploaded] }
		send(forms * each)
		pass()
		server.drop = server.drop[forms*each/2:] // by a different program: those behind move up
		send(forms*each/2 - 240)                 // and take the identities of all but some
		for range 12 {
			time.Sleep(12 * time.Hour)
			pass()
		}
		assert.Equal(t, sent, uploaded, "each message was read")
		assert.Empty(t, server.drop)
	})
}
