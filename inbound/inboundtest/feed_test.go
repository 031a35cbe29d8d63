package inboundtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// openFeed opens a session on a feed, which ends with the test.
func openFeed(t *testing.T, f *inboundtest.Feed, folders ...string) inbound.Session {
	t.Helper()
	s, err := f.Open(t.Context(), inbound.Account{Folders: folders}, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// walkFeed lists from a cursor to the end.
func walkFeed(t *testing.T, s inbound.Session, from inbound.Cursor) (pages []inbound.Listing, next inbound.Cursor) {
	t.Helper()
	for more := true; more; from = next {
		page, err := s.List(t.Context(), "", from)
		require.NoError(t, err)
		pages = append(pages, page)
		next, more = page.Next, page.More
	}
	return pages, next
}

// keysOf returns the keys of the listed messages, in order.
func keysOf(pages []inbound.Listing) (keys []string) {
	for _, page := range pages {
		for _, ref := range page.Refs {
			keys = append(keys, ref.Key)
		}
	}
	return keys
}

func TestFeed_KeysUnorderedAndDifferByCase(t *testing.T) {
	f := inboundtest.NewFeed()
	var byArrival []string
	folded := make(map[string]bool)
	for i := range 40 {
		key := f.Key(f.Deliver(fmt.Append(nil, i)))
		assert.Len(t, key, 24)
		byArrival = append(byArrival, key)
		folded[strings.ToLower(key)] = true
	}
	assert.Len(t, folded, 30, "10 pairs differ by letter case alone")
	pages, _ := walkFeed(t, openFeed(t, f), inbound.Cursor{})
	listed := keysOf(pages)
	assert.ElementsMatch(t, byArrival, listed)
	assert.NotEqual(t, byArrival, listed)
}

func TestFeed_PagesMayBeEmptyAndChangesRepeat(t *testing.T) {
	f := inboundtest.NewFeed()
	f.DeliverTo("Archive", slices.Repeat([][]byte{[]byte("old")}, 40)...)
	f.DeliverTo("Orders", []byte("order"))
	f.Deliver([]byte("one"))
	s := openFeed(t, f, "INBOX", "Orders")
	pages, next := walkFeed(t, s, inbound.Cursor{})
	assert.Len(t, keysOf(pages), 2)
	assert.True(t, slices.ContainsFunc(pages, func(l inbound.Listing) bool { return l.More && len(l.Refs) == 0 }))

	key := f.Key(1)
	f.Label(key, "Orders")
	f.MarkRead(1)
	pages, next = walkFeed(t, s, next)
	assert.Equal(t, []string{key, key}, keysOf(pages), "for its mark and for its label")
	f.Unlabel(key, "INBOX")
	pages, _ = walkFeed(t, s, next)
	assert.Empty(t, keysOf(pages))
	assert.Empty(t, f.UIDs())
	assert.Equal(t, []uint32{1, 2}, f.UIDsOf("Orders"))
}

func TestFeed_EstimatesUnlessExactSizes(t *testing.T) {
	f := inboundtest.NewFeed()
	f.Deliver([]byte("Subject: x\r\n\r\none\r\n"))
	s := openFeed(t, f)
	pages, _ := walkFeed(t, s, inbound.Cursor{Received: true})
	ref := pages[0].Refs[0]
	assert.Zero(t, ref.Size)
	assert.NotZero(t, ref.Estimate)
	assert.NotEqual(t, len(f.Raw(1)), int(ref.Estimate))
	assert.False(t, ref.Received.IsZero())
	f.ExactSizes = true
	pages, _ = walkFeed(t, s, inbound.Cursor{})
	assert.Len(t, f.Raw(1), int(pages[0].Refs[0].Size))
}

func TestFeed_RewritesChangesBytesEachTime(t *testing.T) {
	f := inboundtest.NewFeed()
	f.Deliver([]byte("Subject: x\r\n\r\none\r\n"))
	s := openFeed(t, f)
	pages, _ := walkFeed(t, s, inbound.Cursor{})
	read := func() (text string) {
		err := s.Fetch(t.Context(), pages[0].Refs, inbound.FetchOptions{}, func(_ inbound.Ref, r io.Reader) error {
			raw, err := io.ReadAll(r)
			text = string(raw)
			return err
		})
		require.NoError(t, err)
		return text
	}
	assert.Equal(t, read(), read())
	f.Rewrites = true
	first := read()
	assert.NotEqual(t, first, read())
	assert.True(t, strings.HasSuffix(first, string(f.Raw(1))))
}

func TestFeed_RekeyToFormerKey(t *testing.T) {
	f := inboundtest.NewFeed()
	f.Deliver([]byte("one"))
	s := openFeed(t, f)
	_, next := walkFeed(t, s, inbound.Cursor{})
	old := f.Key(1)
	now := f.Rekey(old, "")
	assert.Equal(t, now, f.Key(1))
	assert.Empty(t, f.Rekey(old, ""), "nothing has it")
	pages, next := walkFeed(t, s, next)
	assert.Equal(t, []string{now}, keysOf(pages))
	assert.Equal(t, old, f.Rekey(now, old))
	pages, _ = walkFeed(t, s, next)
	assert.Equal(t, []string{old}, keysOf(pages))
}

func TestFeed_Intercept(t *testing.T) {
	broken := errors.New("broken")
	for _, failing := range []string{"open", "list", "fetch", "deliver", "delete", "seen"} {
		f := inboundtest.NewFeed()
		f.Deliver([]byte("one"))
		f.Intercept = func(step string) error {
			if step == failing {
				return broken
			}
			return nil
		}
		f.InterceptFolder = func(_, folder string) error {
			assert.Empty(t, folder)
			return nil
		}
		assert.Equal(t, broken, playFeed(t.Context(), f), failing)
		assert.Equal(t, []uint32{1}, f.UIDs())
		assert.Zero(t, f.Sessions())
	}
	f := inboundtest.NewFeed()
	f.Deliver([]byte("one"))
	f.InterceptMessage = func([]byte) error { return broken }
	assert.Equal(t, broken, playFeed(t.Context(), f))
	f.InterceptMessage = nil
	require.NoError(t, playFeed(t.Context(), f))
	assert.Empty(t, f.UIDs())
}

// playFeed does everything once.
func playFeed(ctx context.Context, f *inboundtest.Feed) error {
	s, err := f.Open(ctx, inbound.Account{}, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // it does not fail
	page, err := s.List(ctx, "", inbound.Cursor{})
	if err != nil {
		return err
	}
	ignore := func(inbound.Ref, io.Reader) error { return nil }
	if err := s.Fetch(ctx, page.Refs, inbound.FetchOptions{}, ignore); err != nil {
		return err
	}
	if err := s.(inbound.Marker).MarkSeen(ctx, page.Refs); err != nil {
		return err
	}
	return s.Delete(ctx, page.Refs)
}
