package inboundtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// orderedKeys are IDs of one folder in the order of SourceID.Compare: by the size of
// the key in bytes, then by its bytes, then by occurrence.
func orderedKeys() []inbound.SourceID {
	var ids []inbound.SourceID
	for _, key := range []string{
		"1", "9", "A", "a", "z",
		"10", "99", "Zz", "aB", "ab", "é", // two bytes each
		"100", "zzz", "€",
		"9999", "\uff5ea", "\U00010400", // in UTF-16 the last one would be the first
		strings.Repeat("9", 255), strings.Repeat("0", 256),
		strings.Repeat("K", 512), strings.Repeat("k", 512), strings.Repeat("k", 511) + "l", strings.Repeat("é", 256),
	} {
		id := uid(1)
		id.Key = key
		ids = append(ids, id)
		if key == "10" || key == "zzz" {
			for _, occurrence := range []int{1, 2, 9, 10} {
				id.Occurrence = occurrence
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// keysInOrder: the order is the same in every list, and pages go on at any ID, also
// at one without a row.
func keysInOrder(s *store) {
	ordered := orderedKeys()
	if !slices.IsSortedFunc(ordered, inbound.SourceID.Compare) {
		s.Fatal("the IDs of this test are not in the order of SourceID.Compare")
	}
	set := func(change func(*inbound.LedgerEntry)) {
		s.Helper()
		rows := make([]inbound.LedgerEntry, len(ordered))
		for i := range ordered {
			rows[i] = row(ordered[i*7%len(ordered)], inbound.Failed) // 7 is no divisor of their number
			change(&rows[i])
		}
		s.record(rows...)
	}
	set(func(e *inbound.LedgerEntry) { e.NextTry = start })
	rows, err := s.Store.DueForRetry(s.ctx(), "shop", "INBOX", "7", start, 1000)
	s.check(err, "DueForRetry")
	s.expectIDs(rows, "DueForRetry is in the order of SourceID.Compare", ordered...)
	set(func(e *inbound.LedgerEntry) { e.Outcome, e.NextTry = inbound.Ignored, start })
	rows, err = s.Store.Withheld(s.ctx(), "shop", "INBOX", "7", start, 1000)
	s.check(err, "Withheld")
	s.expectIDs(rows, "Withheld is in the order of SourceID.Compare", ordered...)
	set(func(e *inbound.LedgerEntry) { e.Outcome, e.Unmarked = inbound.Uploaded, true })
	rows, err = s.Store.Unmarked(s.ctx(), "shop", "INBOX", "7", 1000)
	s.check(err, "Unmarked")
	s.expectIDs(rows, "Unmarked is in the order of SourceID.Compare", ordered...)

	type list func(after inbound.SourceID, limit int) []inbound.LedgerEntry
	for name, list := range map[string]list{
		"Deletable": s.deletable,
		"Entries": func(after inbound.SourceID, limit int) []inbound.LedgerEntry {
			return s.page("", after, limit)
		},
		"Entries of an outcome": func(after inbound.SourceID, limit int) []inbound.LedgerEntry {
			return s.page(inbound.Uploaded, after, limit)
		},
	} {
		s.expectIDs(list(inbound.SourceID{}, 1000), name+" is in the order of SourceID.Compare", ordered...)
		for _, key := range []string{"", "0", "5", "95", "a0", "ê", "\uff5eb", strings.Repeat("k", 300),
			strings.Repeat("é", 255) + "ê"} {
			after := uid(1)
			after.Key = key
			s.expectIDs(list(after, 1000), fmt.Sprintf("%s after %.20q, which has no row", name, key),
				afterID(ordered, after)...)
		}
		for i, after := range ordered {
			s.expectIDs(list(after, 2), fmt.Sprintf("%s after %.20q, two of them", name, after),
				ordered[i+1:min(i+3, len(ordered))]...)
		}
	}
}

// afterID returns those of ordered IDs that come after one.
func afterID(ordered []inbound.SourceID, after inbound.SourceID) []inbound.SourceID {
	i, _ := slices.BinarySearchFunc(ordered, after, inbound.SourceID.Compare)
	return ordered[i:]
}

func (s *store) page(outcome inbound.Outcome, after inbound.SourceID, limit int) []inbound.LedgerEntry {
	s.Helper()
	rows, err := s.Entries(s.ctx(), "shop", outcome, after, limit)
	s.check(err, "Entries")
	return rows
}
