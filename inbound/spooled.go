package inbound

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// spooled is the bytes of one message, in memory or in a file. It is a Raw.
type spooled struct {
	spooler *spooler
	class   int // of the parts
	size    int64

	mu       sync.Mutex // while the message arrives: a slow one is moved by another goroutine
	whole    bool       // it has arrived
	reserved int        // parts that the weight is for
	weight   int64      // of the budget
	parts    [][]byte   // what is in memory; of a message in a file, where the next bytes go
	filled   int        // bytes in the last part
	written  int        // of them, bytes that are in the file
	file     *os.File
	name     string // of file, if it has to be removed after closing; "" if it no longer has a name
}

func (raw *spooled) partSize() int64 { return int64(bufferClasses[raw.class]) }

// fill reads the message to its end: into memory and, where there is no room, into a file.
func (raw *spooled) fill(r io.Reader, inFile bool) error {
	if inFile {
		raw.mu.Lock()
		err := raw.moveToFile()
		raw.mu.Unlock()
		if err != nil {
			return err
		}
	} else if raw.reserved > 1 {
		defer raw.moveIfSlow()()
	}
	for {
		free, err := raw.free()
		if err != nil {
			return err
		}
		n, err := r.Read(free)
		raw.add(n)
		if err == io.EOF {
			return raw.end()
		}
		if err != nil {
			return err
		}
	}
}

// moveIfSlow moves the message to a file when it has been arriving for slowMessage and
// others wait for room. The returned function ends that.
func (raw *spooled) moveIfSlow() (stop func()) {
	raw.mu.Lock()
	defer raw.mu.Unlock()
	var timer *time.Timer
	timer = time.AfterFunc(slowMessage, func() {
		raw.mu.Lock()
		defer raw.mu.Unlock()
		switch {
		case raw.whole || raw.file != nil:
		case raw.spooler.waiting.Load() == 0:
			timer.Reset(slowMessage / 4)
		default:
			_ = raw.moveToFile() // it stays in memory if that fails
		}
	})
	return func() {
		raw.mu.Lock()
		defer raw.mu.Unlock()
		raw.whole = true
		timer.Stop()
	}
}

// free returns where the next bytes go.
func (raw *spooled) free() ([]byte, error) {
	raw.mu.Lock()
	defer raw.mu.Unlock()
	last := len(raw.parts) - 1
	if last >= 0 && raw.filled < len(raw.parts[last]) {
		return raw.parts[last][raw.filled:], nil
	}
	if raw.file == nil && !raw.mayGrow() {
		if err := raw.moveToFile(); err != nil {
			return nil, err
		}
	}
	if raw.file != nil && len(raw.parts) > 0 {
		if err := raw.write(); err != nil {
			return nil, err
		}
	} else {
		raw.parts = append(raw.parts, raw.spooler.spare.take(raw.class))
	}
	raw.filled, raw.written = 0, 0
	return raw.parts[len(raw.parts)-1], nil
}

// mayGrow reports whether there is room for another part in memory.
func (raw *spooled) mayGrow() bool {
	if len(raw.parts) < raw.reserved {
		return true
	}
	size := raw.partSize()
	if int64(len(raw.parts)+1)*size > spoolInMemory || !raw.spooler.budget.TryAcquire(raw.spooler.user, size) {
		return false
	}
	raw.reserved, raw.weight = raw.reserved+1, raw.weight+size
	return true
}

// add takes note of bytes that were read into what free has returned.
func (raw *spooled) add(n int) {
	raw.mu.Lock()
	raw.filled, raw.size = raw.filled+n, raw.size+int64(n)
	raw.mu.Unlock()
}

// end takes note that the message has arrived.
func (raw *spooled) end() error {
	raw.mu.Lock()
	defer raw.mu.Unlock()
	raw.whole = true
	if raw.file == nil {
		return nil
	}
	err := raw.write()
	raw.recycle(0)
	return err
}

// moveToFile writes what has arrived to a file, and gives the memory for it back but for
// the last part, which is being filled.
func (raw *spooled) moveToFile() error {
	file, err := os.CreateTemp(raw.spooler.dir, "postroom-*.eml")
	if err != nil {
		return fmt.Errorf("%w: %w", errSpool, err)
	}
	last := len(raw.parts) - 1
	for i, part := range raw.parts {
		if i == last {
			part = part[:raw.filled]
		}
		if _, err := file.Write(part); err != nil {
			_ = file.Close()
			_ = raw.spooler.remove(file.Name()) // the worst is a file that stays behind
			return fmt.Errorf("%w: %w", errSpool, err)
		}
	}
	raw.file, raw.written = file, raw.filled
	// Removed while it is open, the file is freed even if the process is killed.
	// Windows cannot do that: there the file is removed after closing.
	if raw.spooler.remove(file.Name()) != nil {
		raw.name = file.Name()
	}
	raw.recycle(1)
	return nil
}

// write writes what is in the last part to the file.
func (raw *spooled) write() error {
	if len(raw.parts) == 0 {
		return nil
	}
	n, err := raw.file.Write(raw.parts[0][raw.written:raw.filled])
	raw.written += n
	if err != nil {
		return fmt.Errorf("%w: %w", errSpool, err)
	}
	return nil
}

// recycle gives all parts but the last ones, and their weight, back.
func (raw *spooled) recycle(keep int) {
	for len(raw.parts) > keep {
		raw.spooler.spare.giveBack(raw.class, raw.parts[0])
		raw.parts = raw.parts[1:]
	}
	if back := raw.weight - int64(keep)*raw.partSize(); back > 0 {
		raw.spooler.budget.Release(raw.spooler.user, back)
		raw.weight -= back
	}
}

// ReadAt implements io.ReaderAt.
func (raw *spooled) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("inbound: a message has no bytes before its first")
	}
	rest := raw.size - off
	if rest <= 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > rest {
		p, err = p[:rest], io.EOF
	}
	if raw.file != nil {
		n, failed := raw.file.ReadAt(p, off)
		if failed != nil {
			return n, failed
		}
		return n, err
	}
	size := raw.partSize()
	for n < len(p) {
		at := off + int64(n)
		n += copy(p[n:], raw.parts[at/size][at%size:])
	}
	return n, err
}

// Size returns the number of bytes.
func (raw *spooled) Size() int64 { return raw.size }

// reader returns the bytes from their beginning.
func (raw *spooled) reader() io.Reader {
	if raw.file == nil && len(raw.parts) == 1 {
		return bytes.NewReader(raw.parts[0][:raw.size])
	}
	return io.NewSectionReader(raw, 0, raw.size)
}

// Close frees the memory or the file. It may be called again, and on nil.
func (raw *spooled) Close() {
	if raw == nil {
		return
	}
	raw.mu.Lock()
	defer raw.mu.Unlock()
	raw.whole = true
	raw.recycle(0)
	if raw.file != nil {
		_ = raw.file.Close() // nothing of it is needed now
		raw.file = nil
		if raw.name != "" {
			_ = raw.spooler.remove(raw.name) // the worst is a file that stays behind
		}
	}
}
