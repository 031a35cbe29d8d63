package imapfetch

import (
	"context"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// MarkSeen sets \Seen. See [inbound.Marker].
func (s *session) MarkSeen(ctx context.Context, refs []inbound.Ref) error {
	return s.change(ctx, inbound.OpMarkSeen, refs, func(set imap.UIDSet) error {
		mark := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
		return s.client.Store(set, mark, nil).Close()
	})
}
