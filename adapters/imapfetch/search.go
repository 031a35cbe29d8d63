package imapfetch

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strconv"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// search opens the folder for reading and searches for the messages after the cursor,
// in one round trip. If the server does not take the two commands together, they are
// sent one by one on a new connection, and from then on if that helps.
func (s *session) search(ctx context.Context, folder string, from inbound.Cursor) (f *found, err error) {
	err = s.byName(folder, func(name string) error {
		if l := s.tailOf(folder, from); l != nil {
			f, err = s.openTail(ctx, l, folder, name, from)
			if lost := errors.Is(err, errAhead); f != nil || err != nil && !lost {
				return err
			} else if lost {
				s.server.oneByOne.Store(true)
				if err := s.reopen(ctx); err != nil {
					return err
				}
			}
		}
		var inOldState bool
		f, inOldState, err = s.openAndSearch(ctx, folder, name, from)
		lost := errors.Is(err, errAhead)
		if !lost && !inOldState && !s.unprovenFailure(ctx, err) {
			return err
		}
		s.server.oneByOne.Store(true)
		if err := s.reopen(ctx); err != nil {
			return err
		}
		if f, _, err = s.openAndSearch(ctx, folder, name, from); err != nil && !lost {
			s.server.oneByOne.Store(false) // it was not that
		}
		return err
	})
	return f, err
}

// unprovenFailure reports whether err may come from commands that were sent together,
// to a server that has not answered such yet: the connection has ended without a word;
// or the folder is refused by BAD, or after an ID that was not waited for. A folder that
// is missing is a different matter.
func (s *session) unprovenFailure(ctx context.Context, err error) bool {
	switch {
	case err == nil, ctx.Err() != nil, s.server.oneByOne.Load(), s.server.pipelines.Load():
		return false
	case s.unusable:
		cause := s.transport.Cause()
		return s.wire.Bye() == "" && (errors.Is(cause, io.ErrUnexpectedEOF) || errors.Is(cause, syscall.ECONNRESET) ||
			errors.Is(cause, syscall.EPIPE))
	}
	return s.lostStep(err) ||
		s.identifies && inbound.CauseOf(err) != inbound.CauseFolder && !errors.Is(err, inbound.ErrThrottled)
}

// openAndSearch begins a listing. inOldState reports that the folder was opened, and
// the search that was sent with it refused.
func (s *session) openAndSearch(
	ctx context.Context, folder, name string, from inbound.Cursor,
) (f *found, inOldState bool, err error) {
	if err := s.leave(ctx); err != nil {
		return nil, false, err
	}
	s.folder = ""
	var box *imap.SelectData
	var hits imap.UIDSet
	form := listForm(s.server.form.Load())
	again := s.newRecheck(from)
	together := !s.server.oneByOne.Load() && form != byFetch
	err = s.command(ctx, inbound.OpOpenFolder, searchBudget, func() error {
		defer s.probe()()
		examine := s.client.Select(name, &imap.SelectOptions{ReadOnly: true})
		if !together {
			if box, err = examine.Wait(); err != nil || box.NumMessages == 0 {
				return err
			}
			if hits, err = s.conn.uids(uidGap{clipped(from.After), highestUID}, form); err == nil {
				err = again.ask(s.conn, form)
			}
			return err
		}
		criteria, joined := uidGap{clipped(from.After), highestUID}.search(form), again.joins(s)
		if joined {
			criteria = again.with(criteria)
		}
		searched := s.conn.search(criteria)
		box, err = examine.Wait()
		found, refused := searched()
		inOldState = err == nil && errors.As(refused, new(*imap.Error))
		if inOldState && box.NumMessages == 0 {
			// Gluon (Proton Mail Bridge) refuses a search in an empty folder.
			inOldState, together = false, false
			return nil
		}
		if hits, err = found, cmp.Or(err, refused); err == nil && !joined {
			err = again.ask(s.conn, form)
		}
		return err
	})
	if err != nil {
		return nil, inOldState, err
	}
	if together {
		s.server.pipelines.Store(true)
	}
	generation, anew := s.wire.Selected().UIDValidity, false
	if mayFlap(generation, from.Generation, time.Now()) {
		if box, err = s.settle(ctx, name); err != nil {
			return nil, false, err
		}
		generation, anew = s.wire.Selected().UIDValidity, true
	}
	if err := identifiable(generation); err != nil {
		return nil, false, err
	}
	if from.After > 0 && from.Generation != generation {
		from.After, anew = 0, true
	}
	if anew && box.NumMessages > 0 {
		err := s.command(ctx, inbound.OpList, searchBudget, func() (err error) {
			hits, err = s.conn.uids(uidGap{clipped(from.After), highestUID}, form)
			return err
		})
		if err != nil {
			return nil, false, err
		}
	}
	f = &found{folder: folder, page: s.perCommand(pageSize),
		next: inbound.Cursor{Generation: generation, After: from.After},
		listing: inbound.Listing{Generation: generation, NextPosition: uint64(box.UIDNext),
			Total: int(box.NumMessages)}}
	if err := s.complete(ctx, f, folder, hits, again.take(hits), form); err != nil {
		return nil, false, err
	}
	if len(hits) == 0 && len(again.asked) > 0 && box.NumMessages > 0 {
		// Most likely the server does not know this form of a search.
		err := s.command(ctx, inbound.OpList, answerBudget, func() error {
			return again.ask(s.conn, listForm(s.server.form.Load()))
		})
		if err != nil {
			return nil, false, err
		}
	}
	l := f.seen(box)
	s.looked(folder, l)
	if f.next.Newest = from.Newest; from.Newest && from.Before > 0 {
		f.clip(from.Before)
	}
	again.list(f)
	if box.UIDNext == 0 && from.After == 0 {
		if f.listing.NextPosition, err = s.uidNext(ctx, name, l.highest, from.Generation == ""); err != nil {
			return nil, false, err
		}
	}
	s.folder, s.generation, s.writable = folder, generation, false
	return f, false, nil
}

