package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// collect is the command run.
func (p *app) collect(ctx context.Context, cmd *urfave.Command) (err error) {
	once := cmd.Bool("once")
	at, problems := pageAddress(cmd)
	if _, err := operands(cmd, 0, 0, problems...); err != nil {
		return err
	}
	hangups, release := catchHangups()
	defer release()
	c, err := config.Read(cmd.String("config"), p.env)
	if err != nil {
		return err
	}
	if at == "" && !once {
		at = c.HTTP // one pass is over before anybody looks, and a collector that goes on may have the port
	}
	page, err := listenForPage(at)
	if err != nil {
		return err
	}
	s, err := create(ctx, c)
	if err != nil {
		page.close()
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	defer page.close() // it asks the database
	if !once {         // else the exit code and the last lines say what fails
		s.operators = []string{operator}
	}

	credentials, err := s.credentials(ctx, c)
	if err != nil {
		return err
	}
	now := newCurrent(c, credentials)
	left, err := s.leftUnmatched(ctx)
	if err != nil {
		return err
	}
	view := p.newView(c, notes{now.get, left}, once, cmd.Bool("progress"))
	now.replace(c, credentials, view.notifierOf(c))
	syncer, err := s.following(now, view.logger, view.observer)
	if err != nil {
		return err
	}
	page.serve(syncer.HealthHandler(), view.logger)
	if p.errorColumns() == 0 {
		r := &reloader{service: s, current: now, syncer: syncer, view: view, env: p.env}
		answer := func() { r.reload(ctx) }
		if once {
			answer = func() { view.logger.Warn("SIGHUP changes nothing while each account has its one pass") }
		}
		defer answerHangups(hangups, release, answer)()
	}
	warnOfExposure(view.logger, c)
	warnOfGroups(view.logger, c)
	if !once {
		view.notes.log(view.logger)
	}
	view.start()
	defer func() {
		waiting, err := s.waiting(ctx)
		if err != nil {
			view.logger.Warn("customers who wait for a manager not counted", "error", err)
		}
		view.end(waiting)
	}()
	if once {
		return collectOnce(ctx, syncer, c)
	}
	view.single.Info("collecting", "accounts", len(c.Accounts), "database", c.Database.String())
	defer s.cleanArchive(ctx, syncer, view.single)()
	err = syncer.Run(ctx)
	view.single.Info("stopped")
	return err
}

// waiting counts the customers who wait for a manager, by group. It also does so after
// ctx has ended.
func (s *service) waiting(ctx context.Context) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return s.store.WaitingCounts(ctx)
}

// collectOnce runs one pass of each active account, concurrently, and delivers the
// notifications. A failure of one account does not affect the others.
func collectOnce(ctx context.Context, syncer *inbound.Syncer, c *config.Settings) error {
	accounts := c.Accounts
	errs := make([]error, len(accounts))
	var passes sync.WaitGroup
	for i, a := range accounts {
		if !a.Inactive {
			passes.Go(func() {
				pass := func() error { _, err := syncer.Sync(ctx, a.ID); return err }
				if c.Database.OnServer() {
					errs[i] = whenFree(ctx, pass)
				} else {
					errs[i] = pass()
				}
			})
		}
	}
	passes.Wait()
	undelivered := deliver(ctx, syncer)
	if ctx.Err() != nil {
		return errors.New("interrupted; what is uploaded stays, and the next run goes on from there")
	}
	var failed failures
	for i, err := range errs {
		if err != nil {
			failed = append(failed, accountLine(accounts[i].ID, err))
		}
	}
	if undelivered != nil {
		failed = append(failed, failure{text: "notifications: " + oneLine(undelivered)})
	}
	if len(failed) > 0 {
		return failed
	}
	return nil
}

// deliver delivers the notifications that are due, as soon as no other process does so.
func deliver(ctx context.Context, syncer *inbound.Syncer) error {
	return whenFree(ctx, func() error {
		_, err := syncer.Dispatch(ctx)
		return err
	})
}

// leaseTime is longer than a lease lasts that a process has left behind.
const leaseTime = 40 * time.Second

// whenFree calls do until no other process is at the same work, for at most leaseTime: it
// may have died.
func whenFree(ctx context.Context, do func() error) error {
	for end := time.Now().Add(leaseTime); ; {
		err := do()
		if !errors.Is(err, inbound.ErrBusy) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
}
