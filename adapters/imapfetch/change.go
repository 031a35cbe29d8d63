package imapfetch

import (
	"context"
	"errors"
	"math"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
)

// change opens the folder of refs for writing and calls apply for batches of them, as
// many as a command may name. It checks UIDVALIDITY, without which the UIDs may mean
// other messages, and that the server keeps the change in this folder.
func (s *session) change(ctx context.Context, op inbound.Op, refs []inbound.Ref, apply func(imap.UIDSet) error) error {
	if len(refs) == 0 {
		return nil
	}
	if err := s.reselect(ctx, refs[0].Folder, refs[0].Generation, true); err != nil {
		return err
	}
	if err := changeable(op, s.wire.Selected()); err != nil {
		return err
	}
	for _, chunk := range split(uidsOf(refs), s.perCommand(math.MaxInt)) {
		if err := s.command(ctx, op, answerBudget, func() error { return apply(setOf(chunk)) }); err != nil {
			return err
		}
	}
	return nil
}

// changeable returns an error for a folder whose PERMANENTFLAGS (RFC 9051, section
// 7.1) lack the flag that the operation sets. READ-ONLY alone proves nothing: some
// servers answer so and delete all the same.
func changeable(op inbound.Op, box wire.Mailbox) error {
	what, hint := "", ""
	switch {
	case op == inbound.OpDelete && !box.Deletable:
		what = "the account may not delete messages in this folder (PERMANENTFLAGS lacks \\Deleted)"
		hint = "give the account the right to delete in the folder, or switch off the deletion of uploaded messages"
	case op == inbound.OpMarkSeen && !box.Markable:
		what = "the account may not mark messages as read in this folder (PERMANENTFLAGS lacks \\Seen)"
		hint = "give the account the right to change flags in the folder, or switch off marking as read"
	default:
		return nil
	}
	return &inbound.Error{Op: op, Class: inbound.ErrPermanent, Err: errors.New(what), Hint: hint,
		Cause: inbound.CauseSettings}
}
