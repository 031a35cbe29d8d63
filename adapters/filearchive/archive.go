package filearchive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/postroom/postroom/inbound"
)

// Archive implements inbound.Archive. It is safe for concurrent use.
type Archive struct {
	dir     string
	options Options
	disk    disk

	// writing holds a token while messages are written or deleted.
	writing chan struct{}
	active  *writer // where messages are appended; nil: to be chosen
	packer  packer  // for who writes

	mu       sync.Mutex
	segments []*segment // in the order of their numbers
	closed   bool
}

var _ inbound.Archive = (*Archive)(nil)

// Options tune an Archive. The zero value is the defaults.
type Options struct {
	// SegmentBytes is the size from which on a segment is complete; 0 means 256 MiB. Deleting
	// messages costs up to that much writing.
	SegmentBytes int64
	// Compression says what is compressed; "" means CompressText.
	Compression Compression
}

const defaultSegmentBytes = 256 << 20

// Open opens the archive in a folder, and makes the folder if it is not there. Options may be
// nil. Nothing in the folder is changed before the first Put or DeleteBlobs. Close it after the
// last use.
func Open(dir string, options *Options) (*Archive, error) {
	a := &Archive{dir: dir, writing: make(chan struct{}, 1)}
	if options != nil {
		a.options = *options
	}
	a.packer.compression = cmp.Or(a.options.Compression, CompressText)
	a.options.SegmentBytes = cmp.Or(a.options.SegmentBytes, defaultSegmentBytes)
	if a.options.SegmentBytes < 0 || !a.packer.compression.isKnown() {
		return nil, fmt.Errorf("filearchive: segments of %d bytes, compression %.40q: want a positive size, and %q, %q or %q",
			a.options.SegmentBytes, a.packer.compression, CompressText, CompressAll, CompressNone)
	}
	if !hasLocks {
		return nil, errors.New("filearchive: this system has no flock, which keeps processes apart: use a different archive")
	}
	if err := a.disk.makeFolder(dir); err != nil {
		return nil, failed("open", err)
	}
	if err := a.refresh(); err != nil {
		return nil, failed("open", err)
	}
	return a, nil
}

// Close completes what this process has written. The Archive cannot be used after it, and
// readers that are open can.
func (a *Archive) Close() error {
	a.writing <- struct{}{}
	defer func() { <-a.writing }()
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	return failed("close", a.release())
}

var errClosed = errors.New("the archive is closed")

// beginToWrite waits until nobody in this process writes.
func (a *Archive) beginToWrite(ctx context.Context) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	select {
	case a.writing <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		<-a.writing
		return nil, errClosed
	}
	return func() { <-a.writing }, nil
}

// refresh reads what is in the folder.
func (a *Archive) refresh() error {
	numbers, _, err := segmentNumbers(a.dir)
	if err != nil {
		return err
	}
	a.mu.Lock()
	known := slices.Clone(a.segments)
	a.mu.Unlock()
	var all []*segment
	for _, number := range numbers {
		at, have := slices.BinarySearchFunc(known, number, compareNumber)
		var s *segment
		if have {
			s = known[at]
		} else {
			s = &segment{path: pathOf(a.dir, number), number: number}
		}
		switch err := s.reload(); {
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile
		case err != nil:
			return err
		default:
			all = append(all, s)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.segments { // those that were added meanwhile
		if _, have := slices.BinarySearchFunc(known, s.number, compareNumber); !have {
			if at, twice := slices.BinarySearchFunc(all, s.number, compareNumber); twice {
				all[at] = s
			} else {
				all = slices.Insert(all, at, s)
			}
		}
	}
	a.segments = all
	return nil
}

func compareNumber(s *segment, number int64) int { return cmp.Compare(s.number, number) }

// all returns the segments as they are now, newest first.
func (a *Archive) all() []*segment {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := slices.Clone(a.segments)
	slices.Reverse(all)
	return all
}

// drop forgets a segment that was removed.
func (a *Archive) drop(s *segment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.segments = slices.DeleteFunc(slices.Clone(a.segments), func(other *segment) bool { return other == s })
}

// add takes note of a new segment.
func (a *Archive) add(s *segment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, have := slices.BinarySearchFunc(a.segments, s.number, compareNumber)
	a.segments = slices.Clone(a.segments)
	if have {
		a.segments[at] = s
	} else {
		a.segments = slices.Insert(a.segments, at, s)
	}
}
