package imapfetch

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// recheck finds out which of the messages of Cursor.Again are still in the folder.
type recheck struct {
	asked [][]uint32 // what each command asks for
	sent  []*imapclient.SearchCommand
	there []uint64 // the UIDs that were found, in order
}

func (s *session) newRecheck(positions []uint64) *recheck {
	uids := make([]uint32, 0, len(positions))
	for _, position := range positions {
		if 0 < position && position < math.MaxUint32 {
			uids = append(uids, uint32(position))
		}
	}
	return &recheck{asked: split(uids, s.perCommand(pageSize))}
}

// send sends the commands without waiting for answers.
func (r *recheck) send(c *conn) {
	r.sent = nil
	for _, uids := range r.asked {
		r.sent = append(r.sent, c.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{setOf(uids)}}, nil))
	}
}

// wait reads the answers to what was sent. If open is true, the folder is open: a search
// that the server refuses is then repeated as a FETCH.
func (r *recheck) wait(c *conn, open bool) error {
	var failed error
	var refused [][]uint32
	for i, cmd := range r.sent {
		found, err := cmd.Wait()
		if errors.As(err, new(*imap.Error)) {
			refused, err = append(refused, r.asked[i]), nil
		} else if err == nil {
			var hits imap.UIDSet
			if hits, err = uidsFound(found); err == nil {
				r.add(r.asked[i], hits)
			}
		}
		failed = cmp.Or(failed, err)
	}
	for _, uids := range refused {
		if open && failed == nil {
			failed = r.fetch(c, uids)
		}
	}
	slices.Sort(r.there)
	return failed
}

// ask sends one command after the other.
func (r *recheck) ask(c *conn, form listForm) error {
	for _, uids := range r.asked {
		one := &recheck{asked: [][]uint32{uids}}
		err := error(nil)
		if form == byFetch {
			err = one.fetch(c, uids)
		} else {
			one.send(c)
			err = one.wait(c, true)
		}
		if err != nil {
			return err
		}
		r.there = append(r.there, one.there...)
	}
	return nil
}

func (r *recheck) fetch(c *conn, uids []uint32) error {
	hits, err := c.fetchUIDs(setOf(uids))
	if err == nil {
		r.add(uids, hits)
	}
	return err
}

// add adds those of the UIDs that were found. Servers may name others too.
func (r *recheck) add(uids []uint32, hits imap.UIDSet) {
	for _, h := range hits {
		i, _ := slices.BinarySearch(uids, uint32(h.Start))
		for ; i < len(uids) && uids[i] <= uint32(h.Stop); i++ {
			if uid := uint64(uids[i]); !slices.Contains(r.there, uid) {
				r.there = append(r.there, uid)
			}
		}
	}
}

// ranges returns what was found as a part of a listing.
func (r *recheck) ranges() []uidRange {
	ranges := make([]uidRange, len(r.there))
	for i, uid := range r.there {
		ranges[i] = uidRange{uint32(uid), uint32(uid)}
	}
	return ranges
}
