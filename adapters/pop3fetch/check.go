package pop3fetch

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/postroom/postroom/inbound"
)

// ServerInfo implements [inbound.Informer]. Capabilities are the lines of CAPA, as Open
// has read them last, with secrets hidden; nil where the server does not support the
// command.
func (s *session) ServerInfo(ctx context.Context) (info inbound.ServerInfo, err error) {
	err = s.run(ctx, inbound.OpServerInfo, func() error {
		info = inbound.ServerInfo{Encrypted: s.conn.TLS(), Capabilities: slices.Clone(s.caps)}
		for i, line := range info.Capabilities {
			info.Capabilities[i] = s.credential.Redact(line)
		}
		return nil
	})
	return info, err
}

// FolderInfo implements [inbound.FolderInformer] by STAT (RFC 1939, section 5). Some
// servers show only a part of the mail in a session, and count no more than that.
func (s *session) FolderInfo(ctx context.Context, folder string) (inbound.FolderInfo, error) {
	info := inbound.FolderInfo{Bytes: -1}
	err := s.run(ctx, inbound.OpList, func() error {
		if folder != "" {
			return noFolders(folder)
		}
		if err := s.send([]byte("STAT\r\n")); err != nil {
			return err
		}
		text, err := s.status()
		if refused := new(errReply); errors.As(err, &refused) {
			return recoverable{err}
		} else if err != nil {
			return err
		}
		if info.Messages, err = s.messageCount(text); err != nil {
			return err
		}
		if words := bytes.Fields(text); len(words) > 1 {
			if size, err := strconv.ParseInt(string(words[1]), 10, 64); err == nil && size >= 0 {
				info.Bytes = size
			}
		}
		return nil
	})
	return info, err
}
