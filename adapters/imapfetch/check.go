package imapfetch

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// ServerInfo returns the capabilities, sorted, and the folders that can be opened, in
// the server's order, with secrets hidden in both. Folders lacks those whose names are not
// in UTF-7 or UTF-8. See [inbound.Informer].
func (s *session) ServerInfo(ctx context.Context) (inbound.ServerInfo, error) {
	check := inbound.ServerInfo{Encrypted: s.transport.TLS()}
	err := s.command(ctx, inbound.OpServerInfo, answerBudget, func() error {
		caps, err := s.client.Capability().Wait()
		if err != nil {
			return err
		}
		for c := range caps {
			check.Capabilities = append(check.Capabilities, s.credential.Redact(string(c)))
		}
		slices.Sort(check.Capabilities)
		list := s.client.List("", "*", nil)
		for box := list.Next(); box != nil; box = list.Next() {
			if slices.Contains(box.Attrs, imap.MailboxAttrNoSelect) ||
				slices.Contains(box.Attrs, imap.MailboxAttrNonExistent) {
				continue
			}
			check.Folders = append(check.Folders, s.credential.Redact(box.Mailbox))
		}
		return list.Close()
	})
	if errors.Is(err, errUnreadable) {
		return check, s.reopen(ctx)
	}
	return check, err
}

// FolderInfo examines the folder. Its size is known where the server has STATUS=SIZE
// (RFC 8438). See [inbound.FolderInformer].
func (s *session) FolderInfo(ctx context.Context, folder string) (inbound.FolderInfo, error) {
	info := inbound.FolderInfo{Folder: folder, Bytes: -1}
	if err := s.leave(ctx); err != nil {
		return info, err
	}
	s.folder = ""
	err := s.byName(folder, func(name string) error { return s.folderInfo(ctx, name, &info) })
	return info, err
}

func (s *session) folderInfo(ctx context.Context, name string, info *inbound.FolderInfo) error {
	return s.command(ctx, inbound.OpOpenFolder, answerBudget, func() error {
		if s.client.Caps().Has(imap.CapStatusSize) {
			// Before EXAMINE: a server need not answer STATUS for the selected folder.
			status, err := s.client.Status(name, &imap.StatusOptions{Size: true}).Wait()
			if err == nil && status.Size != nil {
				info.Bytes = *status.Size
			} else if refused := new(imap.Error); err != nil && !errors.As(err, &refused) {
				return err
			}
		}
		box, err := s.client.Select(name, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			return err
		}
		info.Messages = int(box.NumMessages)
		return identifiable(s.wire.Selected().UIDValidity)
	})
}
