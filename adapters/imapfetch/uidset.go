package imapfetch

import (
	"strconv"

	"github.com/emersion/go-imap/v2"
)

// setLength is how many bytes the UIDs in one command have at most, so that no command
// line is longer than about 1,000 bytes. RFC 2683, section 3.2.1.5, wants servers to
// take 8,000; Office 365 answers BAD to some lines of less than 4,096.
const setLength = 900

// split divides UIDs into sets for one command each: of at most most messages, and at
// most setLength bytes as the command has them. Their order stays.
func split(uids []uint32, most int) [][]uint32 {
	var all [][]uint32
	var m setMeasure
	begin := 0
	for i, uid := range uids {
		if m.length > 0 && (i-begin >= most || m.with(uid).length > setLength) {
			all, begin, m = append(all, uids[begin:i]), i, setMeasure{}
		}
		m = m.with(uid)
	}
	if begin < len(uids) {
		all = append(all, uids[begin:])
	}
	return all
}

// setMeasure measures a set of UIDs as a command has it: consecutive UIDs are a range.
// If they do not ascend, the set may turn out shorter.
type setMeasure struct {
	length  int
	last    uint32
	inRange bool // last is the end of a range
}

// with returns the measure of the set with one more UID.
func (m setMeasure) with(uid uint32) setMeasure {
	switch consecutive := m.length > 0 && uid == m.last+1; {
	case consecutive && m.inRange:
		return setMeasure{m.length - digits(m.last) + digits(uid), uid, true}
	default:
		return setMeasure{m.length + 1 + digits(uid), uid, consecutive} // and ":" or ","
	}
}

func digits(n uint32) int { return len(strconv.FormatUint(uint64(n), 10)) }

// setOf returns the UIDs as a set.
func setOf(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}
