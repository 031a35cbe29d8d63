package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/inbound"
)

// raw is the command raw.
func (p *app) raw(ctx context.Context, cmd *urfave.Command) (err error) {
	ids, err := operands(cmd, 1, 1)
	if err != nil {
		return err
	}
	s, err := p.inspect(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	bytes, err := inbound.OpenRaw(ctx, s.store, s.rawArchive(), ids[0])
	if errors.Is(err, inbound.ErrNotFound) {
		return fmt.Errorf("there is no email %q; \"collector emails -config %s\" lists them",
			ids[0], cmd.String("config"))
	} else if err != nil {
		return err
	}
	defer bytes.Close()
	if _, err := io.Copy(p.stdout, bytes); err != nil {
		return fmt.Errorf("email %s: %w", ids[0], err)
	}
	return nil
}
