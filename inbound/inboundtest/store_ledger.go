package inboundtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

var ledgerTests = map[string]func(*store){
	"LookupGivesWhatWasRecorded": lookupGivesWhatWasRecorded,
	"LookupOfAThousand":          lookupOfAThousand,
	"RecordReplaces":             recordReplaces,
	"DeletedCanBeTakenBack":      deletedCanBeTakenBack,
	"IdentitiesAreDistinct":      identitiesAreDistinct,
	"AccountsAreSeparate":        accountsAreSeparate,
	"DueForRetry":                dueForRetry,
	"Withheld":                   withheld,
	"Deletable":                  deletable,
	"Unmarked":                   unmarked,
	"MarkDeleted":                markDeleted,
	"MarkDeletedOfAThousand":     markThousand,
	"EntriesInOrder":             entriesInOrder,
	"EntriesAfterAnyID":          entriesAfterAnyID,
	"KeysInOrder":                keysInOrder,
	"Outcomes":                   outcomes,
}

// lookup returns the row of an ID in the account "shop".
func (s *store) lookup(id inbound.SourceID) (inbound.LedgerEntry, bool) {
	s.Helper()
	found, err := s.Lookup(s.ctx(), "shop", []inbound.SourceID{id})
	s.check(err, "Lookup")
	e, ok := found[id]
	if len(found) > 1 || len(found) == 1 && !ok {
		s.Errorf("Lookup of %v gave rows that were not asked for: %#v", id, found)
	}
	e.At, e.NextTry = e.At.UTC(), e.NextTry.UTC()
	return e, ok
}

func (s *store) expectRow(want inbound.LedgerEntry) {
	s.Helper()
	if got, ok := s.lookup(want.SourceID); !ok || got != want {
		s.Errorf("Lookup gave (there: %v)\n%#v, want\n%#v", ok, got, want)
	}
}

func lookupGivesWhatWasRecorded(s *store) {
	if _, ok := s.lookup(uid(1)); ok {
		s.Error("an empty ledger has a row")
	}
	if found, err := s.Lookup(s.ctx(), "shop", nil); err != nil || len(found) != 0 {
		s.Errorf("Lookup of nothing gave %v, %v", found, err)
	}
	s.record()
	full := row(inbound.SourceID{Folder: "Почта/%_'\"", Generation: "Ünïx", Key: strings.Repeat("ß'", 170)},
		inbound.Failed)
	full.Position = 1<<63 - 1
	full.EmailID, full.Keep, full.Attempts, full.NextTry = "e1", true, 3, start.Add(time.Minute)
	full.ReplyTo, full.Extent, full.Fingerprint = "анна@пример.рф", inbound.ExtentTooLarge, "h1:ab"
	full.BeforeStart, full.Baseline, full.Unmarked = true, true, true
	bare := inbound.LedgerEntry{SourceID: uidl("!~", 2), Outcome: inbound.Vanished}
	s.record(full, bare)
	s.expectRow(full)
	s.expectRow(bare)
	for _, extent := range []inbound.Extent{inbound.ExtentWhole, inbound.ExtentCut, inbound.ExtentShort,
		inbound.ExtentUnread} {
		full.Extent, full.BeforeStart, full.Baseline = extent, !full.BeforeStart, full.BeforeStart
		s.record(full)
		s.expectRow(full)
	}
}

func lookupOfAThousand(s *store) {
	var rows []inbound.LedgerEntry
	var ids []inbound.SourceID
	for n := range uint32(1000) {
		rows = append(rows, row(uid(1+2*n), inbound.Uploaded))
		ids = append(ids, uid(1+n))
	}
	s.record(rows...)
	found, err := s.Lookup(s.ctx(), "shop", ids)
	s.check(err, "Lookup of 1000 IDs")
	if len(found) != 500 {
		s.Errorf("Lookup of 1000 IDs, every second of them recorded, gave %d rows", len(found))
	}
	for i := range ids {
		ids[i] = uidl(fmt.Sprint("u", i), i%3)
		rows[i].SourceID = ids[i]
	}
	s.record(rows[:600]...)
	if found, err = s.Lookup(s.ctx(), "shop", ids); err != nil || len(found) != 600 {
		s.Errorf("Lookup of 1000 UIDLs, 600 of them recorded, gave %d rows, error %v", len(found), err)
	}
}

