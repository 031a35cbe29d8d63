package filearchive

import (
	"bytes"
	"hash/crc32"
	"io"
)

// scanRecords reads messages from an offset on, with their checksums, and returns where the
// last one ends. Bytes in between that are no message are passed over: they are damaged, and
// what comes after them may have been synced.
func scanRecords(f io.ReaderAt, from, size int64, each func(entry)) (end int64, err error) {
	end = from
	head := make([]byte, recordHeader)
	for from+recordHeader <= size {
		if _, err := f.ReadAt(head, from); err != nil {
			return end, ignoreEOF(err)
		}
		r, ok := parseRecord(head)
		e := r.entry(from)
		if ok && e.end() <= size {
			crc, err := checksum(io.NewSectionReader(f, from+recordHeader, r.stored))
			if err != nil {
				return end, err
			}
			if crc == r.crc {
				each(e)
				from, end = e.end(), e.end()
				continue
			}
		}
		if from, err = nextMagic(f, from+1, size); err != nil {
			return end, err
		}
	}
	return end, nil
}

// nextMagic returns where the next header may begin, or size.
func nextMagic(f io.ReaderAt, from, size int64) (int64, error) {
	window := make([]byte, 64<<10)
	for from < size {
		n, err := f.ReadAt(window[:min(int64(len(window)), size-from)], from)
		if err != nil && err != io.EOF {
			return 0, err
		}
		if at := bytes.Index(window[:n], []byte(recordMagic)); at >= 0 {
			return from + int64(at), nil
		}
		if n < len(window) {
			break
		}
		from += int64(n - len(recordMagic) + 1) // one may begin at the end of the window
	}
	return size, nil
}

// checksum returns the CRC-32C of what r has.
func checksum(r io.Reader) (uint32, error) {
	h := crc32.New(crcTable)
	_, err := io.CopyBuffer(h, r, make([]byte, 64<<10))
	return h.Sum32(), err
}
