package cli

import (
	"context"
	"errors"

	"github.com/postroom/postroom/inbound"
)

// settled is what the commands replay and "quarantine retry" print.
type settled struct {
	Account          string                  `json:"account"`
	Outcomes         map[inbound.Outcome]int `json:"outcomes"`
	CustomersCreated int                     `json:"customers_created"`
}

// replay is the command replay.
func (p *app) replay(ctx context.Context, args []string) (err error) {
	a := p.arguments("replay").withConfig()
	account := a.String("account", "", "")
	from := a.String("from", "", "")
	if _, err := a.read(p, args, 0, 0); err != nil {
		return err
	}
	if *from == "" {
		return a.wrong("-from is missing")
	}
	syncer, s, err := p.openSyncer(ctx, a, *account)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	report, err := syncer.Replay(ctx, *account, *from)
	if err != nil {
		return failures{accountLine(*account, err)}
	}
	if err := p.print(settled{*account, report.Outcomes, report.CustomersCreated}); err != nil {
		return err
	}
	return deliver(ctx, syncer)
}
