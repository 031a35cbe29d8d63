package filearchive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// ListBlobs implements inbound.Archive. The order is that of the segments, and of the
// checksums within each.
func (a *Archive) ListBlobs(ctx context.Context, after string, limit int) (
	page []inbound.BlobInfo, next string, err error,
) {
	at, err := parsePlace(after)
	if err != nil {
		return nil, "", err
	}
	if after == "" {
		if err := a.refresh(); err != nil {
			return nil, "", failed("list", err)
		}
	}
	segments := a.all()
	slices.Reverse(segments)
	for _, s := range segments {
		if s.number < at.number {
			continue
		}
		if ctx.Err() != nil {
			return nil, "", failed("list", context.Cause(ctx))
		}
		if s.number > at.number {
			at = place{number: s.number}
		}
		entries, err := s.page(at, limit-len(page))
		if err != nil {
			return nil, "", failed("list", err)
		}
		for _, e := range entries {
			page = append(page, inbound.BlobInfo{SHA256: e.sum.String(), Size: e.size, PutAt: e.putAt})
			at.behind, at.last = true, e.sum
		}
		if len(page) >= limit {
			return page, at.String(), nil
		}
	}
	return page, "", nil
}

// place is where a page ends.
type place struct {
	number int64 // of the segment
	behind bool  // the message last, in this segment
	last   sum
}

// String is what ListBlobs returns.
func (p place) String() string { return fmt.Sprintf("%d %s", p.number, p.last) }

func parsePlace(text string) (p place, err error) {
	if text == "" {
		return p, nil
	}
	var last string
	if n, err := fmt.Sscanf(text, "%d %s", &p.number, &last); err != nil || n != 2 {
		return p, fmt.Errorf("filearchive: list: %.100q is not from an earlier page", text)
	}
	if p.last, p.behind = parseSum(last); !p.behind {
		return p, fmt.Errorf("filearchive: list: %.100q is not from an earlier page", text)
	}
	return p, nil
}

// page returns at most limit entries behind a place.
func (s *segment) page(at place, limit int) ([]entry, error) {
	if tail := s.tailCopy(); len(tail) > 0 {
		all, err := s.entries()
		return behind(all, at, limit), err
	}
	f, err := openIndex(indexPath(s.path))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errIndex) {
		return nil, nil // it was removed; or the segment has no message
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	i := int64(0)
	if at.behind {
		if i, err = f.search(at.last); err != nil {
			return nil, err
		}
	}
	entries, err := f.from(i, limit+1)
	return behind(entries, at, limit), err
}

// behind returns at most limit of the entries that are behind a place.
func behind(entries []entry, at place, limit int) []entry {
	if at.behind {
		i, have := slices.BinarySearchFunc(entries, at.last, func(e entry, s sum) int {
			return strings.Compare(string(e.sum[:]), string(s[:]))
		})
		if have {
			i++
		}
		entries = entries[i:]
	}
	return entries[:min(limit, len(entries))]
}
