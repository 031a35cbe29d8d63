package imapfetch

import (
	"context"
	"slices"

	"github.com/postroom/postroom/inbound"
)

const (
	// maxKept is how many listings a session goes on with: one of all the mail, and one of
	// new mail in between.
	maxKept = 2
	// maxLooks is of how many folders a session remembers what it has seen.
	maxLooks = 100
	// maxTail is how many UIDs are remembered of a folder: as many as a page has.
	maxTail = pageSize
)

// look is what a session has seen of a folder when it opened the folder to list it.
type look struct {
	generation string
	exists     uint32   // messages
	next       uint64   // UIDNEXT; 0 where the server hides it
	after      uint32   // the cursor of the listing
	uids       []uint32 // above after, in order; nil if they are not known or too many
	known      bool     // uids are all that were there
	highest    uint32   // of the UIDs that were ever found
	news       bool     // messages have come since
}

// looked remembers what a listing has found.
func (s *session) looked(folder string, l look) {
	if n := len(l.uids); n > 0 {
		l.highest = l.uids[n-1]
	}
	if before := s.looks[folder]; before != nil && before.generation == l.generation {
		l.highest = max(l.highest, before.highest)
	}
	if s.looks == nil {
		s.looks = make(map[string]*look)
	}
	for other := range s.looks {
		if len(s.looks) < maxLooks {
			break
		}
		delete(s.looks, other)
	}
	s.looks[folder] = &l
}

// leave is called before a folder is opened. It notes what has come to the one that is open
// and waits for the answers that were asked for in advance: those about messages have to be
// read while their folder is open.
func (s *session) leave(ctx context.Context) error {
	if s.wire.TakeNews() && s.folder != "" {
		if l := s.looks[s.folder]; l != nil {
			l.news = true
		}
	}
	return s.awaitAhead(ctx)
}

// awaitAhead waits for the answers that were asked for in advance.
func (s *session) awaitAhead(ctx context.Context) error {
	return s.command(ctx, inbound.OpList, answerBudget, func() error {
		for _, f := range s.kept {
			if f.ahead != nil && f.ahead.done != nil {
				<-f.ahead.done // its error is that of the page
			}
		}
		return nil
	})
}

// entered notes that a folder was opened in which the server has said that there are so many
// messages and this UIDNEXT, for another reason than to list it.
func (s *session) entered(folder, generation string, exists uint32, next uint64) {
	if l := s.looks[folder]; l != nil && (l.generation != generation || exists > l.exists ||
		next > l.next && l.next > 0) {
		l.news = true
	}
}

// hasNews reports whether messages have come to the folder since it was listed last. It is
// open.
func (s *session) hasNews(folder string) bool {
	l := s.looks[folder]
	return l != nil && l.news || s.wire.News()
}

// continued returns the listing that a cursor goes on with, or nil.
func (s *session) continued(folder string, from inbound.Cursor) *found {
	for _, f := range s.kept {
		if f.folder == folder && f.goesOn(from) {
			return f
		}
	}
	return nil
}

// goesOn reports whether a cursor is the one after the latest page.
func (f *found) goesOn(from inbound.Cursor) bool {
	return f.ahead != nil && from.Generation == f.next.Generation && from.After == f.next.After &&
		from.Newest == f.next.Newest && from.Before == f.next.Before && slices.Equal(from.Again, f.next.Again)
}

// keep keeps a listing that has further pages, the latest one first.
func (s *session) keep(f *found) {
	s.kept = slices.DeleteFunc(s.kept, func(other *found) bool { return other == f || other.ahead == nil })
	if f.ahead != nil {
		s.kept = slices.Insert(s.kept, 0, f)
	}
	if len(s.kept) > maxKept {
		// The shorter one costs less to find again.
		least := 1
		for i, other := range s.kept[1:] {
			if other.left() < s.kept[least].left() {
				least = i + 1
			}
		}
		s.kept = slices.Delete(s.kept, least, least+1)
	}
}

// left returns how many messages are still to be listed, apart from those asked for already.
func (f *found) left() (n int64) {
	for _, r := range f.rest {
		n += int64(r.last) - int64(r.first) + 1
	}
	return n
}
