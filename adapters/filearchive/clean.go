package filearchive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// DeleteBlobs implements inbound.Archive.
func (a *Archive) DeleteBlobs(ctx context.Context, before time.Time, sha256s []string) error {
	end, err := a.beginToWrite(ctx)
	if err != nil {
		return failed("delete", err)
	}
	defer end()
	wanted := make(map[sum]bool, len(sha256s))
	for _, text := range sha256s {
		if s, ok := parseSum(text); ok { // others are not there
			wanted[s] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	return failed("delete", a.delete(ctx, before, wanted))
}

func (a *Archive) delete(ctx context.Context, before time.Time, wanted map[sum]bool) error {
	if err := a.release(); err != nil {
		return err
	}
	if err := a.refresh(); err != nil {
		return err
	}
	segments := a.all()
	in := make(map[*segment][]sum)
	for _, s := range segments {
		found, err := s.findAll(wanted)
		if err != nil {
			return err
		}
		for _, e := range found {
			if !e.putAt.Before(before) {
				delete(wanted, e.sum)
			}
			in[s] = append(in[s], e.sum)
		}
	}
	for _, s := range segments {
		sums := slices.DeleteFunc(in[s], func(one sum) bool { return !wanted[one] })
		if len(sums) == 0 {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := a.deleteFrom(s, sums); err != nil {
			return err
		}
	}
	return nil
}

// findAll returns where some messages are in the segment.
func (s *segment) findAll(wanted map[sum]bool) (found []entry, err error) {
	s.mu.Lock()
	may := make([]sum, 0, len(wanted))
	for one := range wanted {
		if e, ok := s.tail[one]; ok {
			found = append(found, e)
		} else if s.index.filter.mayHave(one) {
			may = append(may, one)
		}
	}
	s.mu.Unlock()
	if len(may) == 0 {
		return found, nil
	}
	f, err := openIndex(indexPath(s.path))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errIndex) {
		return found, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, one := range may {
		e, ok, err := f.find(one)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, e)
		}
	}
	return found, nil
}

// deleteFrom takes messages out of the index of a segment, and gives the space back if little is
// left. A segment that a different process writes to stays as it is until later.
func (a *Archive) deleteFrom(s *segment, sums []sum) error {
	w, err := a.adopt(s)
	if err != nil || w == nil {
		return err
	}
	all, err := w.entries()
	if err != nil {
		return errors.Join(err, w.leave())
	}
	gone := make(map[sum]bool, len(sums))
	for _, one := range sums {
		gone[one] = true
	}
	rest := slices.DeleteFunc(all, func(e entry) bool { return gone[e.sum] })
	live := int64(0)
	for _, e := range rest {
		live += recordHeader + e.stored
	}
	if live < w.end/2 {
		err = a.compact(w, rest)
		if err == nil || !errors.Is(err, errKeep) {
			return errors.Join(err, w.leave())
		}
	}
	return w.sealWith(rest)
}

// errKeep says that a segment is not written anew because something in it is damaged: it may
// be of use to somebody.
var errKeep = errors.New("a message is damaged")

// compact writes what is left of a segment into a new one, and removes it.
func (a *Archive) compact(w *writer, rest []entry) error {
	if len(rest) > 0 {
		if err := a.copyTo(w, rest); err != nil {
			return err
		}
	}
	// In this order: an index without its segment is nothing, a segment without its index
	// would have everything again.
	if err := errors.Join(a.disk.remove(w.path), a.disk.remove(indexPath(w.path))); err != nil {
		return err
	}
	a.drop(w.segment)
	return a.disk.syncFolder(a.dir)
}

// copyTo copies messages into a new segment, as they are stored.
func (a *Archive) copyTo(from *writer, rest []entry) error {
	inFile := slices.SortedFunc(slices.Values(rest), func(x, y entry) int { return cmp.Compare(x.offset, y.offset) })
	to, err := a.newWriter()
	if err != nil {
		return err
	}
	b := batch{disk: a.disk, file: to.file, begin: to.end, packer: &a.packer}
	if err = b.copyAll(from.file, inFile); err != nil {
		a.drop(to.segment)
		return errors.Join(err, a.disk.remove(to.path), to.leave())
	}
	to.appended(b.entries, b.begin)
	return to.seal()
}

// copyAll copies messages and syncs them.
func (b *batch) copyAll(from io.ReaderAt, entries []entry) error {
	b.buffer = b.packer.buffer()
	for _, e := range entries {
		head := make([]byte, recordHeader)
		if _, err := from.ReadAt(head, e.offset); err != nil && err != io.EOF {
			return err
		}
		r, ok := parseRecord(head)
		if !ok || r.sum != e.sum {
			return fmt.Errorf("%w: at %d", errKeep, e.offset)
		}
		at := b.begin + int64(len(b.buffer))
		parts := &partWriter{batch: b}
		if _, err := parts.Write(head); err != nil {
			return err
		}
		parts.crc = 0
		n, err := io.CopyBuffer(parts, onlyReader{io.NewSectionReader(from, e.offset+recordHeader, r.stored)},
			make([]byte, 64<<10))
		if err != nil {
			return err
		}
		if n != r.stored || parts.crc != r.crc {
			return fmt.Errorf("%w: at %d", errKeep, e.offset)
		}
		b.entries = append(b.entries, r.entry(at))
	}
	if err := b.flush(); err != nil {
		return err
	}
	return b.disk.sync(b.file)
}

// leave lets go of a segment that stays as it is.
func (w *writer) leave() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.own = false
	if err := w.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
