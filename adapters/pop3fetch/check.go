package pop3fetch

import (
	"context"
	"slices"

	"github.com/postroom/postroom/inbound"
)

// Check implements [inbound.Checker]. Capabilities are the lines of CAPA after the
// login; nil where the server does not support the command.
func (s *session) Check(ctx context.Context) (check inbound.Check, err error) {
	err = s.run(ctx, "check", func() error {
		caps, err := s.capabilities()
		check = inbound.Check{Encrypted: s.conn.TLS(), Capabilities: slices.Clone(caps)}
		return err
	})
	return check, err
}
