package inboundtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestSessionSuite_CatchesBrokenFeeds(t *testing.T) { mutant.Run(t, brokenFeeds) }

var brokenFeeds = map[string]mutant.Mutant{
	"TakesItsTokenAfterTheListing": feed(tokenAfterListing, "Feed/NothingIsMissedWhileListing",
		"before the first page"),
	"SwallowsRefusals": feed(swallowsRefusals, "Feed/RefusedTokenIsSaidToBe", "is never listed"),
	"TakesTokensOfOtherFolders": feed(takesOtherTokens, "Feed/TokenOfOtherFoldersIsRefused",
		"would never be listed"),
	"GivesNoToken":           feed(givesNoToken, "Feed/TokenTellsWhatIsNew", "each pass would list everything"),
	"TellsOfCreatedOnly":     feed(createdOnly, "Feed/LabeledLaterIsNew", "as good as new"),
	"ListsRemovals":          feed(listsRemovals, "Feed/RemovedIsNotListed", "removals are no messages"),
	"FoldsKeys":              feed(foldsKeys, "Feed/KeysDifferByCase", "List gave 6 of 8 messages"),
	"ListsEachLabel":         feed(listsTwice, "Feed/SeveralLabelsAreOneMessage", "one of them has two labels"),
	"DeletesInOneFolder":     feed(deletesInInbox, "Feed/DeleteTakesOutOfEveryFolder", "gone for good"),
	"TakesEstimatesForSizes": feed(estimatesAsSizes, "List/PagesAreCompleteAndInOrder", "as the server says"),
}

// feed is the suite on a good feed whose sessions are spoiled.
func feed(spoil func(*inboundtest.Feed, *spoiled), where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		inboundtest.TestSession(t, inboundtest.SessionUnderTest{Protocol: "feed",
			New: func(_ *testing.T, f *inboundtest.Feed) (inbound.Fetcher, inbound.Account) {
				spoilSession := func(s *spoiled) { spoil(f, s) }
				return wholeSpoiler{spoiler{f, spoilSession}}, inbound.Account{Folders: []string{"INBOX"}}
			}})
	}}
}

// wholeSpoiler is a spoiler that lists the whole mailbox.
type wholeSpoiler struct{ spoiler }

func (wholeSpoiler) WholeMailbox() {}

// page spoils the pages of listings.
func (s *spoiled) page(spoil func(from inbound.Cursor, page *inbound.Listing)) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		page, err := list(ctx, folder, from)
		if err == nil {
			spoil(from, &page)
		}
		return page, err
	}
}

func tokenAfterListing(_ *inboundtest.Feed, s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		page, err := list(ctx, folder, from)
		for at := page; err == nil && !page.More; {
			if at, err = list(ctx, folder, at.Next); !at.More {
				page.Next = at.Next
				break
			}
		}
		return page, err
	}
}

func swallowsRefusals(_ *inboundtest.Feed, s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		page, err := list(ctx, folder, from)
		if errors.Is(err, inbound.ErrCursorRefused) {
			return inbound.Listing{Next: from}, nil
		}
		return page, err
	}
}

func takesOtherTokens(_ *inboundtest.Feed, s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		page, err := list(ctx, folder, from)
		if errors.Is(err, inbound.ErrCursorRefused) {
			from.Token = strings.Replace(from.Token, `["INBOX"]`, `["INBOX","Orders"]`, 1)
			return list(ctx, folder, from)
		}
		return page, err
	}
}

func givesNoToken(_ *inboundtest.Feed, s *spoiled) {
	s.page(func(_ inbound.Cursor, page *inbound.Listing) {
		if !page.More {
			page.Next.Token = ""
		}
	})
}

// createdOnly leaves out what was somewhere else before.
func createdOnly(f *inboundtest.Feed, s *spoiled) {
	s.page(func(from inbound.Cursor, page *inbound.Listing) {
		page.Refs = slices.DeleteFunc(page.Refs, func(ref inbound.Ref) bool {
			return from.Token != "" && ref.Key == f.KeyOf("Archive", 1)
		})
	})
}

// listsRemovals mistakes the removal of a message for a message.
func listsRemovals(_ *inboundtest.Feed, s *spoiled) {
	var all []inbound.Ref
	s.page(func(from inbound.Cursor, page *inbound.Listing) {
		if from.Token == "" {
			all = slices.Clone(page.Refs)
		} else {
			page.Refs = append(page.Refs, all...)
		}
	})
}

func foldsKeys(_ *inboundtest.Feed, s *spoiled) {
	s.page(func(_ inbound.Cursor, page *inbound.Listing) {
		for i := range page.Refs {
			page.Refs[i].Key = strings.ToLower(page.Refs[i].Key)
		}
	})
}

func listsTwice(_ *inboundtest.Feed, s *spoiled) {
	s.page(func(_ inbound.Cursor, page *inbound.Listing) { page.Refs = append(page.Refs, page.Refs...) })
}

// deletesInInbox takes the label off and leaves the message.
func deletesInInbox(f *inboundtest.Feed, s *spoiled) {
	s.delete = func(_ context.Context, refs []inbound.Ref) error {
		for _, ref := range refs {
			f.Unlabel(ref.Key, "INBOX")
		}
		return nil
	}
}

func estimatesAsSizes(_ *inboundtest.Feed, s *spoiled) {
	s.page(func(_ inbound.Cursor, page *inbound.Listing) {
		for i := range page.Refs {
			page.Refs[i].Size = page.Refs[i].Estimate
		}
	})
}
