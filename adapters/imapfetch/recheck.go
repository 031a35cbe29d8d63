package imapfetch

import (
	"errors"
	"math"
	"slices"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// recheck finds out which of the messages of Cursor.Again are still in the folder. Two
// searches must not be in flight together: a SEARCH response does not say which of them
// it answers, and Dovecot answers both before it completes one (RFC 9051, section 5.5).
type recheck struct {
	asked [][]uint32 // what each command asks for
	there []uint64   // the UIDs that were found, in order
}

func (s *session) newRecheck(from inbound.Cursor) *recheck {
	uids := make([]uint32, 0, len(from.Again))
	for _, position := range from.Again {
		if 0 < position && position <= min(from.After, math.MaxUint32) {
			uids = append(uids, uint32(position))
		}
	}
	return &recheck{asked: split(uids, s.perCommand(pageSize))}
}

// joins reports whether the search for new messages can ask for these as well: they are
// not too many, and no limit counts what one search finds.
func (r *recheck) joins(s *session) bool { return len(r.asked) < 2 && s.messageLimit() == 0 }

// with returns a search that asks for these messages as well.
func (r *recheck) with(search *imap.SearchCriteria) *imap.SearchCriteria {
	for _, uids := range r.asked {
		search.UID[0].AddSet(setOf(uids))
	}
	return search
}

// take takes those of the messages that were found, and returns the other hits.
func (r *recheck) take(hits imap.UIDSet) (others imap.UIDSet) {
	if len(r.asked) == 0 {
		return hits
	}
	for _, uids := range r.asked {
		r.add(uids, hits)
	}
	for _, h := range hits {
		if _, known := slices.BinarySearch(r.there, uint64(h.Start)); h.Start != h.Stop || !known {
			others = append(others, h)
		}
	}
	return others
}

// ask sends one command after the other. A search that the server refuses is repeated as
// a FETCH.
func (r *recheck) ask(c *conn, form listForm) error {
	for _, uids := range r.asked {
		hits, err := c.among(setOf(uids), form)
		if errors.As(err, new(*imap.Error)) && form != byFetch {
			hits, err = c.among(setOf(uids), byFetch)
		}
		if err != nil {
			return err
		}
		r.add(uids, hits)
	}
	return nil
}

// among returns which messages of a set are there. It may return others too.
func (c *conn) among(set imap.UIDSet, form listForm) (imap.UIDSet, error) {
	if form == byFetch {
		return c.fetchUIDs(set)
	}
	return c.search(&imap.SearchCriteria{UID: []imap.UIDSet{set}})()
}

// add adds those of the UIDs that were found.
func (r *recheck) add(uids []uint32, hits imap.UIDSet) {
	for _, h := range hits {
		i, _ := slices.BinarySearch(uids, uint32(h.Start))
		for ; i < len(uids) && uids[i] <= uint32(h.Stop); i++ {
			r.there = append(r.there, uint64(uids[i]))
		}
	}
	slices.Sort(r.there)
	r.there = slices.Compact(r.there)
}

// list puts what was found at the beginning of a listing.
func (r *recheck) list(f *found) {
	if f.next.After == 0 { // everything is listed, perhaps of another generation
		return
	}
	ranges := make([]uidRange, len(r.there))
	for i, uid := range r.there {
		ranges[i] = uidRange{uint32(uid), uint32(uid)}
	}
	f.next.Again, f.rest = r.there, slices.Concat(ranges, f.rest)
}
