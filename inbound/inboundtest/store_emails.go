package inboundtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"testing/iotest"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

var emailTests = map[string]func(*store){
	"KeepsEveryField":       keepsEveryField,
	"AddAgain":              addAgain,
	"AddOfAThousand":        addThousand,
	"UnknownIsNotFound":     unknownIsNotFound,
	"RawComesBackAsItWas":   rawComesBack,
	"ConcurrentRawReaders":  concurrentRawReaders,
	"KeepRaw":               keepRaw,
	"EmailReplacesKeptRaw":  emailReplacesKeptRaw,
	"SetManager":            setManager,
	"HaveEmails":            haveEmails,
	"ListInOrderOfUpload":   listInOrder,
	"FailingRawAddsNothing": failingRaw,
	"ConcurrentAdds":        concurrentAdds,
}

func (s *store) add(emails ...inbound.NewEmail) {
	s.Helper()
	s.check(s.AddEmails(s.ctx(), emails), "AddEmails")
}

func keepsEveryField(s *store) {
	full := newEmail("e1", []byte("raw"))
	full.SourceID = inbound.SourceID{Folder: "Почта", Generation: "4294967295", Key: "~", Occurrence: 3}
	full.ManagerID = "m1"
	full.MessageID, full.InReplyTo = "<1@example.com>", "<0@example.com>"
	full.References = []string{"<0@example.com>", "<\"a b\"@example.com>"}
	full.FromName, full.Subject, full.Class, full.Verified = "Анна", "'\"☺\\", email.ClassBulk, true
	full.To = []email.Address{{Name: "Шоп, \"1\"", Address: "shop@example.com"}, {Address: "\"a b\"@example.com"}}
	full.Cc, full.Snippet = []email.Address{{Name: "Cc", Address: "cc@example.com"}}, "Где \"он\"? 👩\u200d💻 …"
	full.Size, full.SHA256, full.Notify, full.Initial = 5_000_000_000, "ab12", true, true
	full.Fingerprint, full.Extent = "h1:ab", inbound.ExtentCut
	full.Attachments = []email.Attachment{{Name: "счёт.pdf", Type: "application/pdf", Size: 1, SHA256: "cd",
		Inline: true, ContentID: "x@y", Part: "2.1"}}
	full.Warnings = []string{"one", "two"}
	bare := inbound.NewEmail{Email: inbound.Email{ID: "e2"}, Raw: bytes.NewReader(nil)}
	s.add(full, bare)
	for _, want := range []inbound.Email{full.Email, bare.Email} {
		got, err := s.Email(s.ctx(), want.ID)
		s.check(err, "Email")
		got.Date, got.UploadedAt = got.Date.UTC(), got.UploadedAt.UTC()
		want.Sources = 1
		if !reflect.DeepEqual(got, want) {
			s.Errorf("Email gave\n%+v, want\n%+v", got, want)
		}
	}
}

func addAgain(s *store) {
	s.add()
	first, second := newEmail("e1", []byte("first")), newEmail("e1", []byte("second"))
	second.Subject = "second"
	s.add(first)
	s.add(second, newEmail("e2", nil), second)
	if ids := s.emails(); !slices.Equal(ids, []string{"e1", "e2"}) {
		s.Errorf("ListEmails gave %q, want each ID once", ids)
	}
	if e, err := s.Email(s.ctx(), "e1"); err != nil || e.Subject != "" {
		s.Errorf("adding e1 again changed it: %+v, %v", e, err)
	}
	s.expectRaw("e1", []byte("first"))
}

func unknownIsNotFound(s *store) {
	if _, err := s.Email(s.ctx(), "unknown"); !errors.Is(err, inbound.ErrNotFound) {
		s.Errorf("Email of an unknown ID gave the error %v, want inbound.ErrNotFound", err)
	}
	if _, err := s.OpenRaw(s.ctx(), "unknown"); !errors.Is(err, inbound.ErrNotFound) {
		s.Errorf("OpenRaw of an unknown ID gave the error %v, want inbound.ErrNotFound", err)
	}
	s.add(newEmail("e1", nil))
	if list, err := s.ListEmails(s.ctx(), inbound.EmailFilter{}, "unknown", 10); !errors.Is(err, inbound.ErrNotFound) {
		s.Errorf("ListEmails after an unknown ID gave %d emails and the error %v, want inbound.ErrNotFound",
			len(list), err)
	}
	if list, err := s.Notifications(s.ctx(), "unknown", 10); !errors.Is(err, inbound.ErrNotFound) {
		s.Errorf("Notifications after an unknown ID gave %d entries and the error %v, want inbound.ErrNotFound",
			len(list), err)
	}
}

