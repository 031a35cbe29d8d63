package cli

import (
	"context"
	"errors"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/inbound"
)

// settled is what the commands replay and "quarantine retry" print.
type settled struct {
	Account          string                  `json:"account"`
	Outcomes         map[inbound.Outcome]int `json:"outcomes"`
	CustomersCreated int                     `json:"customers_created"`
}

// replay is the command replay.
func (p *app) replay(ctx context.Context, cmd *urfave.Command) (err error) {
	if _, err := operands(cmd, 0, 0); err != nil {
		return err
	}
	syncer, s, err := p.openSyncer(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	id := cmd.String("account")
	report, err := syncer.Replay(ctx, id, cmd.String("from"))
	if err != nil {
		err = failures{accountLine(id, err)}
	}
	if err == nil || len(report.Outcomes) > 0 {
		err = errors.Join(err, p.print(settled{id, report.Outcomes, report.CustomersCreated}))
	}
	if err != nil {
		return err
	}
	return deliver(ctx, syncer)
}
