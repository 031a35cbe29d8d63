package inboundtest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// fingerprintTests are about emails and records that are found by their fingerprint.
var fingerprintTests = map[string]func(*store){
	"ByFingerprint":       byFingerprint,
	"ByFingerprintMany":   byFingerprintMany,
	"Stale":               staleFingerprints,
	"Set":                 setFingerprints,
	"SourcesAreCounted":   sourcesAreCounted,
	"ReconsiderUnmatched": reconsiderUnmatched,
}

// addPrinted adds an email of a shop with a fingerprint.
func (s *store) addPrinted(id, shop, fingerprint string) {
	s.Helper()
	e := newEmail(id, []byte("raw"))
	e.Shop, e.Fingerprint = shop, fingerprint
	s.add(e)
}

// alike returns the IDs of what EmailsByFingerprint gives for a shop.
func (s *store) alike(shop string, fingerprints ...string) map[string][]string {
	s.Helper()
	found, err := s.EmailsByFingerprint(s.ctx(), shop, fingerprints)
	s.check(err, "EmailsByFingerprint")
	ids := make(map[string][]string)
	for fingerprint, emails := range found {
		for _, e := range emails {
			ids[fingerprint] = append(ids[fingerprint], e.ID)
			if e.Fingerprint != fingerprint {
				s.Errorf("EmailsByFingerprint gave %s under %q, but it has %q", e.ID, fingerprint, e.Fingerprint)
			}
		}
	}
	return ids
}

func (s *store) expectAlike(why string, got, want map[string][]string) {
	s.Helper()
	if !maps.EqualFunc(got, want, slices.Equal) {
		s.Errorf("EmailsByFingerprint gave %v, want %v: %s", got, want, why)
	}
}

func byFingerprint(s *store) {
	s.addPrinted("b", "main", "h1:x")
	s.addPrinted("a", "main", "h1:x")
	s.addPrinted("c", "main", "h1:y")
	s.addPrinted("d", "other", "h1:x")
	s.addPrinted("e", "main", "h1:X")
	s.addPrinted("f", "main", "")
	s.expectAlike("those of the shop, in the order of upload", s.alike("main", "h1:x", "h1:y", "h1:z"),
		map[string][]string{"h1:x": {"b", "a"}, "h1:y": {"c"}})
	s.expectAlike("of the other shop", s.alike("other", "h1:x", "h1:y"), map[string][]string{"h1:x": {"d"}})
	s.expectAlike("nothing was asked for", s.alike("main"), map[string][]string{})
	found, err := s.EmailsByFingerprint(s.ctx(), "main", []string{"h1:y"})
	s.check(err, "EmailsByFingerprint")
	if e := found["h1:y"]; len(e) != 1 || e[0].Sources != 1 || e[0].CustomerID != "c1" {
		s.Errorf("EmailsByFingerprint gave %+v, want the whole email c", e)
	}
}

func byFingerprintMany(s *store) {
	var fingerprints []string
	want := make(map[string][]string)
	var emails []inbound.NewEmail
	for i := range 1000 {
		fingerprint := fmt.Sprint("h1:", i)
		fingerprints = append(fingerprints, fingerprint)
		if i%10 == 0 {
			e := newEmail(fmt.Sprint("e", i), nil)
			e.Fingerprint = fingerprint
			emails = append(emails, e)
			want[fingerprint] = []string{e.ID}
		}
	}
	s.add(emails...)
	s.expectAlike("1000 were asked for", s.alike("main", fingerprints...), want)
	for i := range inbound.MaxAlike + 3 {
		id := fmt.Sprint("same", i)
		s.addPrinted(id, "main", "h1:same")
		if i < inbound.MaxAlike {
			want["h1:same"] = append(want["h1:same"], id)
		}
	}
	s.expectAlike("of each no more than MaxAlike, the first ones",
		s.alike("main", append(fingerprints[:999:999], "h1:same")...), want)
}

func staleFingerprints(s *store) {
	for i, fingerprint := range []string{"", "h1:", "h1:a", "h0:a", "h10:a", "h2:a", "H1:a", "h1"} {
		s.addPrinted(fmt.Sprint("e", i), "main", fingerprint)
	}
	stale := func(limit int) []string {
		s.Helper()
		ids, err := s.StaleFingerprints(s.ctx(), "h1:", limit)
		s.check(err, "StaleFingerprints")
		slices.Sort(ids)
		return ids
	}
	if ids, want := stale(100), []string{"e0", "e3", "e4", "e5", "e6", "e7"}; !slices.Equal(ids, want) {
		s.Errorf("StaleFingerprints gave %q, want %q: those that do not begin with the version", ids, want)
	}
	if ids := stale(2); len(ids) != 2 {
		s.Errorf("StaleFingerprints with limit 2 gave %q", ids)
	}
}