func addThousand(s *store) {
	all := make([]inbound.NewEmail, 1000)
	for i := range all {
		all[i] = newEmail(fmt.Sprint("e", i), []byte{byte(i)})
	}
	s.add(all...)
	if n := len(s.emails()); n != 1000 {
		s.Errorf("AddEmails of 1000 added %d", n)
	}
	s.expectRaw("e999", []byte{999 & 0xff})
}

// pattern returns n bytes, all values among them, no two parts alike.
func pattern(n int) []byte {
	data := make([]byte, n)
	x := uint32(n)
	for i := range data {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
	}
	return data
}

func (s *store) expectRaw(id string, want []byte) {
	s.Helper()
	r, err := s.OpenRaw(s.ctx(), id)
	s.check(err, "OpenRaw")
	got, err := io.ReadAll(r)
	s.check(err, "read raw bytes of "+id)
	s.check(r.Close(), "close raw bytes of "+id)
	if !bytes.Equal(got, want) {
		s.Errorf("the raw bytes of %s are %d bytes, want the %d that were added, byte for byte",
			id, len(got), len(want))
	}
}

func rawComesBack(s *store) {
	var all []inbound.NewEmail
	sizes := []int{0, 1, 4096, 65_535, 65_536, 262_144, 262_145, 524_288, 1_048_577, 3_000_000}
	for _, n := range sizes {
		all = append(all, newEmail(fmt.Sprint("e", n), pattern(n)))
	}
	s.add(all...)
	for _, n := range sizes {
		s.expectRaw(fmt.Sprint("e", n), pattern(n))
	}
}

func concurrentRawReaders(s *store) {
	one, two := pattern(700_000), pattern(700_001)
	s.add(newEmail("e1", one), newEmail("e2", two))
	open := func(id string) io.ReadCloser {
		r, err := s.OpenRaw(s.ctx(), id)
		s.check(err, "OpenRaw")
		return r
	}
	r1, r2 := open("e1"), open("e2")
	defer func() { s.check(errors.Join(r1.Close(), r2.Close()), "close raw bytes") }()
	var got1, got2 bytes.Buffer
	for range 10 {
		_, err1 := io.CopyN(&got1, r1, 50_000)
		_, err2 := io.CopyN(&got2, r2, 50_000)
		s.check(errors.Join(err1, err2), "read raw bytes")
		// An open reader does not block writers.
		s.record(row(uid(1), inbound.Uploaded))
	}
	_, err1 := got1.ReadFrom(iotest.OneByteReader(io.LimitReader(r1, 10)))
	_, err2 := got2.ReadFrom(r2)
	s.check(errors.Join(err1, err2), "read raw bytes")
	if !bytes.Equal(got1.Bytes(), one[:500_010]) || !bytes.Equal(got2.Bytes(), two) {
		s.Error("two readers of raw bytes that take turns give wrong bytes")
	}
}

func keepRaw(s *store) {
	data := pattern(300_000)
	s.check(s.KeepRaw(s.ctx(), "k", bytes.NewReader(data)), "KeepRaw")
	s.check(s.KeepRaw(s.ctx(), "k", bytes.NewReader([]byte("other"))), "KeepRaw of a key that is there")
	s.expectRaw("k", data)
	if ids := s.emails(); len(ids) != 0 {
		s.Errorf("KeepRaw made the emails %q", ids)
	}
	if _, err := s.Email(s.ctx(), "k"); !errors.Is(err, inbound.ErrNotFound) {
		s.Errorf("Email of a key that KeepRaw has kept gave the error %v, want inbound.ErrNotFound", err)
	}
	// It is retried later and uploaded after all, under the same ID.
	s.add(newEmail("k", data))
	s.expectRaw("k", data)
	s.check(s.KeepRaw(s.ctx(), "k", bytes.NewReader([]byte("other"))), "KeepRaw of an email that is there")
	s.expectRaw("k", data)
}

func emailReplacesKeptRaw(s *store) {
	for i, size := range []int{0, 10, 600_000} {
		id := fmt.Sprint("k", i)
		s.check(s.KeepRaw(s.ctx(), id, bytes.NewReader(pattern(300_000))), "KeepRaw")
		s.check(s.KeepRaw(s.ctx(), id+" other", bytes.NewReader(pattern(300_001))), "KeepRaw")
		s.add(newEmail(id, pattern(size)), newEmail(fmt.Sprint("e", i), pattern(size)))
		s.expectRaw(id, pattern(size))
		s.expectRaw(id+" other", pattern(300_001))
		s.add(newEmail(id, pattern(7)))
		s.expectRaw(id, pattern(size))
	}
}

// expectManagers checks the managers of emails, given as pairs of ID and manager.
func (s *store) expectManagers(why string, pairs ...string) {
	s.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		e, err := s.Email(s.ctx(), pair[0])
		s.check(err, "Email")
		if e.ManagerID != pair[1] {
			s.Errorf("the manager of email %s is %q, want %q: %s", pair[0], e.ManagerID, pair[1], why)
		}
	}
}

