package inboundtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"testing"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/pop3fetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestFetcherSuite_CatchesBrokenFetchers(t *testing.T) { mutant.Run(t, brokenFetchers) }

var brokenFetchers = map[string]mutant.Mutant{
	"TakesACutMessageForWhole":     sessions(inbound.IMAP, takesCut, "Cut/FetchAtAnyByte", "mail is lost"),
	"TakesACutMessageForWholePOP3": sessions(inbound.POP3, takesCut, "Cut/FetchAtAnyByte", "mail is lost"),
	"MarksAsRead": sessions(inbound.IMAP, marksAsRead, "Fetch/NoFlagChanges",
		"reading has marked [1 2 3 4 5] as read"),
	"DeletesTheNeighbor": sessions(inbound.IMAP, deletesNeighbour, "Delete/RemovesExactlyThese",
		"2 and 8 were to be deleted"),
	"DeletesByIDAlone": sessions(inbound.IMAP, deletesByIDAlone, "Delete/DifferentMessageStays",
		"4 is a different message now"),
	"DeletesByIDAlonePOP3": sessions(inbound.POP3, deletesByIDAlone, "Delete/DifferentMessageStays",
		"4 is a different message now"),
	"DeletesWhatOthersHaveMarked": sessions(inbound.IMAP, deletesMarked, "Delete/OthersMarksStay",
		"a plain EXPUNGE removes them too"),
	"IgnoresContexts": sessions(inbound.IMAP, ignoresContexts, "Context/EndsFetchAtASilentServer",
		"hangs forever"),
	"IgnoresContextsPOP3": sessions(inbound.POP3, ignoresContexts, "Context/EndsDeleteAtASilentServer",
		"hangs forever"),
	"ListsNoMarks": sessions(inbound.IMAP, listsNoMarks, "IMAP/MarksAreListed",
		`want ["" "deleted" "draft" "" "deleted"]`),
	"ListsNothingAgain": sessions(inbound.IMAP, listsNothingAgain, "IMAP/ListsAgain",
		"List gave [29 30], want [4 11 28 29 30]"),
	"ListsOnePage": sessions(inbound.POP3, listsOnePage, "List/PagesAreCompleteAndInOrder",
		"the pages of a folder of 1234 messages have 1000 together"),
	"SwallowsErrorsOfEach": sessions(inbound.POP3, swallowsErrors, "Fetch/ErrorOfEachIsReturned",
		"want each's error"),
	"ShowsThePassword": fetcher(inbound.IMAP, showPassword, "Open/WrongPassword",
		"the error shows the password"),
	"MiscountsAFolder": fetcher(inbound.IMAP, miscount, "List/FolderInfoCounts", "want 5 messages"),
	"LeavesAGoroutine": sessions(inbound.IMAP, leavesGoroutine, "Session/CloseMayBeRepeated",
		"a goroutine is left after everything was closed"),
}

// spoiled is a good session with some methods replaced.
type spoiled struct {
	inbound.Session
	list   func(context.Context, string, inbound.Cursor) (inbound.Listing, error)
	fetch  func(context.Context, []inbound.Ref, inbound.FetchOptions, func(inbound.Ref, io.Reader) error) error
	delete func(context.Context, []inbound.Ref) error
}

func (s *spoiled) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	return s.list(ctx, folder, from)
}

func (s *spoiled) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	return s.fetch(ctx, refs, part, each)
}

func (s *spoiled) Delete(ctx context.Context, refs []inbound.Ref) error { return s.delete(ctx, refs) }

// spoiler is a fetcher with spoiled sessions.
type spoiler struct {
	inbound.Fetcher
	spoil func(*spoiled)
}

func (f spoiler) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	good, err := f.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	s := &spoiled{good, good.List, good.Fetch, good.Delete}
	f.spoil(s)
	return s, nil
}

// sessions is the suite on a good fetcher whose sessions are spoiled.
func sessions(protocol inbound.Protocol, spoil func(*spoiled), where, says string) mutant.Mutant {
	return fetcher(protocol, func(f inbound.Fetcher) inbound.Fetcher { return spoiler{f, spoil} }, where, says)
}

