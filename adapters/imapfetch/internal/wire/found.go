package wire

import (
	"cmp"
	"errors"
	"slices"
	"sync"

	"github.com/emersion/go-imap/v2"
)

// ErrTooMany reports an answer that names more messages than the folder can have.
var ErrTooMany = errors.New("the server names more messages than the folder has")

const (
	// moreThanThere is how many messages more than EXISTS has said an answer may name.
	moreThanThere = 10_000
	// maxRanges is how many ranges of consecutive UIDs are kept at most.
	maxRanges = 1 << 20
)

// found is the UIDs that the answers to a search name. The library does not get them: it
// inserts each into a sorted list, which takes a time that grows with the square of their
// number if they do not ascend.
type found struct {
	mu      sync.Mutex
	ranges  []imap.UIDRange
	limit   int  // of ranges; 0 means moreThanThere
	odd     bool // something was no UID
	over    bool // there were more than limit
	byFetch bool // FETCH responses are answers, too
}

// exists takes note of how many messages the folder has.
func (f *found) exists(n uint64) {
	f.mu.Lock()
	f.limit = int(min(n+moreThanThere, maxRanges))
	f.mu.Unlock()
}

// add adds a range. mu must be held.
func (f *found) add(first, last uint32) {
	if f.over {
		return
	}
	start, stop := imap.UID(first), imap.UID(last)
	if n := len(f.ranges); n > 0 && f.ranges[n-1].Stop < start && f.ranges[n-1].Stop+1 == start {
		f.ranges[n-1].Stop = stop
		return
	}
	limit := cmp.Or(f.limit, moreThanThere)
	if len(f.ranges) >= 2*limit {
		f.merge()
		if f.over = len(f.ranges) > limit; f.over {
			return
		}
	}
	f.ranges = append(f.ranges, imap.UIDRange{Start: start, Stop: stop})
}

// merge sorts the ranges, and joins those that overlap or follow each other.
func (f *found) merge() {
	slices.SortFunc(f.ranges, func(a, b imap.UIDRange) int { return cmp.Compare(a.Start, b.Start) })
	kept := f.ranges[:0]
	for _, r := range f.ranges {
		if n := len(kept); n > 0 && uint64(r.Start) <= uint64(kept[n-1].Stop)+1 {
			kept[n-1].Stop = max(kept[n-1].Stop, r.Stop)
		} else {
			kept = append(kept, r)
		}
	}
	f.ranges = kept
}

// Search begins to keep the UIDs that searches find; what was found before is forgotten.
// With byFetch, FETCH responses count as answers, and the library gets none.
func (c *Conn) Search(byFetch bool) {
	f := &c.scanner.found
	f.mu.Lock()
	f.ranges, f.odd, f.over, f.byFetch = nil, false, false, byFetch
	f.mu.Unlock()
}

// Found returns what was found since Search, in ascending order, and ends that. The range
// 0 stands for something in an answer that was no UID.
func (c *Conn) Found() (imap.UIDSet, error) {
	f := &c.scanner.found
	f.mu.Lock()
	defer f.mu.Unlock()
	f.merge()
	ranges, odd := f.ranges, f.odd
	f.ranges, f.odd, f.byFetch = nil, false, false
	if f.over || len(ranges) > cmp.Or(f.limit, moreThanThere) {
		return nil, ErrTooMany
	}
	if odd {
		return slices.Insert(ranges, 0, imap.UIDRange{}), nil
	}
	return ranges, nil
}
