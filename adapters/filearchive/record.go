package filearchive

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"time"
)

// segmentMagic begins a segment.
const segmentMagic = "postroom mail 1\n"

// recordMagic begins the header of a message.
const recordMagic = "\xf0mail\x01\xd7\n"

// recordHeader is how many bytes the header of a message has: the magic, the checksum, sizes,
// the time in microseconds, how it is stored, and the CRC-32C of the stored bytes and of the
// header.
const recordHeader = 8 + 32 + 8 + 8 + 8 + 4 + 4 + 4

// sum is the SHA-256 of a message.
type sum [32]byte

// parseSum reads one in lowercase hex.
func parseSum(text string) (s sum, ok bool) {
	if n, err := hex.Decode(s[:], []byte(text[:min(len(text), 64)])); err != nil || n != len(s) {
		return s, false
	}
	return s, s.String() == text
}

// String returns it in lowercase hex.
func (s sum) String() string { return hex.EncodeToString(s[:]) }

// record is what the header of a message says.
type record struct {
	sum    sum
	size   int64 // of the message
	stored int64 // bytes behind the header
	putAt  time.Time
	packed bool   // compressed by zstd
	crc    uint32 // of the stored bytes
}

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// appendTo appends the header.
func (r *record) appendTo(b []byte) []byte {
	begin := len(b)
	b = append(b, recordMagic...)
	b = append(b, r.sum[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(r.size))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.stored))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.putAt.UnixMicro()))
	kind := uint32(0)
	if r.packed {
		kind = 1
	}
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = binary.LittleEndian.AppendUint32(b, r.crc)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[begin:], crcTable))
}

// parseRecord reads a header.
func parseRecord(b []byte) (r record, ok bool) {
	if len(b) < recordHeader || !bytes.HasPrefix(b, []byte(recordMagic)) {
		return r, false
	}
	b = b[:recordHeader]
	end := recordHeader - 4
	if crc32.Checksum(b[:end], crcTable) != binary.LittleEndian.Uint32(b[end:]) {
		return r, false
	}
	copy(r.sum[:], b[8:])
	r.size = int64(binary.LittleEndian.Uint64(b[40:]))
	r.stored = int64(binary.LittleEndian.Uint64(b[48:]))
	r.putAt = time.UnixMicro(int64(binary.LittleEndian.Uint64(b[56:])))
	kind := binary.LittleEndian.Uint32(b[64:])
	r.packed, r.crc = kind == 1, binary.LittleEndian.Uint32(b[68:])
	return r, r.size >= 0 && r.stored >= 0 && kind <= 1
}

// entry is where a message is in its segment.
type entry struct {
	sum          sum
	offset       int64 // of the header
	size, stored int64
	putAt        time.Time
}

func (r *record) entry(offset int64) entry { return entry{r.sum, offset, r.size, r.stored, r.putAt} }

// end is where the next message begins.
func (e entry) end() int64 { return e.offset + recordHeader + e.stored }