// fetcher is the suite on a good fetcher that is spoiled.
func fetcher(protocol inbound.Protocol, spoil func(inbound.Fetcher) inbound.Fetcher, where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		inboundtest.TestFetcher(t, inboundtest.FetcherUnderTest{Protocol: protocol,
			New: func(p inbound.NetworkPolicy) inbound.Fetcher {
				if protocol == inbound.POP3 {
					return spoil(pop3fetch.New(&pop3fetch.Options{Network: p}))
				}
				return spoil(imapfetch.New(&imapfetch.Options{Network: p}))
			}})
	}}
}

// endless is a reader that returns io.EOF in place of every error.
type endless struct{ io.Reader }

func (e endless) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

func takesCut(s *spoiled) {
	fetch := s.fetch
	s.fetch = func(
		ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
	) error {
		return fetch(ctx, refs, part, func(ref inbound.Ref, r io.Reader) error { return each(ref, endless{r}) })
	}
}

func marksAsRead(s *spoiled) {
	fetch := s.fetch
	s.fetch = func(
		ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
	) error {
		return errors.Join(fetch(ctx, refs, part, each), s.Session.(inbound.Marker).MarkSeen(ctx, refs))
	}
}

func listsNoMarks(s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		l, err := list(ctx, folder, from)
		for i := range l.Refs {
			l.Refs[i].Mark = inbound.MarkNone
		}
		return l, err
	}
}

func listsNothingAgain(s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		from.Again = nil
		return list(ctx, folder, from)
	}
}

func deletesNeighbour(s *spoiled) {
	del := s.delete
	s.delete = func(ctx context.Context, refs []inbound.Ref) error {
		next := refs[0]
		n, _ := strconv.Atoi(next.Key)
		next.Key, next.Size = strconv.Itoa(n+1), 0
		return del(ctx, append(slices.Clone(refs), next))
	}
}

func deletesByIDAlone(s *spoiled) {
	del := s.delete
	s.delete = func(ctx context.Context, refs []inbound.Ref) error {
		refs = slices.Clone(refs)
		for i := range refs {
			refs[i].Size = 0
		}
		return del(ctx, refs)
	}
}

// deletesMarked expunges everything by a message that is marked and listed.
func deletesMarked(s *spoiled) {
	del := s.delete
	s.delete = func(ctx context.Context, refs []inbound.Ref) error {
		all := slices.Clone(refs)
		for _, key := range []string{"3", "6"} {
			marked := refs[0]
			marked.Key, marked.Size = key, 0
			all = append(all, marked)
		}
		return del(ctx, all)
	}
}

func ignoresContexts(s *spoiled) {
	fetch, del := s.fetch, s.delete
	s.fetch = func(
		ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
	) error {
		return fetch(context.WithoutCancel(ctx), refs, part, each)
	}
	s.delete = func(ctx context.Context, refs []inbound.Ref) error { return del(context.WithoutCancel(ctx), refs) }
}

func listsOnePage(s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		page, err := list(ctx, folder, from)
		page.More = false
		return page, err
	}
}

func swallowsErrors(s *spoiled) {
	fetch := s.fetch
	s.fetch = func(
		ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
	) error {
		return fetch(ctx, refs, part, func(ref inbound.Ref, r io.Reader) error {
			_ = each(ref, r)
			return nil
		})
	}
}

// showsPassword has the password in its errors.
type showsPassword struct{ inbound.Fetcher }

func showPassword(f inbound.Fetcher) inbound.Fetcher { return showsPassword{f} }

func (f showsPassword) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	if err != nil {
		credential, _ := login(ctx)
		err = fmt.Errorf("log in with %q: %w", credential.Password.Reveal(), err)
	}
	return s, err
}

func leavesGoroutine(*spoiled) {
	go func() { select {} }()
}

// miscounts opens sessions that count each folder as empty.
type miscounts struct{ inbound.Fetcher }

type miscounting struct{ inbound.Session }

func miscount(f inbound.Fetcher) inbound.Fetcher { return miscounts{f} }

func (f miscounts) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return miscounting{s}, nil
}

func (miscounting) FolderInfo(_ context.Context, folder string) (inbound.FolderInfo, error) {
	return inbound.FolderInfo{Folder: folder, Bytes: -1}, nil
}
