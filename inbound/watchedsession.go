package inbound

import (
	"context"
	"io"
)

// watch returns the session of a connection, whose steps w watches.
func (w *stepWatch) watch(s Session, c *connection) Session {
	watched := &watchedSession{s, w, c}
	if marker, ok := s.(Marker); ok {
		return &watchedMarker{watched, marker}
	}
	return watched
}

// watchedSession tells a stepWatch and the Observer what it does.
type watchedSession struct {
	session    Session
	steps      *stepWatch
	connection *connection
}

// watchedMarker is one that marks mail as read.
type watchedMarker struct {
	*watchedSession
	marker Marker
}

// step runs do as a step, which counts the messages and bytes.
func (s *watchedSession) step(ctx context.Context, op Op, folder string,
	do func(ctx context.Context, event *stepEvent) error) error {
	event := s.connection.observer.beginStep(&s.connection.account, op, folder)
	ctx, end := s.steps.begin(ctx, op, folder)
	err := do(ctx, &event)
	if slow := end(); slow != nil && err != nil {
		err = &Error{Op: op, Folder: folder, Class: ErrTemporary, Err: slow,
			Hint: "retried automatically; if this continues, check the network, or contact the server's operator"}
	}
	event.end(err)
	return err
}

// List implements Session.
func (s *watchedSession) List(ctx context.Context, folder string, from Cursor) (listing Listing, err error) {
	err = s.step(ctx, OpList, folder, func(ctx context.Context, event *stepEvent) error {
		if listing, err = s.session.List(ctx, folder, from); err == nil {
			s.steps.completed()
			event.count(len(listing.Refs), 0)
		}
		return err
	})
	return listing, err
}

// Fetch implements Session.
func (s *watchedSession) Fetch(ctx context.Context, refs []Ref, opts FetchOptions,
	fn func(Ref, io.Reader) error) error {
	return s.step(ctx, OpRead, folderOf(refs), func(ctx context.Context, event *stepEvent) error {
		return s.session.Fetch(ctx, refs, opts, func(ref Ref, r io.Reader) error {
			s.steps.pause()
			s.steps.read.Add(1)
			err := fn(ref, watchedReader{r, s.steps, event})
			if err == nil {
				s.steps.completed()
				event.count(1, 0)
			} else {
				s.steps.resume()
			}
			return err
		})
	})
}

// FolderInfo implements FolderInformer.
func (s *watchedSession) FolderInfo(ctx context.Context, folder string) (info FolderInfo, err error) {
	informer, ok := s.session.(FolderInformer)
	if !ok {
		return FolderInfo{Folder: folder, Messages: -1, Bytes: -1}, nil
	}
	err = s.step(ctx, OpList, folder, func(ctx context.Context, _ *stepEvent) error {
		info, err = informer.FolderInfo(ctx, folder)
		return err
	})
	return info, err
}

// Delete implements Session.
func (s *watchedSession) Delete(ctx context.Context, refs []Ref) error {
	return s.step(ctx, OpDelete, folderOf(refs), func(ctx context.Context, event *stepEvent) error {
		event.about(refs)
		return s.session.Delete(ctx, refs)
	})
}

// Close implements Session.
func (s *watchedSession) Close() error { return s.session.Close() }

// MarkSeen implements Marker.
func (s *watchedMarker) MarkSeen(ctx context.Context, refs []Ref) error {
	return s.step(ctx, OpMarkSeen, folderOf(refs), func(ctx context.Context, event *stepEvent) error {
		event.about(refs)
		return s.marker.MarkSeen(ctx, refs)
	})
}

// folderOf returns the folder of messages, which are of one.
func folderOf(refs []Ref) string {
	if len(refs) == 0 {
		return ""
	}
	return refs[0].Folder
}

// watchedReader waits for the server while it reads.
type watchedReader struct {
	io.Reader
	steps *stepWatch
	event *stepEvent
}

// Read implements io.Reader.
func (r watchedReader) Read(p []byte) (int, error) {
	r.steps.resume()
	n, err := r.Reader.Read(p)
	r.event.count(0, int64(n))
	if !r.steps.meter.Bound() {
		r.steps.meter.Add(n)
	}
	r.steps.pause()
	return n, err
}
