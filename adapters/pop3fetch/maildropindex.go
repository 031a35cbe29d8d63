package pop3fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
	names []uint32 // by number-1: where the name is in text; or unnamed, nameless, ambiguous
	text  [][]byte // names, each after its length; in blocks, so that growing copies nothing
	sized int      // how many messages LIST had
	named int      // how many messages UIDL had, each once
	// numbered means that the unique-ids are the message numbers; see numbersOnly.
	numbered    bool
	indexed     int               // how many numbers are in the index; see identify
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
	// maxText bounds the names of all messages together: some million of usual ones.
	maxText = 24 << 20
	// maxDuplicates bounds how many messages have a name that an earlier one has.
	maxDuplicates = 1 << 18

	unnamed   = 0                  // UIDL did not have it
	nameless  = math.MaxUint32 - 1 // UIDL had its number, without a unique-id
	ambiguous = math.MaxUint32     // UIDL had it more than once
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

// addName adds a line of UIDL. A number that is there twice has no name: which of the
// two is meant is not known.
func (r *maildropIndex) addName(line []byte) error {
	n, rest, ok := r.number(line)
	if !ok {
		return nil
	}
	switch r.names[n-1] {
	case unnamed:
		r.named++
	case ambiguous:
		return nil
	default:
		r.named--
		r.names[n-1] = ambiguous
		return nil
	}
	if len(rest) == 0 {
		r.names[n-1] = nameless
		return nil
	}
	return r.setName(n, graphic(rest))
}

// number splits a line into a message number and what follows it.
func (r *maildropIndex) number(line []byte) (n int, rest []byte, ok bool) {
	line = bytes.TrimSpace(line)
	word := line
	if end := bytes.IndexAny(line, " \t"); end >= 0 {
		word, rest = line[:end], bytes.TrimSpace(line[end:])
	}
	i, err := strconv.ParseUint(string(word), 10, 32)
	if err != nil || i < 1 || i > uint64(r.count) {
		r.incomplete = true
		return 0, nil, false
	}
	return int(i), rest, true
}

// numbersOnly reports whether the unique-ids are the message numbers themselves, counted
// from 1 or from 0. Such a server gives them to other messages when one is gone. So
// does not a server that counts all messages ever received, but until one is gone it looks
// the same. A number with anything beside it does not count: it is the form of servers
// that know what they do (a UIDVALIDITY and a UID).
func (r *maildropIndex) numbersOnly() bool {
	for start := range 2 {
		found, all := 0, true
		for n := 1; n <= r.count && all; n++ {
			if name := r.name(n); name != nil {
				is, err := strconv.ParseUint(string(name), 10, 32)
				found, all = found+1, err == nil && is == uint64(n-1+start)
			}
		}
		if all && found > 0 {
			return true
		}
	}
	return false
}

// forgetNames removes all names.
func (r *maildropIndex) forgetNames() {
	clear(r.names)
	r.text = nil
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

// setName names a message that has no name yet. It fails if all names take more than
// maxText.
func (r *maildropIndex) setName(n int, name []byte) error {
	last := len(r.text) - 1
	if last+1 >= maxText/textBlock && len(r.text[last])+1+len(name) > textBlock {
		return &inbound.Error{Op: inbound.OpList, Class: inbound.ErrPermanent,
			Err:  fmt.Errorf("the unique-ids of the maildrop take more than %d MiB", maxText>>20),
			Hint: "move mail out of the maildrop, or use IMAP"}
	}
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
	return nil
}

// name returns the name of a message, or nil.
func (r *maildropIndex) name(n int) []byte {
	at := r.names[n-1]
	if at == unnamed || at >= nameless {
		return nil
	}
	text := r.text[at/textBlock][at%textBlock:]
	return text[1 : 1+int(text[0])]
}

// indexUpTo adds the messages up to a number to the index, in ascending order, by
// which the occurrences of a name are numbered. It fails if more than maxDuplicates
// messages have a name that is there already.
func (r *maildropIndex) indexUpTo(upTo int) error {
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
			if len(r.occurrences) == maxDuplicates {
				return &inbound.Error{Op: inbound.OpList, Class: inbound.ErrPermanent,
					Err:  fmt.Errorf("more than %d messages have the unique-id of a different one", maxDuplicates),
					Hint: "move mail out of the maildrop, or use IMAP"}
			}
			r.duplicates[first]++
			r.occurrences[n] = r.duplicates[first]
			slot = r.slot(name, r.duplicates[first])
		}
		r.index[slot] = n
	}
	return nil
}

// indexNamed adds the messages up to the first one without a name to the index.
func (r *maildropIndex) indexNamed() error {
	named := 0
	for named < r.count && r.name(named+1) != nil {
		named++
	}
	return r.indexUpTo(named)
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
