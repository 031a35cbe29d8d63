package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
)

// Delete checks that these are the messages that were listed, marks exactly them
// as deleted, expunges them by UID (RFC 4315), and checks that they are gone. See
// [inbound.Session].
func (s *session) Delete(ctx context.Context, refs []inbound.Ref) error {
	if len(refs) == 0 {
		return nil
	}
	if err := s.needUIDPlus(ctx); err != nil {
		return err
	}
	same, err := s.unchanged(ctx, refs)
	if err != nil {
		return err
	}
	err = s.change(ctx, inbound.OpDelete, same, func(set imap.UIDSet) error {
		mark := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		if err := s.client.Store(set, mark, nil).Close(); err != nil {
			return err
		}
		if err := s.client.UIDExpunge(set).Close(); err != nil {
			return err
		}
		// Not pipelined with the command before: Dovecot may answer a search while
		// the messages are still there.
		left, err := s.conn.search(&imap.SearchCriteria{UID: []imap.UIDSet{set}})()
		if err != nil {
			return err
		}
		if len(left) > 0 {
			e := &inbound.Error{Op: inbound.OpDelete, Class: inbound.ErrTemporary,
				Err: errors.New("the server still has messages that it was told to delete: " +
					escape.Quoted(left.String()))}
			if s.wire.Selected().ReadOnly {
				e.Hint = "the server opens the folder READ-ONLY: check that the account may delete in it"
			}
			return e
		}
		return nil
	})
	if others := len(refs) - len(same); err == nil && others > 0 {
		return &inbound.Error{Op: inbound.OpDelete, Class: inbound.ErrTemporary,
			Err: fmt.Errorf("%w: %d of %d messages have a different size than when they were listed, and stay",
				inbound.ErrKeyReused, others, len(refs))}
	}
	return err
}

// unchanged returns the messages that still have the size that was listed, and
// those that are gone.
func (s *session) unchanged(ctx context.Context, refs []inbound.Ref) ([]inbound.Ref, error) {
	if err := s.reselect(ctx, refs[0].Folder, refs[0].Generation, true); err != nil {
		return nil, err
	}
	if err := changeable(inbound.OpDelete, s.wire.Selected()); err != nil {
		return nil, err
	}
	var same []inbound.Ref
	for chunk := range slices.Chunk(refs, pageSize) {
		z := &sizeQuery{uids: uidsOf(chunk)}
		if err := s.sizes(ctx, z); err != nil {
			return nil, err
		}
		for _, ref := range chunk {
			if now := z.known[uidOf(ref)].size; now == ref.Size || now == 0 || ref.Size == 0 {
				same = append(same, ref)
			}
		}
	}
	return same, nil
}

// needUIDPlus fails if the server has no UIDPLUS. It asks for the capabilities
// again first: those that the library remembers may be from before the login.
func (s *session) needUIDPlus(ctx context.Context) error {
	return s.command(ctx, inbound.OpDelete, answerBudget, func() error {
		if s.client.Caps().Has(imap.CapUIDPlus) {
			return nil
		}
		caps, err := s.client.Capability().Wait()
		if err != nil || caps.Has(imap.CapUIDPlus) {
			return err
		}
		return &inbound.Error{Op: inbound.OpDelete, Class: inbound.ErrPermanent,
			Err:  errors.New("the server cannot delete single messages permanently (UIDPLUS, RFC 4315)"),
			Hint: "switch off the deletion of uploaded messages for this account"}
	})
}
