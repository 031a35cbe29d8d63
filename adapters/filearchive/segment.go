package filearchive

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// maxRecords is how many messages a segment has at most: those that the index does not cover
// are in memory.
const maxRecords = 1 << 16

// segment is a file of messages, its index, and what is behind that: the tail.
type segment struct {
	path   string
	number int64

	mu        sync.Mutex
	own       bool // this Archive appends to it
	index     index
	tail      map[sum]entry // the newest of each message
	scanned   int64         // the end of the tail so far
	mail      os.FileInfo   // of the segment when it was read
	indexFile os.FileInfo   // of the index when it was read; nil: there was none
}

// reload reads what has changed in the files. It is os.ErrNotExist if the segment was removed.
func (s *segment) reload() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	mail, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if s.own {
		return nil
	}
	if s.mail == nil || !os.SameFile(mail, s.mail) || mail.Size() < s.scanned {
		s.index, s.tail, s.scanned, s.indexFile = index{}, nil, 0, nil
	}
	s.mail = mail
	if err := s.reloadIndex(); err != nil {
		return err
	}
	if mail.Size() <= max(s.scanned, s.index.covered) {
		return nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	s.scanned = max(s.scanned, s.index.covered)
	s.scanned, err = scanHeaders(f, s.scanned, mail.Size(), func(e entry) {
		if s.tail == nil {
			s.tail = make(map[sum]entry)
		}
		s.tail[e.sum] = e
	})
	return err
}

// reloadIndex reads the index if it is a different one. A damaged one is as none: the
// segment has everything.
func (s *segment) reloadIndex() error {
	file, err := os.Stat(indexPath(s.path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if s.indexFile != nil {
			s.index, s.indexFile, s.tail, s.scanned = index{}, nil, nil, 0
		}
		return nil
	case err != nil:
		return err
	case s.indexFile != nil && os.SameFile(file, s.indexFile) && file.ModTime().Equal(s.indexFile.ModTime()):
		return nil
	}
	x, err := readIndex(indexPath(s.path))
	switch {
	case errors.Is(err, errIndex) || errors.Is(err, fs.ErrNotExist) || err == nil && x.covered > s.mail.Size():
		x = index{}
		s.tail, s.scanned = nil, 0
	case err != nil:
		return err
	}
	s.index, s.indexFile = x, file
	maps.DeleteFunc(s.tail, func(_ sum, e entry) bool { return e.offset < x.covered })
	return nil
}

// scanHeaders reads the headers from an offset on, up to the first place without one, and
// returns where that is.
func scanHeaders(f io.ReaderAt, from, size int64, each func(entry)) (end int64, err error) {
	head := make([]byte, recordHeader)
	if from == 0 {
		if _, err := f.ReadAt(head[:len(segmentMagic)], 0); err != nil || string(head[:len(segmentMagic)]) != segmentMagic {
			return 0, ignoreEOF(err)
		}
		from = int64(len(segmentMagic))
	}
	for from+recordHeader <= size {
		if _, err := f.ReadAt(head, from); err != nil {
			return from, ignoreEOF(err)
		}
		r, ok := parseRecord(head)
		if !ok || r.entry(from).end() > size {
			return from, nil
		}
		each(r.entry(from))
		from = r.entry(from).end()
	}
	return from, nil
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// find returns where a message is in the segment. It is durable there if the index has it, or
// if this Archive has synced it.
func (s *segment) find(want sum) (e entry, ok, durable bool, err error) {
	s.mu.Lock()
	e, ok = s.tail[want]
	durable = s.own
	may := s.index.filter.mayHave(want)
	s.mu.Unlock()
	if ok || !may {
		return e, ok, durable, nil
	}
	f, err := openIndex(indexPath(s.path))
	switch {
	case errors.Is(err, errIndex):
		s.forget()
		return e, false, false, nil
	case errors.Is(err, fs.ErrNotExist): // it was removed
		return e, false, false, nil
	case err != nil:
		return e, false, false, err
	}
	defer f.Close()
	e, ok, err = f.find(want)
	return e, ok, true, err
}

// forget has the files read anew at the next reload.
func (s *segment) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mail = nil
}

// tailCopy returns the entries of the tail.
func (s *segment) tailCopy() []entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.tail))
}

// entries returns all entries in the order of their checksums: at most maxRecords.
func (s *segment) entries() ([]entry, error) {
	all := s.tailCopy()
	f, err := openIndex(indexPath(s.path))
	switch {
	case err == nil:
		defer f.Close()
		covered, err := f.from(0, int(f.count))
		if err != nil {
			return nil, err
		}
		all = append(all, covered...)
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errIndex):
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b entry) int { return strings.Compare(string(a.sum[:]), string(b.sum[:])) })
	return slices.CompactFunc(all, func(a, b entry) bool { return a.sum == b.sum }), nil // the tail comes first
}

// mayGoOn reports whether messages can be appended, or there is something behind what the index
// covers.
func (s *segment) mayGoOn(limit int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mail == nil || s.mail.Size() > s.index.covered || s.index.covered < limit
}
