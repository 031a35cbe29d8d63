package imapfetch

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// ServerInfo returns the capabilities, sorted, and the folders that can be opened, in
// the server's order. Folders ends before the first name that the library cannot
// read. See [inbound.Informer].
func (s *session) ServerInfo(ctx context.Context) (inbound.ServerInfo, error) {
	check := inbound.ServerInfo{Encrypted: s.transport.TLS()}
	err := s.command(ctx, inbound.OpServerInfo, searchBudget, func() error {
		caps, err := s.client.Capability().Wait()
		if err != nil {
			return err
		}
		for c := range caps {
			check.Capabilities = append(check.Capabilities, string(c))
		}
		slices.Sort(check.Capabilities)
		list := s.client.List("", "*", nil)
		for box := list.Next(); box != nil; box = list.Next() {
			if slices.Contains(box.Attrs, imap.MailboxAttrNoSelect) || slices.Contains(box.Attrs, imap.MailboxAttrNonExistent) {
				continue
			}
			check.Folders = append(check.Folders, box.Mailbox)
		}
		return list.Close()
	})
	if errors.Is(err, errUnreadable) {
		return check, s.reopen(ctx)
	}
	return check, err
}
