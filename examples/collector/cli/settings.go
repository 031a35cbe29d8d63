package cli

import (
	"cmp"
	"context"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
)

// settings is the command settings. It needs no settings file.
func (p *app) settings(_ context.Context, cmd *urfave.Command) error {
	if _, err := operands(cmd, 0, 0); err != nil {
		return err
	}
	if cmd.Bool("yaml") {
		return config.WriteYAML(p.stdout)
	}
	return config.WriteTable(p.stdout, uint(cmp.Or(p.columns, 80)))
}
