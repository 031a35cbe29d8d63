package pop3fetch

import (
	"context"
	"slices"

	"github.com/postroom/postroom/inbound"
)

// ServerInfo implements [inbound.Informer]. Capabilities are the lines of CAPA after the
// login; nil where the server does not support the command.
func (s *session) ServerInfo(ctx context.Context) (check inbound.ServerInfo, err error) {
	err = s.run(ctx, inbound.OpServerInfo, func() error {
		caps, err := s.capabilities()
		check = inbound.ServerInfo{Encrypted: s.conn.TLS(), Capabilities: slices.Clone(caps)}
		return err
	})
	return check, err
}
