package inboundtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postroom/postroom/inbound"
)

var archivedTests = map[string]func(*store){
	"Email":           archivedEmail,
	"Kept":            archivedKept,
	"BesideOthers":    archivedBesideOthers,
	"List":            listArchived,
	"UndoneWithTheTx": archivedIsUndone,
}

// archivedAs returns an email whose bytes are in the archive.
func archivedAs(id, sha256 string) inbound.NewEmail {
	e := newEmail(id, nil)
	e.SHA256, e.Size, e.Archived, e.Raw = sha256, 5_000_000_000, true, nil
	return e
}

func (s *store) expectArchived(id, want string) {
	s.Helper()
	r, err := s.OpenRaw(s.ctx(), id)
	if err == nil {
		_ = r.Close()
	}
	var archived *inbound.ArchivedError
	if !errors.As(err, &archived) || archived.SHA256 != want {
		s.Errorf("OpenRaw of %s gave the error %v, want an ArchivedError with the SHA-256 %q", id, err, want)
	}
}

// archived returns what ListArchived has, in pages of limit, without what is there twice.
func (s *store) archived(limit int) []string {
	s.Helper()
	all, err := allArchived(s.ctx(), s.Store, limit)
	s.check(err, "ListArchived")
	return all
}

func allArchived(ctx context.Context, emails inbound.Emails, limit int) (all []string, err error) {
	for after, pages := "", 0; ; pages++ {
		page, next, err := emails.ListArchived(ctx, after, limit)
		if err != nil {
			return nil, err
		}
		if len(page) > limit || pages > 10_000 {
			return nil, fmt.Errorf("a limit of %d gave %d, on page %d", limit, len(page), pages)
		}
		all = append(all, page...)
		if after = next; next == "" {
			slices.Sort(all)
			return slices.Compact(all), nil
		}
	}
}

func archivedEmail(s *store) {
	s.add(archivedAs("e1", sumOf(letter(1))))
	s.expectArchived("e1", sumOf(letter(1)))
	e, err := s.Email(s.ctx(), "e1")
	if s.check(err, "Email"); e.SHA256 != sumOf(letter(1)) || e.Size != 5_000_000_000 {
		s.Errorf("Email gave %+v, want the SHA-256 and the size that were added", e)
	}
	again := newEmail("e1", []byte("raw"))
	s.add(again, archivedAs("e2", sumOf(letter(2))))
	s.expectArchived("e1", sumOf(letter(1)))
	s.expectArchived("e2", sumOf(letter(2)))
}

func archivedKept(s *store) {
	s.check(s.KeepArchived(s.ctx(), "k", sumOf(letter(1))), "KeepArchived")
	s.check(s.KeepArchived(s.ctx(), "k", sumOf(letter(2))), "KeepArchived of a key that is there")
	s.check(s.KeepRaw(s.ctx(), "k", bytes.NewReader([]byte("other"))), "KeepRaw of a key that is there")
	s.expectArchived("k", sumOf(letter(1)))
	if ids := s.emails(); len(ids) != 0 {
		s.Errorf("KeepArchived made the emails %q", ids)
	}
	s.add(archivedAs("k", sumOf(letter(3))))
	s.expectArchived("k", sumOf(letter(3)))
	s.check(s.KeepArchived(s.ctx(), "k", sumOf(letter(4))), "KeepArchived of an email that is there")
	s.expectArchived("k", sumOf(letter(3)))
	if got := s.archived(10); !slices.Equal(got, []string{sumOf(letter(3))}) {
		s.Errorf("ListArchived gave %q, want only what the email has, which replaces what was kept", got)
	}
}

func archivedBesideOthers(s *store) {
	s.add(newEmail("old", []byte("in the store")), archivedAs("new", sumOf(letter(1))))
	s.check(s.KeepRaw(s.ctx(), "k1", bytes.NewReader([]byte("kept"))), "KeepRaw")
	s.check(s.KeepArchived(s.ctx(), "k2", sumOf(letter(2))), "KeepArchived")
	s.check(s.KeepArchived(s.ctx(), "k1", sumOf(letter(3))), "KeepArchived of a key that is there")
	s.expectRaw("old", []byte("in the store"))
	s.expectRaw("k1", []byte("kept"))
	s.expectArchived("new", sumOf(letter(1)))
	s.expectArchived("k2", sumOf(letter(2)))
	s.add(newEmail("k2", []byte("the email's")), archivedAs("k1", sumOf(letter(4))))
	s.expectRaw("k2", []byte("the email's"))
	s.expectArchived("k1", sumOf(letter(4)))
}

func listArchived(s *store) {
	if got := s.archived(10); len(got) != 0 {
		s.Errorf("ListArchived of an empty store gave %q", got)
	}
	var want []string
	for i := range 40 {
		sum := sumOf(letter(i))
		switch i % 4 {
		case 0:
			e := archivedAs(fmt.Sprint("e", i), sum)
			e.AccountID = fmt.Sprint("a", i%3)
			s.add(e)
		case 1:
			s.check(s.KeepArchived(s.ctx(), fmt.Sprint("k", i), sum), "KeepArchived")
		case 2:
			e := newEmail(fmt.Sprint("e", i), letter(i))
			e.SHA256 = sum
			s.add(e)
		default:
			s.check(s.KeepRaw(s.ctx(), fmt.Sprint("k", i), bytes.NewReader(letter(i))), "KeepRaw")
		}
		if i%4 < 2 {
			want = append(want, sum)
		}
	}
	s.add(archivedAs("same", sumOf(letter(0))))
	slices.Sort(want)
	for _, limit := range []int{1, 3, 10, 1000} {
		if got := s.archived(limit); !slices.Equal(got, want) {
			s.Errorf("ListArchived in pages of %d gave %d, want the %d that are in the archive", limit, len(got), len(want))
		}
	}
}

func archivedIsUndone(s *store) {
	s.check(s.KeepArchived(s.ctx(), "k", sumOf(letter(1))), "KeepArchived")
	s.undo(func(ctx context.Context) error {
		return errors.Join(s.AddEmails(ctx, []inbound.NewEmail{archivedAs("k", sumOf(letter(2)))}),
			s.KeepArchived(ctx, "other", sumOf(letter(3))))
	})
	s.expectArchived("k", sumOf(letter(1)))
	if got := s.archived(10); !slices.Equal(got, []string{sumOf(letter(1))}) {
		s.Errorf("after a failed transaction, ListArchived gave %q, want what was there before", got)
	}
}