func recordReplaces(s *store) {
	e := row(uid(1), inbound.Failed)
	e.Attempts, e.NextTry = 1, start
	s.record(e)
	e = inbound.LedgerEntry{SourceID: uid(1), Outcome: inbound.Uploaded, Reason: "known", EmailID: "e1",
		At: start.Add(time.Hour)}
	s.record(e)
	s.expectRow(e)
	if n := len(s.entries()); n != 1 {
		s.Errorf("recording the same ID twice left %d rows", n)
	}
}

func deletedCanBeTakenBack(s *store) {
	e := row(uid(1), inbound.Uploaded)
	e.Deleted = true
	s.record(e)
	e.Deleted, e.Reason = false, "there again"
	s.record(e)
	s.expectRow(e)
}

// identitiesAreDistinct: every part of an ID counts, byte by byte.
func identitiesAreDistinct(s *store) {
	long := strings.Repeat("k", 511)
	ids := []inbound.SourceID{
		{Folder: "A", Generation: "1", Key: "1"}, {Folder: "A", Generation: "1", Key: "2"},
		{Folder: "A", Generation: "2", Key: "1"}, {Folder: "a", Generation: "1", Key: "1"},
		{Key: "x"}, {Key: "x", Occurrence: 1}, {Key: "X"}, {Key: "x "}, {Key: " x"}, {Folder: "A", Key: "x"},
		{Key: "01"}, {Key: "1"}, {Key: "1.0"}, {Key: "e"}, {Key: "é"}, {Key: "É"}, {Key: "e\u0301"},
		{Key: "ß"}, {Key: "ss"},
		{Key: long}, {Key: long + "1"}, {Key: long + "2"}, {Key: strings.ToUpper(long) + "1"},
		{Key: strings.Repeat("é", 256)}, {Key: strings.Repeat("é", 255) + "ee"},
	}
	for i, id := range ids {
		e := row(id, inbound.Uploaded)
		e.EmailID = fmt.Sprint("e", i)
		s.record(e)
	}
	for i, id := range ids {
		if e, ok := s.lookup(id); !ok || e.EmailID != fmt.Sprint("e", i) {
			s.Errorf("Lookup of %+v gave the email %q (there: %v), want e%d: a different message was mistaken for it",
				id, e.EmailID, ok, i)
		}
	}
	found, err := s.Lookup(s.ctx(), "shop", ids)
	s.check(err, "Lookup")
	if len(found) != len(ids) {
		s.Errorf("Lookup of %d different IDs together gave %d rows", len(ids), len(found))
	}
	s.check(s.Store.MarkDeleted(s.ctx(), "shop", ids[:len(ids)/2]), "MarkDeleted")
	for i, id := range ids {
		if e, _ := s.lookup(id); e.Deleted != (i < len(ids)/2) {
			s.Errorf("the row of %+v is deleted: %v, want that of the first half only", id, e.Deleted)
		}
	}
}

func accountsAreSeparate(s *store) {
	s.record(row(uid(1), inbound.Uploaded))
	s.check(s.Record(s.ctx(), "other", []inbound.LedgerEntry{row(uid(1), inbound.Failed)}), "Record")
	s.check(s.Store.MarkDeleted(s.ctx(), "other", []inbound.SourceID{uid(1)}), "MarkDeleted")
	s.expectRow(row(uid(1), inbound.Uploaded))
	counts, err := s.Store.Outcomes(s.ctx(), "other")
	s.check(err, "Outcomes")
	if !maps.Equal(counts, map[inbound.Outcome]int{inbound.Failed: 1}) {
		s.Errorf("Outcomes of the account other gave %v, want its own failed row only", counts)
	}
}

