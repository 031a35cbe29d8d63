package cli

import (
	"context"
	"errors"
	"log/slog"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// comparison is what the command reconcile prints.
type comparison struct {
	Account  string                  `json:"account"`
	Total    int                     `json:"total"`
	Server   map[inbound.Outcome]int `json:"server"`
	Ledger   map[inbound.Outcome]int `json:"ledger"`
	Complete bool                    `json:"complete"`
	Gaps     []gapLine               `json:"gaps"`
}

type gapLine struct {
	Folder     string          `json:"folder"`
	Generation any             `json:"generation"`
	UID        any             `json:"uid"`
	Kind       inbound.GapKind `json:"kind"`
	From       string          `json:"from"`
	Subject    string          `json:"subject"`
	Reason     string          `json:"reason"`
}

// reconcile is the command reconcile.
func (p *app) reconcile(ctx context.Context, cmd *urfave.Command) (err error) {
	if _, err := operands(cmd, 0, 0); err != nil {
		return err
	}
	syncer, s, err := p.openSyncer(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	r, err := syncer.Reconcile(ctx, cmd.String("account"))
	if err != nil {
		return failures{accountLine(cmd.String("account"), err)}
	}
	c := comparison{
		Account: r.Account, Total: r.Total, Server: r.Server, Ledger: r.Ledger,
		Complete: r.Complete, Gaps: []gapLine{},
	}
	for _, g := range r.Gaps {
		c.Gaps = append(c.Gaps, gapLine{
			g.SourceID.Folder, generation(g.SourceID), uid(g.SourceID), g.Kind, g.From, g.Subject, g.Reason,
		})
	}
	return p.print(c)
}

// openSyncer opens the database of an earlier run for a command that works on one
// account, and returns a Syncer on it.
func (p *app) openSyncer(ctx context.Context, cmd *urfave.Command) (*inbound.Syncer, *service, error) {
	c, err := config.Read(cmd.String("config"), p.env)
	if err != nil {
		return nil, nil, err
	}
	if _, err := c.Account(cmd.String("account")); err != nil {
		return nil, nil, err
	}
	s, err := inspect(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	if err := s.lockForRun(ctx); err != nil {
		return nil, nil, errors.Join(err, s.close())
	}
	syncer, err := s.syncer(ctx, slog.New(slog.NewTextHandler(p.stderr, nil)), nil)
	if err != nil {
		return nil, nil, errors.Join(err, s.close())
	}
	return syncer, s, nil
}
