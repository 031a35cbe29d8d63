package filearchive

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sort"
	"time"
)

// An index is a header, a filter, and entries in the order of their checksums.
const (
	indexMagic = "postroom index1\n"
	// indexHeader is how many bytes the header has: magic, entries, covered, live, bytes of the
	// filter, CRC-32C of all that and of the filter.
	indexHeader = 16 + 8 + 8 + 8 + 8 + 4
	entryBytes  = 32 + 4*8
	// filterBits is how many bits of the filter there are for a message: of 1000 messages that
	// are not there, about 5 look as if they were.
	filterBits = 12
	blockBytes = 64 // of the filter: the bits of a message are all in one
)

// index is what is in memory of one.
type index struct {
	count   int64
	covered int64 // bytes of the segment that it covers
	live    int64 // bytes of the messages that it has, with their headers
	filter  filter
}

var errIndex = errors.New("the index is damaged")

// readIndex reads what is in memory of the index at path.
func readIndex(path string) (index, error) {
	f, err := openIndex(path)
	if err != nil {
		return index{}, err
	}
	return f.index, f.Close()
}

// indexFile is an open index.
type indexFile struct {
	*os.File
	index
}

// openIndex opens the index at path. It may be a newer one than what is in memory. A damaged
// one is errIndex.
func openIndex(path string) (opened *indexFile, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it was only read
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, indexHeader)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:16]) != indexMagic {
		return nil, fmt.Errorf("%w: it has no header", errIndex)
	}
	number := func(at int) int64 { return int64(binary.LittleEndian.Uint64(head[at:])) }
	x := index{count: number(16), covered: number(24), live: number(32)}
	filterSize := number(40)
	if x.count < 0 || x.count > info.Size() || filterSize <= 0 || filterSize%blockBytes != 0 || filterSize > info.Size() ||
		info.Size() != indexHeader+filterSize+x.count*entryBytes {
		return nil, fmt.Errorf("%w: its size is wrong", errIndex)
	}
	x.filter = make(filter, filterSize)
	if _, err := io.ReadFull(f, x.filter); err != nil {
		return nil, fmt.Errorf("%w: %w", errIndex, err)
	}
	if crc32.Update(crc32.Checksum(head[:48], crcTable), crcTable, x.filter) != binary.LittleEndian.Uint32(head[48:]) {
		return nil, fmt.Errorf("%w: its checksum is wrong", errIndex)
	}
	return &indexFile{f, x}, nil
}

// writeIndex writes the index at path durably, all or nothing. Entries are in the order of
// their checksums, each once.
func (d disk) writeIndex(path string, covered int64, entries []entry) (x index, err error) {
	x = index{count: int64(len(entries)), covered: covered, filter: newFilter(len(entries))}
	for _, e := range entries {
		x.filter.add(e.sum)
		x.live += recordHeader + e.stored
	}
	head := append(make([]byte, 0, indexHeader), indexMagic...)
	for _, n := range []int64{x.count, x.covered, x.live, int64(len(x.filter))} {
		head = binary.LittleEndian.AppendUint64(head, uint64(n))
	}
	head = binary.LittleEndian.AppendUint32(head,
		crc32.Update(crc32.Checksum(head, crcTable), crcTable, x.filter))
	err = d.replace(path, func(w *bufio.Writer) {
		_, _ = w.Write(head) // a bufio.Writer keeps its error
		_, _ = w.Write(x.filter)
		row := make([]byte, 0, entryBytes)
		for _, e := range entries {
			row = append(row[:0], e.sum[:]...)
			for _, n := range []int64{e.offset, e.size, e.stored, e.putAt.UnixMicro()} {
				row = binary.LittleEndian.AppendUint64(row, uint64(n))
			}
			_, _ = w.Write(row)
		}
	})
	return x, err
}

// at returns the entry of this number.
func (f *indexFile) at(i int64) (e entry, err error) {
	var row [entryBytes]byte
	if _, err := f.ReadAt(row[:], indexHeader+int64(len(f.filter))+i*entryBytes); err != nil {
		return e, fmt.Errorf("%w: %w", errIndex, err)
	}
	return parseEntry(row[:]), nil
}

func parseEntry(row []byte) (e entry) {
	copy(e.sum[:], row)
	number := func(at int) int64 { return int64(binary.LittleEndian.Uint64(row[at:])) }
	e.offset, e.size, e.stored, e.putAt = number(32), number(40), number(48), time.UnixMicro(number(56))
	return e
}

// search returns the number of the first entry that is not before s.
func (f *indexFile) search(s sum) (i int64, err error) {
	return int64(sort.Search(int(f.count), func(i int) bool {
		e, failed := f.at(int64(i))
		err = errors.Join(err, failed)
		return string(e.sum[:]) >= string(s[:])
	})), err
}

// find returns the entry of a message.
func (f *indexFile) find(s sum) (e entry, ok bool, err error) {
	i, err := f.search(s)
	if err != nil || i == f.count {
		return e, false, err
	}
	e, err = f.at(i)
	return e, err == nil && e.sum == s, err
}

// from returns at most limit entries, from a number on.
func (f *indexFile) from(i int64, limit int) (entries []entry, err error) {
	n := min(int64(limit), f.count-i)
	if n <= 0 {
		return nil, nil
	}
	rows := make([]byte, n*entryBytes)
	if _, err := f.ReadAt(rows, indexHeader+int64(len(f.filter))+i*entryBytes); err != nil {
		return nil, fmt.Errorf("%w: %w", errIndex, err)
	}
	for len(rows) > 0 {
		entries = append(entries, parseEntry(rows))
		rows = rows[entryBytes:]
	}
	return entries, nil
}

// filter is a set of messages that may have one more (a blocked Bloom filter).
type filter []byte

func newFilter(messages int) filter {
	return make(filter, (messages*filterBits/8/blockBytes+1)*blockBytes)
}

// bits returns the block of a message, and which of its 512 bits stand for the message.
func (f filter) bits(s sum) (block []byte, bits [6]uint16) {
	at := binary.LittleEndian.Uint64(s[:]) % uint64(len(f)/blockBytes) * blockBytes
	for i := range bits {
		bits[i] = binary.LittleEndian.Uint16(s[8+2*i:]) % (8 * blockBytes)
	}
	return f[at : at+blockBytes], bits
}

func (f filter) add(s sum) {
	block, bits := f.bits(s)
	for _, bit := range bits {
		block[bit/8] |= 1 << (bit % 8)
	}
}

func (f filter) mayHave(s sum) bool {
	if len(f) == 0 {
		return false
	}
	block, bits := f.bits(s)
	for _, bit := range bits {
		if block[bit/8]&(1<<(bit%8)) == 0 {
			return false
		}
	}
	return true
}