func dueForRetry(s *store) {
	failed := func(id inbound.SourceID, next time.Time) inbound.LedgerEntry {
		e := row(id, inbound.Failed)
		e.NextTry = next
		return e
	}
	again := row(uid(8), inbound.Unmatched)
	again.NextTry = start
	elsewhere, older := uid(1), uid(1)
	elsewhere.Folder, older.Generation = "Other", "6"
	s.record(failed(uid(5), start), failed(uid(3), start.Add(-time.Hour)), failed(uid(4), start.Add(time.Second)),
		failed(uid(9), time.Time{}), again,
		row(uid(2), inbound.Uploaded), failed(elsewhere, start), failed(older, start))
	read := func(now time.Time, limit int) []inbound.LedgerEntry {
		s.Helper()
		rows, err := s.Store.DueForRetry(s.ctx(), "shop", "INBOX", "7", now, limit)
		s.check(err, "DueForRetry")
		return rows
	}
	s.expectIDs(read(start, 10), "those whose next try is not later, of any outcome, of this folder and generation",
		uid(3), uid(5), uid(8))
	s.expectIDs(read(start.Add(time.Second), 10), "a second later", uid(3), uid(4), uid(5), uid(8))
	s.expectIDs(read(start, 2), "no more than the limit", uid(3), uid(5))
	s.record(row(uid(3), inbound.Uploaded))
	s.expectIDs(read(start, 10), "uid 3 is uploaded now", uid(5), uid(8))
	s.record(failed(uid(6), start.Add(24*time.Hour)), failed(uid(7), start.Add(26*time.Hour)))
	s.expectIDs(read(start, 10), "no pause is longer than a day, so the clock was set back when uid 7 was to wait",
		uid(5), uid(7), uid(8))
}

func withheld(s *store) {
	ignored := func(id inbound.SourceID, next time.Time) inbound.LedgerEntry {
		e := row(id, inbound.Ignored)
		e.NextTry = next
		return e
	}
	elsewhere, older, failed := uid(1), uid(1), ignored(uid(2), start)
	elsewhere.Folder, older.Generation, failed.Outcome = "Other", "6", inbound.Failed
	s.record(ignored(uid(5), start), ignored(uid(3), start.Add(-time.Hour)), ignored(uid(4), start.Add(time.Second)),
		row(uid(9), inbound.Ignored), failed, ignored(elsewhere, start), ignored(older, start))
	s.expectRow(ignored(uid(5), start))
	read := func(now time.Time, limit int) []inbound.LedgerEntry {
		s.Helper()
		rows, err := s.Store.Withheld(s.ctx(), "shop", "INBOX", "7", now, limit)
		s.check(err, "Withheld")
		return rows
	}
	s.expectIDs(read(start, 10), "ignored, with a next try that is not later, of this folder and generation",
		uid(3), uid(5))
	s.expectIDs(read(start.Add(time.Second), 10), "a second later", uid(3), uid(4), uid(5))
	s.expectIDs(read(start, 1), "no more than the limit", uid(3))
	s.record(row(uid(3), inbound.Ignored))
	s.expectIDs(read(start, 10), "uid 3 has no next try now", uid(5))
	s.record(ignored(uid(6), start.Add(24*time.Hour)), ignored(uid(7), start.Add(26*time.Hour)))
	s.expectIDs(read(start, 10), "no pause is longer than a day, so the clock was set back when uid 7 was to wait",
		uid(5), uid(7))
}

func (s *store) deletable(after inbound.SourceID, limit int) []inbound.LedgerEntry {
	s.Helper()
	rows, err := s.Store.Deletable(s.ctx(), "shop", "INBOX", "7", start, after, limit)
	s.check(err, "Deletable")
	return rows
}

