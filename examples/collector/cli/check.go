package cli

import (
	"context"
	"errors"
	"log/slog"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// checkLine is what the command check prints of one account where standard output is
// not a terminal.
type checkLine struct {
	Account      string       `json:"account"`
	OK           bool         `json:"ok"`
	Reachable    bool         `json:"reachable"`
	Encrypted    bool         `json:"encrypted"`
	LoggedIn     bool         `json:"logged_in"`
	Folders      []string     `json:"folders"`
	Capabilities []string     `json:"capabilities"`
	Waiting      checkWaiting `json:"waiting"`
	Cause        string       `json:"cause"`
	Error        string       `json:"error"`
	Hint         string       `json:"hint"`
}

// checkWaiting is what is in the account's folders on the server; nil is unknown.
type checkWaiting struct {
	Messages *int64 `json:"messages"`
	Bytes    *int64 `json:"bytes"`
}

// shownFailures are failures that the screen on standard output shows already.
type shownFailures struct{ failures }

// check is the command check. The database of the settings need not be there yet; it is
// not created, and nothing in it is changed; but see openTokens for accounts with OAuth2.
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
	s.openTokens(ctx)
	logger := slog.New(slog.NewTextHandler(p.stderr, nil))
	syncer, err := s.syncer(ctx, logger, nil)
	if err != nil {
		return err
	}
	if p.columns > 0 {
		return p.showChecks(ctx, c, syncer, accounts)
	}
	warnOfExposure(logger, c)
	return p.printChecks(ctx, c, syncer, accounts)
}

// errInterrupted is the end of a check by a signal.
var errInterrupted = errors.New("interrupted; check the accounts again")

// printChecks checks the database and the accounts, and prints a line of JSON for each
// account.
func (p *app) printChecks(ctx context.Context, c *config.Settings, syncer *inbound.Syncer,
	accounts []inbound.Account) error {
	var failed failures
	if _, err := checkDatabase(ctx, c); err != nil {
		failed = append(failed, failuresOf(err)...)
	}
	for _, a := range accounts {
		result, err := syncer.Check(ctx, a.ID)
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err != nil {
			failed = append(failed, accountLine(a.ID, err))
		}
		if err := p.print(newCheckLine(a.ID, result, err)); err != nil {
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

func newCheckLine(id string, r inbound.CheckResult, err error) checkLine {
	line := checkLine{
		Account: id, OK: err == nil, Reachable: r.Reached, Encrypted: r.Encrypted, LoggedIn: r.LoggedIn,
		Folders: list(r.Folders), Capabilities: list(r.Capabilities), Cause: string(inbound.CauseOf(err)),
	}
	if err != nil {
		line.Error, line.Hint = oneLine(err), inbound.HintOf(err)
		return line
	}
	messages, size := waitingOf(r)
	if messages >= 0 {
		line.Waiting.Messages = &messages
	}
	if size >= 0 {
		line.Waiting.Bytes = &size
	}
	return line
}

// waitingOf returns the sums over the account's folders; -1 is unknown.
func waitingOf(r inbound.CheckResult) (messages, size int64) {
	for _, folder := range r.Waiting {
		if messages >= 0 {
			messages += int64(folder.Messages)
		}
		if size >= 0 {
			size += folder.Bytes
		}
		if folder.Messages < 0 {
			messages = -1
		}
		if folder.Bytes < 0 {
			size = -1
		}
	}
	return messages, size
}
