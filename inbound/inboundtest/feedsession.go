package inboundtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/postroom/postroom/inbound"
)

// feedSession implements inbound.Session and inbound.Marker.
type feedSession struct {
	*session
	feed    *Feed
	folders []string // the account's
}

var _ inbound.Marker = (*feedSession)(nil)

// feedToken is what a Token holds. It depends on the folders and on the form of keys.
type feedToken struct {
	Epoch   int
	Folders []string
	// Baseline is the place in the log from which changes are listed. In a listing, it
	// is where the log ended before the listing began.
	Baseline int
	// Listing tells that the place is one in a listing, after this key.
	Listing bool
	After   string
}

// List implements [inbound.Session].
func (s *feedSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	if err := s.feed.stepIn(ctx, "list", folder); err != nil {
		return inbound.Listing{}, err
	}
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	if err := s.ready(folder); err != nil {
		return inbound.Listing{}, err
	}
	s.feed.update()
	at := feedToken{Epoch: s.feed.epoch, Folders: s.folders, Baseline: len(s.feed.log), Listing: true}
	if from.Token != "" && from.Generation == s.feed.generation {
		var err error
		if at, err = s.read(from.Token); err != nil {
			return inbound.Listing{}, err
		}
	}
	l := inbound.Listing{Generation: s.feed.generation}
	if at.Listing {
		at = s.list(&l, at, from.Received)
	} else {
		at = s.changes(&l, at, from.Received)
	}
	l.Next = inbound.Cursor{Generation: l.Generation, Token: at.text(), Received: from.Received}
	return l, nil
}

// FolderInfo implements [inbound.FolderInformer].
func (s *feedSession) FolderInfo(_ context.Context, folder string) (inbound.FolderInfo, error) {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	info := inbound.FolderInfo{Folder: folder, Bytes: -1}
	if err := s.ready(folder); err != nil {
		return info, err
	}
	s.feed.update()
	for _, msg := range s.feed.all() {
		if s.wants(msg) {
			info.Messages++
		}
	}
	return info, nil
}

// ready reports why nothing can be listed; the mailbox is locked.
func (s *feedSession) ready(folder string) error {
	if s.closed {
		return inbound.ErrEnded
	}
	missing := folder
	for _, name := range s.folders {
		if name != "" && s.feed.Mailbox.folders[name] == nil {
			missing = name
		}
	}
	if missing == "" {
		return nil
	}
	return &inbound.Error{Op: inbound.OpList, Folder: missing, Class: inbound.ErrPermanent,
		Err: errors.New("no such label"), Hint: "correct the account's folders"}
}

// read returns what a token holds, if it is still good.
func (s *feedSession) read(token string) (feedToken, error) {
	var at feedToken
	err := json.Unmarshal([]byte(token), &at)
	if err != nil || at.Epoch != s.feed.epoch || !slices.Equal(at.Folders, s.folders) || at.Baseline > len(s.feed.log) {
		return at, &inbound.Error{Op: inbound.OpList, Class: inbound.ErrTemporary,
			Err: fmt.Errorf("%w: it is too old, or of other folders", inbound.ErrCursorRefused)}
	}
	return at, nil
}

// text writes a token.
func (t feedToken) text() string {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // numbers and words can be written
	}
	return string(text)
}

// list fills in a page of everything, in the order of keys. The page is made before
// the filter is applied, so that it may be empty. It returns where to go on.
func (s *feedSession) list(l *inbound.Listing, at feedToken, received bool) feedToken {
	seen := 0
	for _, msg := range s.feed.all() {
		key := s.feed.keys[msg]
		if key <= at.After {
			continue
		}
		if seen == pageSize {
			l.More = true
			return at
		}
		seen++
		at.After = key
		if s.wants(msg) {
			l.Refs = append(l.Refs, s.ref(msg, received))
		}
	}
	at.Listing, at.After = false, ""
	return at
}

