package cli

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
)

// explain is the command explain. Before the first run, it uses the customers of
// the settings.
func (p *app) explain(ctx context.Context, cmd *urfave.Command) (err error) {
	files, err := operands(cmd, 1, 1)
	if err != nil {
		return err
	}
	c, err := config.ReadOffline(cmd.String("config"), p.env)
	if err != nil {
		return err
	}
	if _, err := c.Account(cmd.String("account")); err != nil {
		return err
	}
	message, err := openMessage(files[0])
	if err != nil {
		return err
	}
	defer message.Close()
	open := inspect
	if c.Database.OnServer() {
		if there, err := checkServer(ctx, c.Database, changeSetting(c)); err == nil && !there {
			open = openInMemory
		}
	} else if _, err := os.Stat(c.Database.File); errors.Is(err, fs.ErrNotExist) {
		open = openInMemory
	}
	s, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	syncer, err := s.syncer(ctx, slog.New(slog.NewTextHandler(p.stderr, nil)), nil)
	if err != nil {
		return err
	}
	e, err := syncer.Explain(ctx, cmd.String("account"), message)
	if err != nil {
		return err
	}
	return p.print(e)
}
