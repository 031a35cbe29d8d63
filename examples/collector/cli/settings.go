package cli

import (
	"context"

	"github.com/postroom/postroom/examples/collector/config"
)

// settings is the command settings. It needs no settings file.
func (p *app) settings(_ context.Context, args []string) error {
	a := p.arguments("settings")
	asFile := a.Bool("yaml", false, "")
	if _, err := a.read(p, args, 0, 0); err != nil {
		return err
	}
	if *asFile {
		return config.WriteYAML(p.stdout)
	}
	return config.WriteTable(p.stdout, 80) // the usual width of terminals
}
