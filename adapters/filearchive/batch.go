package filearchive

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"

	"github.com/postroom/postroom/inbound"
)

// bufferBytes is how much is written at a time. A message that has no room in it is written in
// parts.
const bufferBytes = 1 << 20

// batch is messages that are written and synced together.
type batch struct {
	disk    disk
	file    *os.File
	begin   int64  // where the buffer comes in the file
	buffer  []byte // not written yet
	packer  *packer
	entries []entry
}

// write writes messages and syncs them. Begin is the end of them then.
func (b *batch) write(ctx context.Context, blobs []newBlob) error {
	b.buffer = b.packer.buffer()
	for _, blob := range blobs {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r := record{sum: blob.sum, size: blob.raw.Size(), putAt: time.Now()}
		add := b.addLarge
		if recordHeader+r.size <= bufferBytes {
			add = b.addSmall
		}
		at, err := add(&r, blob.raw)
		if err != nil {
			return err
		}
		b.entries = append(b.entries, r.entry(at))
	}
	if err := b.flush(); err != nil {
		return err
	}
	return b.disk.sync(b.file)
}

func (b *batch) flush() error {
	if len(b.buffer) == 0 {
		return nil
	}
	if err := b.disk.writeAt(b.file, b.buffer, b.begin); err != nil {
		return err
	}
	b.begin, b.buffer = b.begin+int64(len(b.buffer)), b.buffer[:0]
	return nil
}

// addSmall adds a message that has room in the buffer, and returns where.
func (b *batch) addSmall(r *record, raw inbound.Raw) (at int64, err error) {
	if len(b.buffer)+recordHeader+int(r.size) > bufferBytes {
		if err := b.flush(); err != nil {
			return 0, err
		}
	}
	head := len(b.buffer)
	begin := head + recordHeader
	data := b.buffer[begin : begin+int(r.size)]
	if err := readFull(raw, data, 0); err != nil {
		return 0, err
	}
	if packed, ok := b.packer.pack(data); ok {
		data, r.packed = data[:copy(data, packed)], true
	}
	r.stored, r.crc = int64(len(data)), crc32.Checksum(data, crcTable)
	r.appendTo(b.buffer[:head])
	b.buffer = b.buffer[:begin+len(data)]
	return b.begin + int64(head), nil
}

// readFull fills p with the bytes of a message from an offset on.
func readFull(raw inbound.Raw, p []byte, at int64) error {
	if n, err := raw.ReadAt(p, at); n < len(p) {
		return fmt.Errorf("read raw bytes at %d of %d: %w", at+int64(n), raw.Size(), err)
	}
	return nil
}

// addLarge adds a message part by part, and its header at last.
func (b *batch) addLarge(r *record, raw inbound.Raw) (at int64, err error) {
	if err := b.flush(); err != nil {
		return 0, err
	}
	at = b.begin
	b.begin += recordHeader
	parts := &partWriter{batch: b}
	r.packed, err = b.packer.paysForLarge(raw)
	switch {
	case err != nil:
		return 0, err
	case r.packed:
		err = b.packer.packTo(parts, raw)
	default:
		err = parts.copy(raw)
	}
	if err == nil {
		err = b.flush()
	}
	if err != nil {
		return 0, err
	}
	r.stored, r.crc = parts.size, parts.crc
	return at, b.disk.writeAt(b.file, r.appendTo(nil), at)
}

// partWriter takes the stored bytes of a large message.
type partWriter struct {
	*batch
	size int64
	crc  uint32
}

// Write implements io.Writer.
func (w *partWriter) Write(p []byte) (n int, err error) {
	for n < len(p) {
		part := p[n:min(len(p), n+bufferBytes-len(w.buffer))]
		w.buffer = append(w.buffer, part...)
		if err := w.added(len(part)); err != nil {
			return n, err
		}
		n += len(part)
	}
	return n, nil
}

// added takes note of bytes that are at the end of the buffer.
func (w *partWriter) added(n int) error {
	w.size += int64(n)
	w.crc = crc32.Update(w.crc, crcTable, w.buffer[len(w.buffer)-n:])
	if len(w.buffer) == bufferBytes {
		return w.flush()
	}
	return nil
}

// copy takes the bytes as they are.
func (w *partWriter) copy(raw inbound.Raw) error {
	for at := int64(0); at < raw.Size(); {
		n := int(min(raw.Size()-at, int64(bufferBytes-len(w.buffer))))
		begin := len(w.buffer)
		w.buffer = w.buffer[:begin+n]
		if err := readFull(raw, w.buffer[begin:], at); err != nil {
			return err
		}
		if err := w.added(n); err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

// reader returns the bytes of a message from their beginning.
func reader(raw inbound.Raw) io.Reader { return io.NewSectionReader(raw, 0, raw.Size()) }
