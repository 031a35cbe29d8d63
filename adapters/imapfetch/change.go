package imapfetch

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// storeBatch is how many messages one STORE or EXPUNGE names: with UIDs of ten
// digits, about half of the line length that every server takes (RFC 2683,
// section 3.2.1.5).
const storeBatch = 350

// change opens the folder of refs for writing and calls apply for batches of
// them. It checks UIDVALIDITY, without which the UIDs may mean other messages.
func (s *session) change(ctx context.Context, op inbound.Op, refs []inbound.Ref, apply func(imap.UIDSet) error) error {
	if len(refs) == 0 {
		return nil
	}
	if err := s.reselect(ctx, refs[0].Folder, refs[0].Generation, true); err != nil {
		return err
	}
	for chunk := range slices.Chunk(refs, s.perCommand(storeBatch)) {
		var set imap.UIDSet
		for _, ref := range chunk {
			set.AddNum(imap.UID(uidOf(ref)))
		}
		if err := s.command(ctx, op, answerBudget, func() error { return apply(set) }); err != nil {
			return err
		}
	}
	return nil
}
