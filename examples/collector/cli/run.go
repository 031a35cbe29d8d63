package cli

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/adapters/slognotify"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/examples/collector/progress"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// failures are independent failures, each described on one line.
type failures []string

func (f failures) Error() string { return strings.Join(f, "\n") }

// collect is the command run.
func (p *app) collect(ctx context.Context, cmd *urfave.Command) (err error) {
	if _, err := operands(cmd, 0, 0); err != nil {
		return err
	}
	hangups, release := catchHangups()
	defer release()
	c, err := config.Read(cmd.String("config"), p.env)
	if err != nil {
		return err
	}
	s, err := create(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	logger := slog.New(slog.NewTextHandler(p.stderr, nil))
	observer := &inbound.Observer{PassEnded: func(e inbound.PassEndedInfo) { passEnded(logger, e.Report, e.Err) }}
	var display *progress.Display
	if cmd.Bool("progress") {
		redraw, color := p.escapes()
		opts := progress.Options{Terminal: p.terminal && redraw, Color: color}
		if !cmd.Bool("once") { // where collectOnce does not return the errors
			opts.ErrorLine = accountLine
		}
		display = progress.New(p.stderr, c.Accounts, opts)
		logger, observer, s.notifier = onDisplay(display, opts.Terminal)
	}
	go answerHangups(hangups, logger)
	syncer, err := s.syncer(logger, observer)
	if err != nil {
		return err
	}
	if display != nil {
		display.Start()
		defer display.Close()
	}
	if cmd.Bool("once") {
		return collectOnce(ctx, syncer, c.Accounts)
	}
	logger.Info("collecting", "accounts", len(c.Accounts), "database", c.Database)
	err = syncer.Run(ctx)
	logger.Info("stopped")
	return err
}

// onDisplay returns what writes to a display. One with bars counts notifications and
// passes, and the log has no records of single ones.
func onDisplay(d *progress.Display, bars bool) (*slog.Logger, *inbound.Observer, notify.Notifier) {
	logger := slog.New(slog.NewTextHandler(d, nil))
	single := logger
	if bars {
		single = slog.New(slog.DiscardHandler)
	}
	observer := d.Observer()
	show := observer.PassEnded
	observer.PassEnded = func(e inbound.PassEndedInfo) {
		show(e)
		passEnded(single, e.Report, e.Err)
	}
	return logger, observer, d.Notifier(slognotify.New(single))
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