// changes fills in a page of the log: messages that have been given a label of the
// filter, or have been marked, and have it still. Removals are passed over.
func (s *feedSession) changes(l *inbound.Listing, at feedToken, received bool) feedToken {
	end := min(at.Baseline+pageSize, len(s.feed.log))
	for _, c := range s.feed.log[at.Baseline:end] {
		if msg := s.feed.find(c.key); msg != nil && !c.removed && s.includes(c.folder) && s.wants(msg) {
			l.Refs = append(l.Refs, s.ref(msg, received))
		}
	}
	l.More = end < len(s.feed.log)
	at.Baseline = end
	return at
}

// includes reports a folder that the account collects from.
func (s *feedSession) includes(folder string) bool {
	return len(s.folders) == 0 || slices.Contains(s.folders, folder) || slices.Contains(s.folders, "")
}

// wants reports a message that listings show.
func (s *feedSession) wants(msg *message) bool {
	return !msg.hidden && slices.ContainsFunc(s.feed.labelsOf(msg), s.includes)
}

func (s *feedSession) ref(msg *message, received bool) inbound.Ref {
	ref := inbound.Ref{SourceID: inbound.SourceID{Generation: s.feed.generation, Key: s.feed.keys[msg]}}
	if s.feed.ExactSizes {
		ref.Size = int64(len(msg.raw))
	} else {
		ref.Estimate = int64(len(msg.raw)/3*2 + 500)
	}
	if received {
		ref.Received = msg.received
	}
	return ref
}

// find calls do with the message of a ref, if it is there; the mailbox is locked then.
func (s *feedSession) find(ref inbound.Ref, do func(msg *message)) error {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	if s.closed {
		return inbound.ErrEnded
	}
	if msg := s.feed.find(ref.Key); msg != nil && ref.Generation == s.feed.generation {
		do(msg)
	}
	return nil
}

// Fetch implements [inbound.Session].
func (s *feedSession) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	if err := s.feed.stepOf(ctx, "fetch", refs); err != nil {
		return err
	}
	for _, ref := range refs {
		var raw []byte
		there := false
		err := s.find(ref, func(msg *message) { raw, there = s.feed.bytesOf(msg), true })
		if err == nil && there {
			err = s.feed.hand(ctx, ref, raw, part, each)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bytesOf returns the bytes of a message, as they are this time.
func (f *Feed) bytesOf(msg *message) []byte {
	if !f.Rewrites {
		return msg.raw
	}
	f.reads++
	return append(fmt.Appendf(nil, "X-Read: %d\r\n", f.reads), msg.raw...)
}

// Delete implements [inbound.Session]: it takes the messages out of every folder.
func (s *feedSession) Delete(ctx context.Context, refs []inbound.Ref) error {
	if err := s.feed.stepOf(ctx, "delete", refs); err != nil {
		return err
	}
	var reused error
	for _, ref := range refs {
		err := s.find(ref, func(msg *message) {
			if ref.Size > 0 && ref.Size != int64(len(msg.raw)) {
				reused = &inbound.Error{Op: inbound.OpDelete, Class: inbound.ErrTemporary,
					Err: fmt.Errorf("%w: %s", inbound.ErrKeyReused, ref.SourceID)}
				return
			}
			s.feed.remove(msg)
		})
		if err != nil {
			return err
		}
	}
	return reused
}

// remove takes a message out of every folder.
func (f *Feed) remove(msg *message) {
	for _, in := range f.folders {
		delete(in.messages, in.uidOf(msg))
	}
	f.changed()
}

// MarkSeen implements [inbound.Marker].
func (s *feedSession) MarkSeen(ctx context.Context, refs []inbound.Ref) error {
	if err := s.feed.stepOf(ctx, "seen", refs); err != nil {
		return err
	}
	for _, ref := range refs {
		if err := s.find(ref, func(msg *message) { msg.seen = true }); err != nil {
			return err
		}
	}
	return nil
}
