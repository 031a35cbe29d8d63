package inboundtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mutant"
)

func TestFetcherSuite_CatchesBrokenWatchers(t *testing.T) { mutant.Run(t, brokenWatchers) }

var brokenWatchers = map[string]mutant.Mutant{
	"WaitsForTheLimit": watchers(func(ctx context.Context, s watchedSession, folder string, limit time.Duration,
		_ <-chan struct{}) error {
		return s.Watch(ctx, folder, limit, make(chan struct{}))
	}, "Watch/WakeEndsWatch", "goes on for 3s: wake has received something"),
	"HearsNoNews": watchers(func(ctx context.Context, _ watchedSession, _ string, limit time.Duration,
		wake <-chan struct{}) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-time.After(limit):
		}
		return nil
	}, "Watch/NewsEndWatch", "goes on for 3s: a message has come"),
	"ForgetsWhatCameBefore": watchers(func(ctx context.Context, s watchedSession, folder string, limit time.Duration,
		wake <-chan struct{}) error {
		_, err := s.List(ctx, folder, inbound.Cursor{Generation: "1", After: 1 << 31})
		return errors.Join(err, s.Watch(ctx, folder, limit, wake))
	}, "Watch/NewsBeforeWatchEndIt", "goes on for 3s: a message has come after List and before Watch"),
	"NeverWaits": watchers(func(context.Context, watchedSession, string, time.Duration, <-chan struct{}) error {
		return nil
	}, "Watch/LimitEndsWatch", "look without end"),
	"IgnoresTheContext": watchers(func(ctx context.Context, s watchedSession, folder string, limit time.Duration,
		wake <-chan struct{}) error {
		return s.Watch(context.WithoutCancel(ctx), folder, limit, wake)
	}, "Watch/ContextEndsWatch", "goes on for 3s after its context has ended"),
	"WatchesInboxOnly": watchers(func(ctx context.Context, s watchedSession, _ string, _ time.Duration,
		wake <-chan struct{}) error {
		return s.Watch(ctx, "INBOX", time.Millisecond, wake)
	}, "Watch/FolderThatDoesNotExist", "Watch of a folder that does not exist"),
	"IgnoresNewest": sessions(inbound.IMAP, ignoresNewest, "Newest/PagesComeFromTheEnd",
		"the first page does not end with the newest message"),
	"PassesTheCursor": sessions(inbound.IMAP, passesTheCursor, "Newest/StopsAtTheCursor",
		"on and after 25 gave"),
	"ListsNothingAgain": sessions(inbound.IMAP, listsNothingAgain, "Newest/ListsAgain",
		"want them before the others"),
	"SkipsBetweenPages": sessions(inbound.IMAP, skipsBetweenPages, "Newest/PagesComeFromTheEnd", "all of them"),
}

// watchedSession is a good session that can watch.
type watchedSession struct {
	inbound.Session
	inbound.Watcher
}

type watchFunc func(context.Context, watchedSession, string, time.Duration, <-chan struct{}) error

// brokenWatcher is a session whose Watch is replaced.
type brokenWatcher struct {
	inbound.Session
	watch watchFunc
}

func (s brokenWatcher) Watch(ctx context.Context, folder string, limit time.Duration, wake <-chan struct{}) error {
	return s.watch(ctx, watchedSession{s.Session, s.Session.(inbound.Watcher)}, folder, limit, wake)
}

type brokenWatchFetcher struct {
	inbound.Fetcher
	watch watchFunc
}

func (f brokenWatchFetcher) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := f.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return brokenWatcher{s, f.watch}, nil
}

// watchers is the suite on a good fetcher whose sessions watch so.
func watchers(watch watchFunc, where, says string) mutant.Mutant {
	return fetcher(inbound.IMAP, func(f inbound.Fetcher) inbound.Fetcher { return brokenWatchFetcher{f, watch} },
		where, says)
}

func ignoresNewest(s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		from.Newest, from.Before = false, 0
		return list(ctx, folder, from)
	}
}

// passesTheCursor lists all mail.
func passesTheCursor(s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		from.After = 0
		return list(ctx, folder, from)
	}
}

// skipsBetweenPages loses the message before each page.
func skipsBetweenPages(s *spoiled) {
	list := s.list
	s.list = func(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
		if from.Before > 1 {
			from.Before--
		}
		return list(ctx, folder, from)
	}
}
