package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// ledgerLine is what the command ledger prints of one message.
type ledgerLine struct {
	Folder     string          `json:"folder"`
	Generation any             `json:"generation"`
	UID        any             `json:"uid"`
	Outcome    inbound.Outcome `json:"outcome"`
	Reason     string          `json:"reason"`
	From       string          `json:"from"`
	Subject    string          `json:"subject"`
	Size       int64           `json:"size"`
	Attempts   int             `json:"attempts"`
	At         *time.Time      `json:"at"`
}

// ledger is the command ledger.
func (p *app) ledger(ctx context.Context, cmd *urfave.Command) (err error) {
	var found []string
	outcome := inbound.Outcome(cmd.String("outcome"))
	if outcome != "" && !slices.Contains(inbound.Outcomes(), outcome) {
		found = append(found, fmt.Sprintf("-outcome %q is not one of %v", outcome, inbound.Outcomes()))
	}
	if _, err := operands(cmd, 0, 0, found...); err != nil {
		return err
	}
	c, err := config.ReadOffline(cmd.String("config"), p.env)
	if err != nil {
		return err
	}
	if _, err := c.Account(cmd.String("account")); err != nil {
		return err
	}
	s, err := inspect(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	sender, err := s.senders(ctx)
	if err != nil {
		return err
	}
	var after inbound.SourceID
	for {
		page, err := s.store.Entries(ctx, cmd.String("account"), outcome, after, pageSize)
		if err != nil {
			return err
		}
		for _, e := range page {
			line := ledgerLine{
				e.Folder, generation(e.SourceID), uid(e.SourceID), e.Outcome, e.Reason,
				sender(cmd.String("account"), e), e.Subject, e.Size, e.Attempts, jsonTime(e.At),
			}
			if err := p.print(line); err != nil {
				return err
			}
			after = e.SourceID
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// senders returns a function for the senders of accounts' records: the addresses that the
// command replay takes.
func (s *service) senders(ctx context.Context) (func(account string, e inbound.LedgerEntry) string, error) {
	syncer, err := s.syncer(ctx, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return nil, err
	}
	return func(account string, e inbound.LedgerEntry) string {
		address, _ := syncer.SenderOf(account, e) // the settings have the account
		return address
	}, nil
}