func deletable(s *store) {
	for i, o := range inbound.Outcomes() {
		s.record(row(uid(uint32(10-i)), o)) // uploaded is 10, duplicate 9
	}
	keep, gone, young := row(uid(20), inbound.Uploaded), row(uid(21), inbound.Uploaded), row(uid(24), inbound.Uploaded)
	keep.Keep, gone.Deleted, young.At = true, true, start.Add(time.Microsecond)
	elsewhere, older := row(uid(22), inbound.Uploaded), row(uid(23), inbound.Uploaded)
	elsewhere.Folder, older.Generation = "Other", "6"
	s.record(keep, gone, elsewhere, older, young, row(uid(30), inbound.Duplicate))
	s.expectIDs(s.deletable(inbound.SourceID{}, 10),
		"uploaded or duplicate, not kept, not deleted, of this folder and generation, and old enough",
		uid(9), uid(10), uid(30))
	s.expectIDs(s.deletable(inbound.SourceID{}, 2), "no more than the limit", uid(9), uid(10))
	s.expectIDs(s.deletable(uid(9), 10), "after uid 9", uid(10), uid(30))
	s.expectIDs(s.deletable(uid(30), 10), "after the last one")
	s.expectIDs(s.deletable(inbound.SourceID{Folder: "INBOX", Generation: "6", Key: "99"}, 10),
		"after an earlier generation",
		uid(9), uid(10), uid(30))
	s.expectIDs(s.deletable(inbound.SourceID{Folder: "INBOX.Sent", Generation: "7", Key: "1"}, 10),
		"after a later folder")
}

func unmarked(s *store) {
	to := func(id inbound.SourceID) inbound.LedgerEntry {
		e := row(id, inbound.Uploaded)
		e.Unmarked = true
		return e
	}
	elsewhere, older, gone := to(uid(1)), to(uid(1)), to(uid(6))
	elsewhere.Folder, older.Generation, gone.Deleted = "Other", "6", true
	s.check(s.Record(s.ctx(), "other", []inbound.LedgerEntry{to(uid(8))}), "Record")
	s.record(to(uid(5)), to(uid(3)), row(uid(4), inbound.Uploaded), elsewhere, older, gone, to(uid(10)))
	read := func(limit int) []inbound.LedgerEntry {
		s.Helper()
		rows, err := s.Store.Unmarked(s.ctx(), "shop", "INBOX", "7", limit)
		s.check(err, "Unmarked")
		return rows
	}
	s.expectIDs(read(10), "unmarked, not deleted, of this folder and generation", uid(3), uid(5), uid(10))
	s.expectIDs(read(2), "no more than the limit", uid(3), uid(5))
	s.record(row(uid(3), inbound.Uploaded))
	s.check(s.Store.MarkDeleted(s.ctx(), "shop", []inbound.SourceID{uid(10)}), "MarkDeleted")
	s.expectIDs(read(10), "uid 3 is marked now, and uid 10 deleted", uid(5))
	s.expectRow(to(uid(5)))
	s.record(row(uid(5), inbound.Uploaded))
	s.expectIDs(read(10), "all are marked")
}

func markDeleted(s *store) {
	twin, other := row(uidl("x", 1), inbound.Uploaded), row(uidl("y", 0), inbound.Uploaded)
	s.record(row(uid(1), inbound.Uploaded), row(uid(2), inbound.Duplicate), row(uid(3), inbound.Uploaded),
		row(uidl("x", 0), inbound.Uploaded), twin, other)
	s.check(s.Store.MarkDeleted(s.ctx(), "shop", []inbound.SourceID{uid(1), uid(2), uid(99), uidl("x", 0)}),
		"MarkDeleted")
	s.check(s.Store.MarkDeleted(s.ctx(), "shop", nil), "MarkDeleted of nothing")
	s.expectIDs(s.deletable(inbound.SourceID{}, 10), "uids 1 and 2 are deleted", uid(3))
	s.expectRow(twin)
	s.expectRow(other)
	if e, ok := s.lookup(uidl("x", 0)); !ok || !e.Deleted {
		s.Errorf("the row of x is %#v (there: %v), want it deleted", e, ok)
	}
	if _, ok := s.lookup(uid(99)); ok {
		s.Error("MarkDeleted made a row for an ID that had none")
	}
}

