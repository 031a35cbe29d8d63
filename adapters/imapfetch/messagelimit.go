package imapfetch

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// maxSearches is how many searches a listing takes at most. A server with a MESSAGELIMIT
// of 1000 has some million messages then.
const maxSearches = 10_000

// uidGap is the UIDs greater than above and up to upTo.
type uidGap struct{ above, upTo uint32 }

// completeSearch adds the UIDs above after to the listing: those of a search, and where
// the server has a MESSAGELIMIT (RFC 9738), which an answer can reach although it
// looks complete, those that further searches find. odd reports an answer with
// something in it that is not a UID.
func (s *session) completeSearch(
	ctx context.Context, f *found, uids imap.UIDSet, after uint32, there int64, form listForm,
) (total int64, odd bool, err error) {
	limit := int64(s.messageLimit())
	gaps := []uidGap{{after, highestUID}}
	for searches := 1; ; searches++ {
		n, span, malformed := f.add(uids, gaps[0])
		total, odd = total+n, odd || malformed
		if searches > maxSearches {
			return 0, false, &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary, Hint: hintServer,
				Err: fmt.Errorf("the server's search finds so few messages that %d are not enough", maxSearches)}
		}
		if total > there+arrivals {
			return 0, false, &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary,
				Err: fmt.Errorf("the server lists %d messages and says that it has %d", total, there)}
		}
		if limit > 0 && n >= limit {
			gaps = append(gaps, uidGap{gaps[0].above, span.first - 1}, uidGap{span.last, gaps[0].upTo})
		}
		gaps = slices.DeleteFunc(gaps[1:], func(g uidGap) bool { return g.above >= g.upTo })
		if len(gaps) == 0 {
			break
		}
		err := s.command(ctx, inbound.OpList, searchBudget, func() (err error) {
			uids, err = s.conn.uids(gaps[0], form)
			return err
		})
		if err != nil {
			return 0, false, err
		}
	}
	slices.SortFunc(f.rest, func(a, b uidRange) int { return cmp.Compare(a.first, b.first) })
	return total, odd, nil
}

// add adds the UIDs that are in a gap to the listing, and returns their number and
// the range from the lowest to the highest. It never enumerates them: a server can
// name four billion of them in a line.
func (f *found) add(uids imap.UIDSet, g uidGap) (n int64, span uidRange, odd bool) {
	span.first = math.MaxUint32
	for _, r := range uids {
		first, last := uint32(r.Start), uint32(r.Stop)
		if first == 0 || last < first {
			odd = true
			continue
		}
		if last <= g.above || first > g.upTo {
			continue
		}
		first, last = max(first, g.above+1), min(last, g.upTo) // does not overflow: above < last
		f.rest = append(f.rest, uidRange{first, last})
		n += int64(last) - int64(first) + 1
		span = uidRange{min(span.first, first), max(span.last, last)}
	}
	return n, span, odd
}

// perCommand returns how many messages to name in one command: n, or the server's
// MESSAGELIMIT if that is less.
func (s *session) perCommand(n int) int {
	if limit := s.messageLimit(); limit > 0 {
		return min(n, limit)
	}
	return n
}

// messageLimit returns the MESSAGELIMIT that the server announces, or 0.
func (s *session) messageLimit() int {
	for c := range s.client.Caps() {
		if text, ok := strings.CutPrefix(string(c), "MESSAGELIMIT="); ok {
			if limit, err := strconv.Atoi(text); err == nil && limit > 0 {
				return limit
			}
		}
	}
	return 0
}