func setFingerprints(s *store) {
	s.addPrinted("a", "main", "")
	s.addPrinted("b", "main", "h1:x")
	s.addPrinted("c", "main", "h1:x")
	changed := map[string]string{"a": "h1:x", "b": "h1:y", "unknown": "h1:x"}
	s.check(s.Store.SetFingerprints(s.ctx(), changed), "SetFingerprints")
	s.check(s.Store.SetFingerprints(s.ctx(), nil), "SetFingerprints of nothing")
	s.expectAlike("two fingerprints were set", s.alike("main", "h1:x", "h1:y", ""),
		map[string][]string{"h1:x": {"a", "c"}, "h1:y": {"b"}})
	if e, err := s.Email(s.ctx(), "a"); err != nil || e.Fingerprint != "h1:x" || e.CustomerID != "c1" {
		s.Errorf("after SetFingerprints, Email gave %+v, %v", e, err)
	}
}

func sourcesAreCounted(s *store) {
	s.add(newEmail("e1", nil), newEmail("e2", nil))
	duplicate := func(n uint32, of string) inbound.LedgerEntry {
		e := row(uid(n), inbound.Duplicate)
		e.EmailID = of
		return e
	}
	own := row(uid(1), inbound.Uploaded)
	own.EmailID = "e1"
	kept := row(uid(9), inbound.Quarantined)
	kept.EmailID = "e1"
	s.record(own, duplicate(2, "e1"), duplicate(3, "e1"), kept)
	s.check(s.Record(s.ctx(), "other", []inbound.LedgerEntry{duplicate(2, "e1")}), "Record")
	expect := func(why string, one, two int) {
		s.Helper()
		list, err := s.ListEmails(s.ctx(), inbound.EmailFilter{}, "", 10)
		s.check(err, "ListEmails")
		e1, err := s.Email(s.ctx(), "e1")
		s.check(err, "Email")
		if len(list) != 2 || list[0].Sources != one || list[1].Sources != two || e1.Sources != one {
			s.Errorf("Sources are %d in Email and %+v in ListEmails, want %d and %d: %s",
				e1.Sources, list, one, two, why)
		}
	}
	expect("the email and its duplicates, of all accounts", 4, 1)
	s.record(duplicate(3, "e2"), row(uid(2), inbound.Ignored))
	expect("one is a duplicate of the other email now, and one is none", 2, 2)
}

func reconsiderUnmatched(s *store) {
	unmatched := func(n uint32, fingerprint string) inbound.LedgerEntry {
		e := row(uid(n), inbound.Unmatched)
		e.Fingerprint = fingerprint
		return e
	}
	uploaded, deleted := unmatched(4, "h1:x"), unmatched(5, "h1:x")
	uploaded.Outcome, deleted.Deleted = inbound.Uploaded, true
	s.record(unmatched(1, "h1:x"), unmatched(2, "h1:y"), unmatched(3, "h1:z"), uploaded, deleted, unmatched(6, ""))
	for _, account := range []string{"other", "third"} {
		s.check(s.Record(s.ctx(), account, []inbound.LedgerEntry{unmatched(1, "h1:x")}), "Record")
	}
	at := start.Add(time.Hour)
	s.check(s.Store.Reconsider(s.ctx(), []string{"shop", "other"}, []string{"h1:x", "h1:y"}, at), "Reconsider")
	due := func(account string) []inbound.LedgerEntry {
		s.Helper()
		rows, err := s.Store.DueForRetry(s.ctx(), account, "INBOX", "7", at, 100)
		s.check(err, "DueForRetry")
		return rows
	}
	s.expectIDs(due("shop"), "unmatched, of these fingerprints, not deleted", uid(1), uid(2))
	s.expectIDs(due("other"), "of another of the accounts", uid(1))
	s.expectIDs(due("third"), "of an account that is not among them")
	want := unmatched(1, "h1:x")
	want.NextTry = at
	s.expectRow(want)
	s.check(s.Store.Reconsider(s.ctx(), nil, []string{"h1:z"}, at), "Reconsider of no account")
	s.check(s.Store.Reconsider(s.ctx(), []string{"shop"}, nil, at), "Reconsider of no fingerprint")
	s.expectIDs(due("shop"), "nothing more was asked for", uid(1), uid(2))
}
