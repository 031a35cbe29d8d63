package inboundtest

import (
	"context"
	"io"

	"github.com/postroom/postroom/inbound"
)

// failingFetcher has a failpoint before and after every step of a server: each
// call, and each message that is handed over.
type failingFetcher struct {
	inbound.Fetcher
	points *Failpoints
}

// Fetcher returns inner with a failpoint before and after each step. Of the optional
// interfaces, the result implements only [inbound.WholeMailbox].
func (f *Failpoints) Fetcher(inner inbound.Fetcher) inbound.Fetcher {
	failing := &failingFetcher{inner, f}
	if whole, ok := inner.(inbound.WholeMailbox); ok {
		return struct {
			inbound.Fetcher
			wholeMailbox
		}{failing, whole}
	}
	return failing
}

// wholeMailbox can be embedded: its name is not that of its method.
type wholeMailbox inbound.WholeMailbox

func (f *failingFetcher) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	if err := f.points.Step("before Open"); err != nil {
		return nil, err
	}
	s, err := f.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	if err := f.points.Step("after Open"); err != nil {
		_ = s.Close() // as the server does when its client dies
		return nil, err
	}
	return &failingSession{s, f.points}, nil
}

type failingSession struct {
	inbound.Session
	points *Failpoints
}

func (s *failingSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	return get(s.points, "List", func() (inbound.Listing, error) { return s.Session.List(ctx, folder, from) })
}

func (s *failingSession) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	return s.points.do("Fetch", func() error {
		return s.Session.Fetch(ctx, refs, part, func(ref inbound.Ref, r io.Reader) error {
			return s.points.do("a message", func() error { return each(ref, r) })
		})
	})
}

func (s *failingSession) Delete(ctx context.Context, refs []inbound.Ref) error {
	return s.points.do("Delete", func() error { return s.Session.Delete(ctx, refs) })
}

// MarkSeen implements [inbound.Marker], as far as the session does.
func (s *failingSession) MarkSeen(ctx context.Context, refs []inbound.Ref) error {
	marker, ok := s.Session.(inbound.Marker)
	if !ok {
		return nil
	}
	return s.points.do("MarkSeen", func() error { return marker.MarkSeen(ctx, refs) })
}
