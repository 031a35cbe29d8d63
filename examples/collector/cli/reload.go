package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// reloader takes over the settings file as it is now, while the collector runs.
type reloader struct {
	service *service
	current *current
	syncer  *inbound.Syncer
	view    *view
	env     func(name string) (value string, ok bool)
}

// reload reads the settings file and has the collector follow it, whole or not at all.
// Environment variables have the values that they had at the start.
func (r *reloader) reload(ctx context.Context) {
	logger, was := r.view.logger, r.current.get()
	read, err := config.Read(was.File, r.env)
	if err != nil {
		refuse(logger, err)
		return
	}
	changes := config.Diff(was, read)
	for _, key := range changes.Restart {
		logger.Warn("the setting has changed, and stays as it was until the collector is restarted", "key", key)
	}
	if len(changes.Now) == 0 {
		logger.Info("settings read again; nothing else has changed", "file", was.File)
		return
	}
	next := config.Following(was, read)
	if err := r.follow(ctx, next); err != nil {
		refuse(logger, err)
		return
	}
	for _, what := range changes.Now {
		logger.Info("setting taken over", "what", what)
	}
	logger.Info("settings read again", "file", was.File, "accounts", len(next.Accounts), "changes", len(changes.Now))
	r.view.follow(next)
	warnOfExposure(logger, next)
	warnOfGroups(logger, next)
	for _, id := range changes.Secrets {
		// One whose login was refused is left alone until somebody asks for it. One that is
		// not at work, as it is inactive, begins with the new secrets in any case.
		if err := r.syncer.SyncNow(id); err != nil && !errors.Is(err, inbound.ErrBusy) {
			logger.Warn("account not tried with its new secrets", "account", id, "error", err)
		}
	}
}

// follow makes settings the current ones, or changes nothing and returns an error.
func (r *reloader) follow(ctx context.Context, next *config.Settings) error {
	credentials, err := r.service.credentials(ctx, next)
	if err != nil {
		return err
	}
	if _, err := inbound.New(r.service.wiring(next, credentials, r.view.logger, nil)); err != nil {
		return next.Locate(err)
	}
	if err := r.service.enter(ctx, next); err != nil {
		return fmt.Errorf("the settings cannot be entered into the database: %w", err)
	}
	r.current.replace(next, credentials, r.view.notifierOf(next))
	return r.syncer.Reload(ctx)
}

// refuse logs why the settings stay as they were: every problem of the file.
func refuse(logger *slog.Logger, err error) {
	var wrong *config.Error
	if errors.As(err, &wrong) {
		for _, p := range wrong.Problems {
			at := wrong.File
			if p.Line > 0 {
				at = fmt.Sprintf("%s:%d", at, p.Line)
			}
			logger.Error("problem of the settings", "at", at, "problem", p.Text)
		}
		logger.Error("settings refused; the old ones stay", "file", wrong.File, "problems", len(wrong.Problems))
		return
	}
	logger.Error("settings not taken over; the old ones stay", "error", err)
}
