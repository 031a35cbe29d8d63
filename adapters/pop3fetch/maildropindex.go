package pop3fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"math"
	"strconv"

	"github.com/postroom/postroom/inbound"
)

// maildropIndex holds a size and a name for each message number of a session's
// maildrop. It stays in memory as long as the session, so it is small: 16 to 24
// bytes for a message, and its name.
type maildropIndex struct {
	count int      // messages, as STAT says
	sizes []uint32 // by number-1; 0 unknown; clipped
	names []uint32 // by number-1: where the name is in text; or unnamed, ambiguous
	text  [][]byte // names, each after its length; in blocks, so that growing copies nothing
	sized int      // how many messages LIST had
	named int      // how many messages have a name
	// indexed is how many numbers are in the index: all, once a UIDL was read;
	// without UIDL, those identified so far.
	indexed     int
	index       []uint32          // hash table of numbers by identity; 0 is free
	seed        maphash.Seed      // of this session, so that no sender can choose collisions
	occurrences map[uint32]uint32 // number -> occurrence, for all but the first of each name
	duplicates  map[uint32]uint32 // number of a first one -> occurrences after it
	// incomplete: the lists miss messages, or cannot be trusted.
	incomplete bool
}

const (
	// maxMessages bounds what a session lists, and so what a server can make
	// it allocate on its word alone.
	maxMessages = 1 << 22
	maxName     = 255
	textBlock   = 1 << 16

	unnamed   = 0
	ambiguous = math.MaxUint32
)

func newMaildropIndex(count int) *maildropIndex {
	return &maildropIndex{
		count:       count,
		sizes:       make([]uint32, count),
		names:       make([]uint32, count),
		seed:        maphash.MakeSeed(),
		occurrences: make(map[uint32]uint32),
		duplicates:  make(map[uint32]uint32),
	}
}

// addSize adds a line of LIST.
func (r *maildropIndex) addSize(line []byte) {
	n, rest, ok := r.number(line)
	if !ok {
		return
	}
	word, _, _ := bytes.Cut(rest, []byte(" ")) // servers may say more after it
	size, err := strconv.ParseUint(string(word), 10, 63)
	if err != nil || r.sizes[n-1] != 0 {
		r.incomplete = true
		return
	}
	r.sizes[n-1] = uint32(min(size, math.MaxUint32))
	r.sized++
}

// addName adds a line of UIDL. A number that is named twice has no name: which of
// the two is meant is not known.
func (r *maildropIndex) addName(line []byte) {
	n, rest, ok := r.number(line)
	if !ok {
		return
	}
	if r.names[n-1] != unnamed {
		if r.names[n-1] != ambiguous {
			r.named--
		}
		r.names[n-1] = ambiguous
		r.incomplete = true
		return
	}
	r.setName(n, graphic(rest))
}

// number splits a line into a message number and what follows it.
func (r *maildropIndex) number(line []byte) (n int, rest []byte, ok bool) {
	word, rest, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
	rest = bytes.TrimSpace(rest)
	i, err := strconv.ParseUint(string(word), 10, 32)
	if err != nil || i < 1 || i > uint64(r.count) || len(rest) == 0 {
		r.incomplete = true
		return 0, nil, false
	}
	return int(i), rest, true
}

// graphic returns a unique-id as text. RFC 1939, section 7, allows 1 to 70
// graphic ASCII characters. Whatever else a server uses is escaped, for the sake of
// databases; a name that is too long is replaced by its hash.
func graphic(id []byte) []byte {
	clean := id
	if bytes.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' }) {
		clean = nil
		for _, c := range id {
			if c > ' ' && c <= '~' {
				clean = append(clean, c)
			} else {
				clean = append(clean, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
			}
		}
	}
	if len(clean) > maxName {
		return contentName(sha256.Sum256(id))
	}
	return clean
}

// contentName is the name of a message for which the server has no usable one.
func contentName(sum [sha256.Size]byte) []byte {
	return append([]byte("sha256:"), hex.EncodeToString(sum[:])...)
}

// setName names a message that has no name yet.
func (r *maildropIndex) setName(n int, name []byte) {
	last := len(r.text) - 1
	if last < 0 || len(r.text[last])+1+len(name) > textBlock {
		last++
		block := make([]byte, 0, textBlock)
		if last == 0 {
			block = append(block, 0) // so that no name is at 0, which says unnamed
		}
		r.text = append(r.text, block)
	}
	r.names[n-1] = uint32(last*textBlock + len(r.text[last]))
	r.text[last] = append(append(r.text[last], byte(len(name))), name...)
	r.named++
}

// name returns the name of a message, or nil.
func (r *maildropIndex) name(n int) []byte {
	at := r.names[n-1]
	if at == unnamed || at == ambiguous {
		return nil
	}
	text := r.text[at/textBlock][at%textBlock:]
	return text[1 : 1+int(text[0])]
}

// indexUpTo adds the messages up to a number to the index, in ascending order, by
// which the occurrences of a name are numbered.
func (r *maildropIndex) indexUpTo(upTo int) {
	if r.index == nil {
		size := 8
		for size < 2*r.count {
			size *= 2
		}
		r.index = make([]uint32, size)
	}
	for ; r.indexed < upTo; r.indexed++ {
		n := uint32(r.indexed + 1)
		name := r.name(int(n))
		if name == nil {
			continue
		}
		slot := r.slot(name, 0)
		if first := r.index[slot]; first != 0 {
			r.duplicates[first]++
			r.occurrences[n] = r.duplicates[first]
			slot = r.slot(name, r.duplicates[first])
		}
		r.index[slot] = n
	}
}

// slot returns where in the index an identity is, or would be.
func (r *maildropIndex) slot(name []byte, occurrence uint32) int {
	mask := len(r.index) - 1
	hash := maphash.Bytes(r.seed, name) + uint64(occurrence)*0x9E3779B97F4A7C15
	for i := int(hash>>32) & mask; ; i = (i + 1) & mask {
		n := r.index[i]
		if n == 0 || r.occurrences[n] == occurrence && bytes.Equal(r.name(int(n)), name) {
			return i
		}
	}
}

// find returns the number of a message, or 0 when it is not in the maildrop.
func (r *maildropIndex) find(id inbound.SourceID) int {
	if r.index == nil || id.Occurrence < 0 || id.Occurrence > r.count || id.Key == "" {
		return 0
	}
	return int(r.index[r.slot([]byte(id.Key), uint32(id.Occurrence))])
}

// ref returns a message of the index; ok is false when it has no name.
func (r *maildropIndex) ref(n int) (ref inbound.Ref, ok bool) {
	name := r.name(n)
	if name == nil {
		return inbound.Ref{}, false
	}
	id := inbound.SourceID{Key: string(name), Occurrence: int(r.occurrences[uint32(n)])}
	return inbound.Ref{SourceID: id, Size: int64(r.sizes[n-1])}, true
}