// seen is what a search has found out about a folder.
func (f *found) seen(box *imap.SelectData) look {
	l := look{generation: f.listing.Generation, exists: box.NumMessages, next: uint64(box.UIDNext),
		after: clipped(f.next.After), known: f.left() <= maxTail && !f.listing.Incomplete}
	for _, r := range f.rest {
		l.highest = max(l.highest, r.last)
		for uid := uint64(r.first); l.known && uid <= uint64(r.last); uid++ {
			l.uids = append(l.uids, uint32(uid))
		}
	}
	return l
}

// mayFlap reports whether a UIDVALIDITY may be a new one at each EXAMINE. Courier and
// GNU mailutils store that of a folder at SELECT only: until somebody uses SELECT, it
// is the time of day. It is one for a folder that is entered for the first time (before
// is "") whose UIDVALIDITY is within an hour of now, and for one with a different
// UIDVALIDITY than before. Courier takes 1,000,000,000 off the time.
func mayFlap(generation, before string, now time.Time) bool {
	if before != "" {
		return generation != before
	}
	const billion = 1_000_000_000
	seconds, err := strconv.ParseInt(generation, 10, 64)
	apart := (now.Unix() - seconds) % billion
	return err == nil && seconds > 0 && apart < 3600 && apart > -3600
}

// settle opens the folder by SELECT, so that the server stores its UIDVALIDITY, and
// then by EXAMINE again: GNU mailutils writes header lines of its own into the messages
// when a folder that was selected is left, and they are to be read as they stay. \Recent
// is all else that this changes. It does not matter if the account may not do that.
func (s *session) settle(ctx context.Context, name string) (box *imap.SelectData, err error) {
	err = s.command(ctx, inbound.OpOpenFolder, answerBudget, func() error {
		if _, err := s.client.Select(name, nil).Wait(); err != nil && !errors.As(err, new(*imap.Error)) {
			return err
		}
		box, err = s.client.Select(name, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	return box, err
}

// uidNext returns the UIDNEXT of a folder that was opened without one: that of STATUS,
// or else the UID after the highest that is listed if the folder is new to the caller.
// Later that would be a wrong answer: the highest message may be gone. 0 is unknown.
func (s *session) uidNext(ctx context.Context, name string, highest uint32, isNew bool) (uint64, error) {
	var next imap.UID
	err := s.command(ctx, inbound.OpList, answerBudget, func() error {
		status, err := s.client.Status(name, &imap.StatusOptions{UIDNext: true}).Wait()
		if errors.As(err, new(*imap.Error)) {
			return nil
		}
		next = status.UIDNext
		return err
	})
	if err != nil || next > 0 || !isNew {
		return uint64(next), err
	}
	return uint64(highest) + 1, nil
}
