package inbound

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/semaphore"
)

const (
	// spoolInMemory is the largest message that stays in memory; larger ones
	// go to a temporary file, so that one of them does not delay the others.
	spoolInMemory = 4 << 20
	// spoolUnknown is the buffer of a message whose size nobody told, and of
	// the copying into files.
	spoolUnknown = 64 << 10
)

// spooler takes messages off the wire. Together they never hold more than its
// budget in memory, whatever the number of accounts: a message without room waits.
type spooler struct {
	dir    string
	remove func(name string) error // os.Remove, but in tests
	budget *semaphore.Weighted
	total  int64
	spare  spareBuffers
}

func newSpooler(dir string, budget int64) *spooler {
	return &spooler{dir: dir, remove: os.Remove, budget: semaphore.NewWeighted(budget), total: budget,
		spare: spareBuffers{total: budget}}
}

// spooled is the bytes of one message, in memory or in a file. It is a Raw.
type spooled struct {
	spooler *spooler
	weight  int64
	class   int    // of buf
	buf     []byte // the message while it fits; nil once it is in the file
	file    *os.File
	name    string // of file, if it has to be removed after closing; "" if it no longer has a name
	size    int64
}

// take reads r to its end, but keeps no more than limit bytes of it (0 means no
// limit) and then says that it cut. The size is a hint, r is the truth. Where
// memory is short, it waits for room, or else uses a file.
func (s *spooler) take(ctx context.Context, r io.Reader, size, limit int64,
	wait bool) (raw *spooled, cut bool, err error) {
	want := int64(spoolUnknown)
	if size > 0 && size <= spoolInMemory {
		want = size + 1 // one more, so that the end is seen without growing
	}
	class := bufferClass(want)
	raw = &spooled{spooler: s, weight: min(int64(bufferClasses[class]), s.total)}
	large := size > spoolInMemory
	if !s.budget.TryAcquire(raw.weight) {
		if wait {
			err = s.budget.Acquire(ctx, raw.weight)
		} else {
			want, raw.weight, large = spoolUnknown, 0, true
			class = bufferClass(want)
		}
		if err != nil {
			return nil, false, err
		}
	}
	raw.buf, raw.class = s.spare.take(class)[:want], class
	defer func() {
		if err != nil {
			raw.Close()
			raw = nil
		}
	}()
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	if err = raw.fill(r, large); err != nil {
		return raw, false, err
	}
	if limit > 0 && raw.size > limit {
		raw.size, cut = limit, true
	}
	return raw, cut, nil
}

// fill reads into the buffer and, when that is full, on into a file.
func (raw *spooled) fill(r io.Reader, large bool) error {
	for n := 0; !large; {
		if n == len(raw.buf) {
			break
		}
		m, err := r.Read(raw.buf[n:])
		n += m
		raw.size = int64(n)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	file, err := os.CreateTemp(raw.spooler.dir, "postroom-*.eml")
	if err != nil {
		return fmt.Errorf("inbound: spool a large message: %w", err)
	}
	raw.file = file
	// Removed while it is open, the file is freed even if the process is killed.
	// Windows cannot do that: there the file is removed after closing.
	if raw.spooler.remove(file.Name()) != nil {
		raw.name = file.Name()
	}
	if _, err := file.Write(raw.buf[:raw.size]); err != nil {
		return fmt.Errorf("inbound: spool a large message: %w", err)
	}
	for {
		n, err := r.Read(raw.buf)
		if _, werr := file.Write(raw.buf[:n]); werr != nil {
			return fmt.Errorf("inbound: spool a large message: %w", werr)
		}
		raw.size += int64(n)
		if err == io.EOF {
			raw.recycle()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ReadAt implements io.ReaderAt.
func (raw *spooled) ReadAt(p []byte, off int64) (int, error) {
	if raw.file != nil {
		if off >= raw.size {
			return 0, io.EOF
		}
		if rest := raw.size - off; int64(len(p)) > rest {
			n, err := raw.file.ReadAt(p[:rest], off)
			if err == nil {
				err = io.EOF
			}
			return n, err
		}
		return raw.file.ReadAt(p, off)
	}
	return bytes.NewReader(raw.buf[:raw.size]).ReadAt(p, off)
}

// Size returns the number of bytes.
func (raw *spooled) Size() int64 { return raw.size }

// reader returns the bytes from their beginning.
func (raw *spooled) reader() io.Reader {
	if raw.file != nil {
		return io.NewSectionReader(raw.file, 0, raw.size)
	}
	return bytes.NewReader(raw.buf[:raw.size])
}

// Close frees the memory or the file. It may be called again, and on nil.
func (raw *spooled) Close() {
	if raw == nil {
		return
	}
	raw.recycle()
	if raw.file != nil {
		_ = raw.file.Close() // nothing of it is needed now
		raw.file = nil
		if raw.name != "" {
			_ = raw.spooler.remove(raw.name) // the worst is a file that stays behind
		}
	}
}

// recycle gives the buffer and its weight back.
func (raw *spooled) recycle() {
	if raw.buf == nil {
		return
	}
	buf := raw.buf
	raw.buf = nil
	raw.spooler.spare.giveBack(raw.class, buf)
	raw.spooler.budget.Release(raw.weight)
}
