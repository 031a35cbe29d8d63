package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/postroom/postroom/adapters/slognotify"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/examples/collector/progress"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// view is what the command run shows of its work.
type view struct {
	notes
	logger   *slog.Logger // of what concerns all accounts, and of failures
	single   *slog.Logger // of single passes and notifications
	observer *inbound.Observer
	notifier notify.Notifier   // writes each notification to single
	display  *progress.Display // nil: there is none
	bars     bool              // the display has bars, and a closing sum
}

// newView returns the view of a run, with a display or without one.
func (p *app) newView(c *config.Settings, n notes, once, withDisplay bool) *view {
	if !withDisplay {
		logger := newLog(p.stderr)
		return &view{notes: n, logger: logger, single: logger, notifier: slognotify.New(logger),
			observer: &inbound.Observer{
				PassEnded: func(e inbound.PassEndedInfo) { logPass(logger, n, e, once) }}}
	}
	redraw, color := p.escapes()
	opts := progress.Options{Color: color, Note: n.of}
	bars := redraw && p.errorColumns() > 0
	if bars {
		opts.Columns = p.errorColumns
	}
	d := progress.New(p.stderr, c.Accounts, opts)
	v := &view{notes: n, display: d, bars: bars}
	after := func(e inbound.PassEndedInfo) { logPass(v.single, n, e, once) }
	if bars { // they count passes and notifications
		screen := newScreenLog(d, p.errorColumns)
		v.logger, v.single, after = slog.New(screen), slog.New(slog.DiscardHandler), screen.passEnded
	} else {
		v.logger = newLog(d)
		v.single = v.logger
	}
	v.observer = inbound.Observers(d.Observer(), &inbound.Observer{PassEnded: after})
	v.notifier = d.Notifier(slognotify.New(v.single))
	return v
}

// notifierOf returns what delivers the notifications by these settings; nil: nothing does.
func (v *view) notifierOf(c *config.Settings) notify.Notifier {
	if !c.LogNotices {
		return nil
	}
	return v.notifier
}

// follow has the display show the accounts of other settings.
func (v *view) follow(c *config.Settings) {
	if v.display != nil {
		v.display.SetAccounts(c.Accounts)
	}
}

// start begins to show the progress.
func (v *view) start() {
	if v.display != nil {
		v.display.Start()
	}
}

// end ends the progress and says who waits for a manager: customers by group.
func (v *view) end(waiting map[string]int) {
	var facts []string
	for _, group := range slices.Sorted(maps.Keys(waiting)) {
		n := waiting[group]
		if !v.bars {
			v.logger.Warn("customers wait for a manager", "customers", n, "group", group)
		}
		facts = append(facts, waitingText(n, group))
	}
	if v.display != nil {
		v.display.Close(facts...)
	}
}

func waitingText(n int, group string) string {
	text := "customers wait"
	if n == 1 {
		text = "customer waits"
	}
	text = fmt.Sprintf("%d %s for a manager", n, text)
	if group != "" {
		text += " of the group " + plainText(group)
	}
	return text
}

// logPass logs a pass: each one where all is true, otherwise one that did something
// and did not fail. Failures are logged by Run.
func logPass(logger *slog.Logger, n notes, e inbound.PassEndedInfo, all bool) {
	r := e.Report
	if !all && (e.Err != nil || len(r.Outcomes) == 0 && r.Deleted == 0) {
		return
	}
	attributes := []any{"account", r.Account}
	switch {
	case errors.Is(e.Err, context.Canceled):
		attributes = append(attributes, "state", "not finished")
	case e.Err != nil:
		word, reason := progress.Failure(e.Err)
		attributes = append(attributes, "state", word, "reason", reason)
	}
	attributes = append(attributes, "listed", r.Listed, "bytes", r.Bytes,
		"customers_created", r.CustomersCreated, "deleted", r.Deleted)
	for _, outcome := range inbound.Outcomes() {
		if n := r.Outcomes[outcome]; n > 0 {
			attributes = append(attributes, string(outcome), n)
		}
	}
	if hint := n.of(r.Account, r); hint != "" {
		attributes = append(attributes, "hint", hint)
	}
	logger.Info("pass ended", attributes...)
}
