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
	all := settled{Account: id, Outcomes: make(map[inbound.Outcome]int)}
	if from := cmd.String("from"); from != "" {
		err = all.replay(ctx, syncer, from)
	} else {
		err = s.replayAll(ctx, syncer, &all)
	}
	if err != nil {
		err = failures{accountLine(id, err)}
	}
	if err == nil || len(all.Outcomes) > 0 {
		err = errors.Join(err, p.print(all))
	}
	if err != nil {
		return err
	}
	return deliver(ctx, syncer)
}

// replay uploads what was left unmatched from an address, and adds it to the sums.
func (sum *settled) replay(ctx context.Context, syncer *inbound.Syncer, address string) error {
	report, err := syncer.Replay(ctx, sum.Account, address)
	for outcome, n := range report.Outcomes {
		sum.Outcomes[outcome] += n
	}
	sum.CustomersCreated += report.CustomersCreated
	return err
}

// replayAll uploads what was left unmatched from all addresses that are a customer's
// now, or would get one.
func (s *service) replayAll(ctx context.Context, syncer *inbound.Syncer, sum *settled) error {
	a, err := s.settings.Account(sum.Account)
	if err != nil {
		return err
	}
	for after := ""; ; {
		senders, err := s.unmatchedSenders(ctx, a, after)
		if err != nil || len(senders) == 0 {
			return err
		}
		for _, one := range senders {
			if !one.replays {
				continue
			}
			if err := sum.replay(ctx, syncer, one.address); err != nil {
				return err
			}
		}
		after = senders[len(senders)-1].address
	}
}
