package imapfetch

import (
	"context"
	"errors"
	"math"

	"github.com/emersion/go-imap/v2"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/refusal"
)

// highestUID stands for the end of a folder.
const highestUID = math.MaxUint32

// listForm is how to ask for the UIDs in a folder. Some servers find nothing in one
// form and everything in another: GNU mailutils nothing by UID SEARCH UID 1:*.
type listForm int32

const (
	byStar   listForm = iota // UID SEARCH UID n:*
	byNumber                 // UID SEARCH UID n:4294967295; ALL for all
	byFetch                  // UID FETCH n:* (UID RFC822.SIZE)
)

// search is the search for the UIDs in a gap. A range that ends in * always matches
// the last message too, whatever its UID (RFC 9051, section 6.4.9).
func (g uidGap) search(form listForm) *imap.SearchCriteria {
	if form == byNumber && g == (uidGap{0, highestUID}) {
		return &imap.SearchCriteria{}
	}
	return &imap.SearchCriteria{UID: []imap.UIDSet{g.set(form != byNumber)}}
}

// set is the gap as a set. star means that its end is written as * if it is that of
// the folder.
func (g uidGap) set(star bool) imap.UIDSet {
	last := imap.UID(g.upTo)
	if star && g.upTo == highestUID {
		last = 0 // *
	}
	var set imap.UIDSet
	set.AddRange(imap.UID(max(g.above, g.above+1)), last) // above+1, unless that overflows
	return set
}

// uids asks for the UIDs in a gap. It may return others too. Where the server refuses the
// form, for no reason that passes, it is asked in the other forms: GreenMail 1.6 does not
// read 1:*, and others do not know the key UID. The form that it accepts is the first to be
// used from then on.
func (c *conn) uids(g uidGap, form listForm) (imap.UIDSet, error) {
	set, err := c.uidsBy(form, g)
	for other := form + 1; refusesForm(err) && other <= byFetch; other++ {
		if found, refused := c.uidsBy(other, g); refused == nil {
			c.server.form.Store(int32(other))
			c.server.oneByOne.Store(false) // it was not that
			return found, nil
		} else if !refusesForm(refused) {
			return nil, refused
		}
	}
	return set, err
}

// refusesForm reports a refusal that may mean the form of a command.
func refusesForm(err error) bool {
	var status *imap.Error
	return errors.As(err, &status) &&
		!refusal.Read(inbound.IMAP, refusal.Working, string(status.Code), status.Text).Known
}

// uidsBy asks in one form.
func (c *conn) uidsBy(form listForm, g uidGap) (imap.UIDSet, error) {
	if form != byFetch {
		return c.search(g.search(form))()
	}
	return c.fetchUIDs(g.set(true))
}

// search sends a search. The returned function waits for its answer and returns the UIDs
// that it names. Only one search is in progress at a time.
func (c *conn) search(criteria *imap.SearchCriteria) (wait func() (imap.UIDSet, error)) {
	c.wire.Search(false)
	cmd := c.client.UIDSearch(criteria, nil)
	return func() (imap.UIDSet, error) {
		if _, err := cmd.Wait(); err != nil {
			return nil, err
		}
		return c.found()
	}
}

// found returns the UIDs that were found.
func (c *conn) found() (imap.UIDSet, error) {
	uids, err := c.wire.Found()
	if err != nil {
		return nil, &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary, Err: err, Hint: hintServer}
	}
	return uids, nil
}

// fetchUIDs returns the UIDs for which the server has an answer to FETCH.
func (c *conn) fetchUIDs(of imap.NumSet) (imap.UIDSet, error) {
	c.wire.Search(true)
	refused := c.client.Fetch(of, &imap.FetchOptions{UID: true, RFC822Size: true}).Close()
	uids, err := c.found()
	if refused != nil {
		return nil, refused
	}
	return uids, err
}

// complete fills the listing with the hits of a search in the given form. If the server
// has found fewer messages than it says it has, it is asked again in the other forms;
// the one that finds most is the first to be used from then on. others are the hits
// without those that were asked for by name.
func (s *session) complete(
	ctx context.Context, f *found, folder string, hits, others imap.UIDSet, form listForm,
) error {
	after, there := clipped(f.next.After), int64(f.listing.Total)
	if form == byStar && len(others) > 0 {
		s.server.answersStar.Store(true)
	}
	total, odd, err := s.completeSearch(ctx, f, hits, after, there, form)
	if err != nil {
		return err
	}
	if now := s.client.Mailbox(); now != nil {
		there = min(there, int64(now.NumMessages)) // some may have gone since
	}
	// A search for n:* finds the last message at least.
	quiet := after > 0 && there > 0 && len(hits) == 0
	silent := after > 0 && there > 0 && len(others) == 0 && !s.server.answersStar.Load() && !s.silent.is(folder, there)
	for form++; (silent || after == 0 && total < there) && form <= byFetch; form++ {
		other := &found{}
		err := s.command(ctx, inbound.OpList, searchBudget, func() (err error) {
			hits, err = s.conn.uids(uidGap{after, highestUID}, form)
			return err
		})
		if errors.Is(err, inbound.ErrDirty) {
			return err
		}
		if err != nil {
			continue // the server does not have this form
		}
		n, strange, err := s.completeSearch(ctx, other, hits, after, there, form)
		if err != nil {
			return err
		}
		if n > total {
			f.rest, total, odd, silent, quiet = other.rest, n, strange, false, false
			s.server.form.Store(int32(form))
		}
	}
	if quiet && !s.silent.is(folder, there) {
		hides, err := s.hidesLast(ctx, uint32(there), after)
		if err != nil {
			return err
		}
		s.silent = silence{folder, there, hides}
	}
	// What is no UID stands for nothing if there are as many UIDs as messages.
	odd = odd && (after > 0 || total != there)
	f.listing.Incomplete = odd || after == 0 && total < there || quiet && s.silent.hides
	return nil
}

// silence is a folder in which no form of search finds anything new, while it has so
// many messages: there is nothing new until it has more.
type silence struct {
	folder string
	there  int64
	hides  bool // the last message is new, or not to be had: the searches are wrong
}

func (s silence) is(folder string, there int64) bool { return s.folder == folder && s.there == there }

// hidesLast reports whether the last message of the folder that is open, number n, is
// behind a UID, or the server has no answer about it. Some servers find nothing by n:*
// where n is too high, others at any time. It is unknown if the server refuses.
func (s *session) hidesLast(ctx context.Context, n, after uint32) (hides bool, err error) {
	err = s.command(ctx, inbound.OpList, answerBudget, func() error {
		last, err := s.conn.fetchUIDs(imap.SeqSetNum(n))
		hides = err == nil && (len(last) == 0 || uint32(last[len(last)-1].Stop) > after)
		return err
	})
	if err != nil && !errors.Is(err, inbound.ErrDirty) {
		return false, nil
	}
	return hides, err
}
