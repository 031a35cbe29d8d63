package cli

import (
	"context"
	"errors"
	"log/slog"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// checkLine is what the command check prints of one account.
type checkLine struct {
	Account      string   `json:"account"`
	OK           bool     `json:"ok"`
	Reachable    bool     `json:"reachable"`
	Encrypted    bool     `json:"encrypted"`
	LoggedIn     bool     `json:"logged_in"`
	Folders      []string `json:"folders"`
	Capabilities []string `json:"capabilities"`
	Error        string   `json:"error"`
	Hint         string   `json:"hint"`
}

// check is the command check. It needs no database.
func (p *app) check(ctx context.Context, cmd *urfave.Command) (err error) {
	if _, err := operands(cmd, 0, 0); err != nil {
		return err
	}
	c, err := config.Read(cmd.String("config"), p.env)
	if err != nil {
		return err
	}
	accounts := c.Accounts
	if cmd.String("account") != "" {
		one, err := c.Account(cmd.String("account"))
		if err != nil {
			return err
		}
		accounts = []inbound.Account{one}
	}
	s, err := openInMemory(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	syncer, err := s.syncer(slog.New(slog.NewTextHandler(p.stderr, nil)), nil)
	if err != nil {
		return err
	}
	var failed failures
	for _, a := range accounts {
		result, err := syncer.Check(ctx, a.ID)
		if err != nil {
			failed = append(failed, accountLine(a.ID, err))
		}
		if err := p.print(newCheckLine(a, result, err)); err != nil {
			return err
		}
		if err := p.stdout.Flush(); err != nil { // the next account may take long
			return err
		}
	}
	if len(failed) > 0 {
		return failed
	}
	return nil
}

func newCheckLine(a inbound.Account, result inbound.ServerInfo, err error) checkLine {
	line := checkLine{
		Account: a.ID, OK: err == nil, Reachable: true, Encrypted: result.Encrypted, LoggedIn: true,
		Folders: list(result.Folders), Capabilities: list(result.Capabilities),
	}
	if err == nil {
		return line
	}
	line.Error, line.Hint = oneLine(err), inbound.HintOf(err)
	// The operation that failed says how far the check came.
	var e *inbound.Error
	if !errors.As(err, &e) {
		return line
	}
	switch e.Op {
	case inbound.OpSettings, inbound.OpCredentials, inbound.OpToken, inbound.OpConnect:
		line.Reachable, line.LoggedIn = false, false
	case inbound.OpGreet, inbound.OpStartTLS, inbound.OpCapabilities:
		line.LoggedIn = false
	case inbound.OpLogin:
		line.LoggedIn, line.Encrypted = false, a.Security != inbound.Plain
	default:
		line.Encrypted = a.Security != inbound.Plain
	}
	return line
}
