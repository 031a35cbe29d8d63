package cli

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// failures are independent failures, each described on one line.
type failures []string

func (f failures) Error() string { return strings.Join(f, "\n") }

// collect is the command run.
func (p *app) collect(ctx context.Context, args []string) (err error) {
	a := p.arguments("run").withConfig()
	once := a.Bool("once", false, "")
	showProgress := a.Bool("progress", false, "")
	page := a.String("http", "", "")
	if _, err := a.read(p, args, 0, 0); err != nil {
		return err
	}
	if *page != "" {
		return a.wrong("-http is not there yet")
	}
	c, err := config.Read(*a.config, p.env)
	if err != nil {
		return err
	}
	s, err := create(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	console := &console{out: p.stderr, terminal: p.terminal}
	logger := slog.New(slog.NewTextHandler(console, nil))
	observer := &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) { passEnded(logger, e.Report, e.Err) }}
	if *showProgress {
		progress := newProgress()
		observer.Progress = func(e inbound.ProgressInfo) { progress.update(e.Account, e.Settled, e.Total) }
		defer console.watch(progress)()
	}
	syncer, err := s.syncer(logger, observer)
	if err != nil {
		return err
	}
	if *once {
		return collectOnce(ctx, syncer, c.Accounts)
	}
	logger.Info("collecting", "accounts", len(c.Accounts), "database", c.Database)
	err = syncer.Run(ctx)
	logger.Info("stopped")
	return err
}

// passEnded logs a pass that did something. It does not log failures: the caller
// of Sync logs or prints them.
func passEnded(logger *slog.Logger, r inbound.Report, err error) {
	if err != nil || len(r.Outcomes) == 0 && r.Deleted == 0 {
		return
	}
	attributes := []any{
		"account", r.Account, "listed", r.Listed, "bytes", r.Bytes,
		"customers_created", r.CustomersCreated, "deleted", r.Deleted,
	}
	for _, outcome := range inbound.Outcomes() {
		if n := r.Outcomes[outcome]; n > 0 {
			attributes = append(attributes, string(outcome), n)
		}
	}
	logger.Info("pass ended", attributes...)
}

// collectOnce runs one pass of each active account, concurrently, and delivers the
// notifications. A failure of one account does not affect the others.
func collectOnce(ctx context.Context, syncer *inbound.Syncer, accounts []inbound.Account) error {
	errs := make([]error, len(accounts))
	var passes sync.WaitGroup
	for i, a := range accounts {
		if !a.Inactive {
			passes.Go(func() { _, errs[i] = syncer.Sync(ctx, a.ID) })
		}
	}
	passes.Wait()
	if ctx.Err() != nil {
		return errors.New("interrupted; what is uploaded stays, and the next run goes on from there")
	}
	var failed failures
	for i, err := range errs {
		if err != nil {
			failed = append(failed, accountLine(accounts[i].ID, err))
		}
	}
	if err := deliver(ctx, syncer); err != nil {
		failed = append(failed, "notifications: "+oneLine(err))
	}
	if len(failed) > 0 {
		return failed
	}
	return nil
}

// deliver delivers the notifications that are due. If a different process is
// delivering, it waits until that process is done, for at most half a minute.
func deliver(ctx context.Context, syncer *inbound.Syncer) error {
	var err error
	for range 30 {
		if _, err = syncer.Dispatch(ctx); !errors.Is(err, inbound.ErrBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
	return err
}

// accountLine returns a line that says what is wrong with an account and what to
// do about it.
func accountLine(id string, err error) string {
	text, hint := oneLine(err), inbound.HintOf(err)
	text = strings.TrimPrefix(text, "inbound: ")
	text = strings.TrimPrefix(text, "account "+id+": ")
	switch {
	case hint != "":
		text += "; " + hint
	case errors.Is(err, inbound.ErrBusy):
		text += "; another process collects from it, wait for that one to end or stop it"
	}
	return "account " + id + ": " + text
}