func setManager(s *store) {
	for i, manager := range []string{"", "m1", "", ""} {
		e := newEmail(fmt.Sprint("e", i), []byte("raw"))
		e.ManagerID = manager
		if i == 3 {
			e.CustomerID = "c2"
		}
		s.add(e)
	}
	s.check(s.Store.SetManager(s.ctx(), "c1", "m2"), "SetManager")
	s.check(s.Store.SetManager(s.ctx(), "unknown", "m2"), "SetManager of a customer without emails")
	s.expectManagers("emails that have a manager, and those of others, stay",
		"e0", "m2", "e1", "m1", "e2", "m2", "e3", "")
	s.check(s.Store.SetManager(s.ctx(), "c1", "m3"), "SetManager")
	s.expectManagers("all of them have a manager already", "e0", "m2", "e1", "m1", "e2", "m2", "e3", "")
	list, err := s.ListEmails(s.ctx(), inbound.EmailFilter{CustomerID: "c1"}, "", 10)
	if s.check(err, "ListEmails"); len(list) != 3 || list[0].ManagerID != "m2" {
		s.Errorf("ListEmails gave %+v, want the three of c1, the first with the manager m2", list)
	}
}

func haveEmails(s *store) {
	var all []inbound.NewEmail
	var ids []string
	for i := range 1000 {
		id := fmt.Sprint("e", i)
		ids = append(ids, id)
		if i%4 == 0 {
			all = append(all, newEmail(id, []byte{byte(i)}))
		}
	}
	s.add(all...)
	have, err := s.HaveEmails(s.ctx(), ids)
	s.check(err, "HaveEmails of 1000 IDs")
	there := 0
	for id, yes := range have {
		if !yes {
			s.Errorf("HaveEmails has %s as false, want an ID without an email absent", id)
			continue
		}
		there++
		if _, err := s.Email(s.ctx(), id); err != nil {
			s.Errorf("HaveEmails has %s, but Email gave %v", id, err)
		}
	}
	if there != 250 {
		s.Errorf("HaveEmails gave %d of the 250 that are there", there)
	}
	if have, err := s.HaveEmails(s.ctx(), nil); err != nil || len(have) != 0 {
		s.Errorf("HaveEmails of nothing gave %v, %v", have, err)
	}
}

func listInOrder(s *store) {
	var want []string
	mine := make(map[string][]string)
	for i := range 10 {
		e := newEmail(fmt.Sprint("e", 9-i), []byte("raw"))
		e.AccountID, e.CustomerID = fmt.Sprint("a", i%2), fmt.Sprint("c", i%3)
		s.add(e)
		want = append(want, e.ID)
		for _, key := range []string{e.AccountID, e.CustomerID, e.AccountID + e.CustomerID} {
			mine[key] = append(mine[key], e.ID)
		}
	}
	pages := func(filter inbound.EmailFilter) []string {
		var ids []string
		for after := ""; ; {
			page, err := s.ListEmails(s.ctx(), filter, after, 3)
			s.check(err, "ListEmails")
			if len(page) > 3 {
				s.Fatalf("ListEmails with limit 3 gave %d", len(page))
			}
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				ids = append(ids, e.ID)
			}
			after = page[len(page)-1].ID
		}
		n, err := s.CountEmails(s.ctx(), filter)
		s.check(err, "CountEmails")
		if n != len(ids) {
			s.Errorf("CountEmails of %+v gave %d, ListEmails %d", filter, n, len(ids))
		}
		return ids
	}
	mine[""] = want
	for key, filter := range maps.All(map[string]inbound.EmailFilter{
		"": {}, "a1": {AccountID: "a1"}, "c2": {CustomerID: "c2"}, "a1c2": {AccountID: "a1", CustomerID: "c2"},
		"unknown": {CustomerID: "unknown"},
	}) {
		if got := pages(filter); !slices.Equal(got, mine[key]) {
			s.Errorf("ListEmails of %+v in pages of 3 gave %q, want %q", filter, got, mine[key])
		}
	}
}

// brokenRaw cannot be read to its end.
type brokenRaw struct{ *bytes.Reader }

func (brokenRaw) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > 5 {
		return 0, errTest
	}
	return len(p), nil
}

func failingRaw(s *store) {
	bad := newEmail("bad", make([]byte, 400_000))
	bad.Raw = brokenRaw{bytes.NewReader(make([]byte, 400_000))}
	if err := s.AddEmails(s.ctx(), []inbound.NewEmail{newEmail("good", []byte("raw")), bad}); !errors.Is(err, errTest) {
		s.Errorf("AddEmails of bytes that cannot be read gave the error %v, want one that wraps the reader's", err)
	}
	if ids := s.emails(); len(ids) != 0 {
		s.Errorf("AddEmails failed, and yet there are %q: a call is atomic", ids)
	}
}
