package inboundtest

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/postroom/postroom/inbound"
)

var sessionTests = map[string]func(*mail){
	"CloseMayBeRepeated":        closeMayBeRepeated,
	"ClosedSessionsFail":        closedSessionsFail,
	"CloseCommitsNothing":       closeCommitsNothing,
	"SessionsAreIndependent":    sessionsAreIndependent,
	"MarkSeenMarksExactlyThese": markSeen,
	"EndedContexts":             endedContexts,
}

func closeMayBeRepeated(m *mail) {
	m.deliver(2)
	for _, use := range []func(inbound.Session){
		func(inbound.Session) {},
		func(s inbound.Session) { m.list(s) },
		func(s inbound.Session) { m.fetchAll(s, m.list(s), inbound.FetchOptions{}) },
	} {
		s := m.open()
		use(s)
		for range 3 {
			m.close(s)
		}
	}
}

func closedSessionsFail(m *mail) {
	m.deliver(2)
	s := m.open()
	refs := m.list(s)
	m.close(s)
	for _, name := range calls {
		if err, ok := m.call(m.Context(), name, s, refs); ok && err == nil {
			m.Errorf("%s of a closed session gave no error", name)
		}
	}
	m.expectUIDs("a closed session deletes nothing", 1, 2)
}

func closeCommitsNothing(m *mail) {
	m.deliver(3)
	s := m.open()
	m.fetchAll(s, m.list(s), inbound.FetchOptions{})
	m.close(s)
	m.expectUIDs("nothing was deleted", 1, 2, 3)
}

func sessionsAreIndependent(m *mail) {
	all := m.deliver(50)
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			s, err := m.fetcher.Open(m.Context(), m.account, m.login())
			if err != nil {
				m.Errorf("Open beside others: %v", err)
				return
			}
			defer func() { _ = s.Close() }() // the tests of Close look at its error
			pages, err := m.pages(s, inbound.Cursor{})
			if err != nil {
				m.Errorf("List beside others: %v", err)
				return
			}
			refs := m.byArrival(refsOf(pages))
			got, err := m.fetch(s, refs, inbound.FetchOptions{})
			if err != nil || len(got) != 50 {
				m.Errorf("Fetch beside others gave %d of 50 messages, error %v", len(got), err)
				return
			}
			m.expectBytes(got[refs[30].SourceID], all[30], "a message fetched beside others")
		})
	}
	running.Wait()
}

func markSeen(m *mail) {
	m.deliver(5)
	s := m.open()
	marker, ok := s.(inbound.Marker)
	if !ok || m.isPOP3() {
		return
	}
	refs := m.list(s)
	m.box.Remove(3)
	m.check(marker.MarkSeen(m.Context(), []inbound.Ref{refs[1], refs[2], refs[4]}), "MarkSeen, of one that is gone too")
	m.check(marker.MarkSeen(m.Context(), nil), "MarkSeen of nothing")
	if seen := m.box.Seen(); !slices.Equal(seen, []uint32{2, 5}) {
		m.Errorf("MarkSeen of 2, 3 (gone) and 5 has marked %v", seen)
	}
	m.close(s)
	m.expectUIDs("marking removes nothing", 1, 2, 4, 5)
}

func endedContexts(m *mail) {
	m.deliver(3)
	ended, end := context.WithCancel(m.Context())
	end()
	if _, err := m.fetcher.Open(ended, m.account, m.login()); !errors.Is(err, context.Canceled) {
		m.Errorf("Open with a context that has ended gave the error %v, want the context's", err)
	}
	for _, name := range calls {
		s := m.open()
		refs := m.list(s)
		err, ok := m.call(ended, name, s, refs)
		if ok && !errors.Is(err, context.Canceled) {
			m.Errorf("%s with a context that has ended gave the error %v, want the context's", name, err)
		}
		m.close(s)
	}
	m.expectUIDs("the context had ended before Delete", 1, 2, 3)
}

// calls are the methods of a session that talk to the server.
var calls = []string{"List", "Fetch", "Delete", "MarkSeen"}

// call calls a method by its name; ok is false where the session does not have it.
func (m *mail) call(ctx context.Context, name string, s inbound.Session, refs []inbound.Ref) (err error, ok bool) {
	switch name {
	case "List":
		_, err = s.List(ctx, m.folder(), inbound.Cursor{})
	case "Fetch":
		err = s.Fetch(ctx, refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
			_, err := io.Copy(io.Discard, r)
			return err
		})
	case "Delete":
		err = s.Delete(ctx, refs)
	case "MarkSeen":
		marker, is := s.(inbound.Marker)
		if !is || m.isPOP3() {
			return nil, false
		}
		err = marker.MarkSeen(ctx, refs)
	}
	return err, true
}