func markThousand(s *store) {
	var rows []inbound.LedgerEntry
	var ids []inbound.SourceID
	for n := range uint32(1000) {
		rows = append(rows, row(uid(1+n), inbound.Uploaded))
		ids = append(ids, uid(1+n))
	}
	s.record(rows...)
	s.check(s.Store.MarkDeleted(s.ctx(), "shop", ids), "MarkDeleted of 1000 IDs")
	s.expectIDs(s.deletable(inbound.SourceID{}, 10), "MarkDeleted has marked all")
}

// entriesAfterAnyID: a caller may begin at a folder or a generation.
func entriesAfterAnyID(s *store) {
	first, second, other := uid(3), uid(10), uid(1)
	second.Generation, other.Folder = "8", "Other"
	s.record(row(first, inbound.Uploaded), row(second, inbound.Uploaded), row(other, inbound.Uploaded))
	for _, tc := range []struct {
		after inbound.SourceID
		want  []inbound.SourceID
	}{
		{uid(2), []inbound.SourceID{first, second, other}},
		{uid(4), []inbound.SourceID{second, other}},
		{inbound.SourceID{Folder: "INBOX"}, []inbound.SourceID{first, second, other}},
		{inbound.SourceID{Folder: "INBOX", Generation: "8"}, []inbound.SourceID{second, other}},
		{inbound.SourceID{Folder: "Zzz"}, nil},
	} {
		rows, err := s.Entries(s.ctx(), "shop", "", tc.after, 10)
		s.check(err, "Entries after an ID without a record")
		s.expectIDs(rows, fmt.Sprintf("after %+v, which has no record", tc.after), tc.want...)
	}
}

func entriesInOrder(s *store) {
	ordered := []inbound.SourceID{
		uidl("A", 0), uidl("B", 0), uidl("B", 1), uidl("a", 0),
		{Folder: "A", Generation: "1", Key: "2"}, {Folder: "A", Generation: "1", Key: "10"},
		{Folder: "A", Generation: "2", Key: "1"}, {Folder: "a", Generation: "1", Key: "1"},
	}
	for _, i := range []int{3, 1, 7, 0, 5, 2, 6, 4} {
		outcome := inbound.Uploaded
		if i%2 == 1 {
			outcome = inbound.Ignored
		}
		s.record(row(ordered[i], outcome))
	}
	s.expectIDs(s.entries(), "in the order of SourceID.Compare", ordered...)
	pages := func(outcome inbound.Outcome) []inbound.LedgerEntry {
		s.Helper()
		var all []inbound.LedgerEntry
		for after := (inbound.SourceID{}); ; {
			page, err := s.Entries(s.ctx(), "shop", outcome, after, 3)
			s.check(err, "Entries")
			if len(page) > 3 {
				s.Fatalf("Entries with limit 3 gave %d rows", len(page))
			}
			if len(page) == 0 {
				return all
			}
			all = append(all, page...)
			after = page[len(page)-1].SourceID
		}
	}
	s.expectIDs(pages(""), "pages of 3 cover every row once", ordered...)
	s.expectIDs(pages(inbound.Ignored), "only the ignored ones", ordered[1], ordered[3], ordered[5], ordered[7])
	s.expectIDs(pages(inbound.Quarantined), "there are none")
}

func outcomes(s *store) {
	s.record(row(uid(1), inbound.Uploaded), row(uid(2), inbound.Uploaded), row(uid(3), inbound.Failed),
		row(uidl("x", 0), inbound.Uploaded))
	s.record(row(uid(3), inbound.Quarantined))
	counts, err := s.Store.Outcomes(s.ctx(), "shop")
	s.check(err, "Outcomes")
	if want := (map[inbound.Outcome]int{inbound.Uploaded: 3, inbound.Quarantined: 1}); !maps.Equal(counts, want) {
		s.Errorf("Outcomes gave %v, want %v, without outcomes that have no rows", counts, want)
	}
	if counts, err := s.Store.Outcomes(s.ctx(), "unknown"); err != nil || len(slices.Collect(maps.Keys(counts))) != 0 {
		s.Errorf("Outcomes of an unknown account gave %v, %v", counts, err)
	}
}
