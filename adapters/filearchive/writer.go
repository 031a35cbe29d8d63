package filearchive

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// writer is a segment that is locked for this Archive, which appends to it.
type writer struct {
	*segment
	disk    disk
	file    *os.File
	end     int64 // of what is synced: all behind it is void
	records int64 // that the index would have
}

// isFull reports that the segment is complete.
func (w *writer) isFull(limit int64) bool { return w.end >= limit || w.records >= maxRecords }

// writer returns the segment to append to: the one of before, one that another process has left
// unfinished, or a new one.
func (a *Archive) writer() (*writer, error) {
	if a.active != nil {
		return a.active, nil
	}
	for _, s := range a.all() {
		if !s.mayGoOn(a.options.SegmentBytes / 2) {
			continue
		}
		w, err := a.adopt(s)
		if err != nil {
			return nil, err
		}
		if w == nil {
			continue
		}
		if w.end < a.options.SegmentBytes/2 && w.records < maxRecords/2 {
			a.active = w
			return w, nil
		}
		if err := w.seal(); err != nil {
			return nil, err
		}
	}
	w, err := a.newWriter()
	a.active = w
	return w, err
}

// adopt locks a segment that nobody has locked, and cuts off what was not written to its end.
// It returns nil if somebody has it locked, or it was removed.
func (a *Archive) adopt(s *segment) (w *writer, err error) {
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if w == nil || err != nil {
			_ = f.Close() // nothing was written, or it failed
		}
	}()
	if locked, err := tryLock(f); err != nil || !locked {
		return nil, err
	}
	if err := s.reload(); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	mine, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !os.SameFile(mine, s.mail) {
		return nil, nil
	}
	w = &writer{segment: s, disk: a.disk, file: f}
	if ok, err := w.recover(mine.Size()); err != nil || !ok {
		return nil, err
	}
	s.own = true
	return w, nil
}

// recover reads the tail with all checks, cuts off what is incomplete at its end, and makes the
// rest durable. The segment is locked. It returns false for a file that is no segment.
func (w *writer) recover(size int64) (bool, error) {
	w.end, w.records, w.tail = w.index.covered, w.index.count, make(map[sum]entry)
	if w.end > 0 && w.end == size {
		w.scanned = size
		return true, nil
	}
	if w.end == 0 {
		if ok, err := w.recoverMagic(size); !ok || err != nil {
			return ok, err
		}
		w.end = int64(len(segmentMagic))
	}
	end, err := scanRecords(w.file, w.end, size, func(e entry) { w.tail[e.sum] = e })
	if err != nil {
		return false, err
	}
	if end < size {
		if err := w.disk.truncate(w.file, end); err != nil {
			return false, err
		}
	}
	w.end, w.scanned, w.records = end, end, w.records+int64(len(w.tail))
	return true, w.disk.sync(w.file)
}

// recoverMagic writes the beginning of a segment anew if it did not come to the disk: nothing
// behind it was synced then.
func (w *writer) recoverMagic(size int64) (bool, error) {
	head := make([]byte, min(size, int64(len(segmentMagic))))
	if _, err := w.file.ReadAt(head, 0); err != nil && err != io.EOF {
		return false, err
	}
	switch {
	case string(head) == segmentMagic:
		return true, nil
	case !strings.HasPrefix(segmentMagic, strings.TrimRight(string(head), "\x00")):
		return false, nil
	}
	return true, w.disk.writeAt(w.file, []byte(segmentMagic), 0)
}

// newWriter makes a segment.
func (a *Archive) newWriter() (*writer, error) {
	for {
		_, number, err := segmentNumbers(a.dir)
		if err != nil {
			return nil, err
		}
		f, err := a.disk.create(pathOf(a.dir, number))
		if errors.Is(err, fs.ErrExist) {
			continue // a different process was faster
		}
		if err != nil {
			return nil, err
		}
		w, err := a.begin(&segment{path: f.Name(), number: number}, f)
		if w == nil || err != nil {
			_ = f.Close() // a segment without messages stays
		}
		if w != nil || err != nil {
			return w, err
		}
	}
}

// begin prepares a new segment. It returns nil if a different process has taken it for an
// unfinished one.
func (a *Archive) begin(s *segment, f *os.File) (*writer, error) {
	if locked, err := tryLock(f); err != nil || !locked {
		return nil, err
	}
	if err := a.disk.writeAt(f, []byte(segmentMagic), 0); err != nil {
		return nil, err
	}
	if err := a.disk.syncFolder(a.dir); err != nil {
		return nil, err
	}
	mail, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s.own, s.tail, s.mail = true, make(map[sum]entry), mail
	a.add(s)
	return &writer{segment: s, disk: a.disk, file: f, end: int64(len(segmentMagic))}, nil
}

// appended takes note of messages that are synced.
func (w *writer) appended(entries []entry, end int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range entries {
		w.tail[e.sum] = e
	}
	w.end, w.scanned, w.records = end, end, w.records+int64(len(entries))
}

// seal writes the index and lets go of the segment.
func (w *writer) seal() error {
	all, err := w.entries()
	if err != nil {
		return errors.Join(err, w.leave())
	}
	return w.sealWith(all)
}

// sealWith is seal with an index of these entries only.
func (w *writer) sealWith(entries []entry) error {
	x, err := w.disk.writeIndex(indexPath(w.path), w.end, entries)
	if err == nil {
		w.mu.Lock()
		w.index, w.tail, w.scanned = x, nil, 0
		w.mu.Unlock()
	}
	return errors.Join(err, w.leave())
}

// abandon lets go of the segment after a failure. What was synced is found as after a crash.
func (a *Archive) abandon() {
	w := a.active
	a.active = nil
	_ = w.disk.truncate(w.file, w.end) // otherwise it is cut off by the next one to write there
	_ = w.leave()                      // it has failed already
}

// release completes the segment of this Archive.
func (a *Archive) release() error {
	if a.active == nil {
		return nil
	}
	w := a.active
	a.active = nil
	return w.seal()
}
