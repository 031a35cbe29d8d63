package slognotify

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/postroom/postroom/notify"
)

// Notifier writes each notification to a log. It is safe for concurrent use and
// remembers nothing: a notification that is told twice is written twice, with
// the same id.
type Notifier struct{ logger *slog.Logger }

var _ notify.Notifier = (*Notifier)(nil)

// New returns a Notifier that writes to logger; nil means [slog.Default] at the
// time of each notification.
func New(logger *slog.Logger) *Notifier { return &Notifier{logger: logger} }

// Notify implements notify.Notifier. It writes a record "notification" at level
// Info, with the attributes id, kind, manager, customer, email and account; where
// Debug is admitted, also with shop, from and subject. A logger that does not
// admit Info is told nothing, which is not an error; one whose handler fails, on
// a full disk for instance, is tried again later.
func (n *Notifier) Notify(ctx context.Context, notification notify.Notification) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	logger := n.logger
	if logger == nil {
		logger = slog.Default()
	}
	handler := logger.Handler() // whose error a Logger would drop
	if !handler.Enabled(ctx, slog.LevelInfo) {
		return nil
	}
	record := slog.NewRecord(time.Now(), slog.LevelInfo, "notification", 0)
	record.AddAttrs(
		slog.String("id", notification.ID),
		slog.String("kind", string(notification.Kind)),
		slog.String("manager", notification.ManagerID),
		slog.String("customer", notification.CustomerID),
		slog.String("email", notification.EmailID),
		slog.String("account", notification.AccountID),
	)
	if handler.Enabled(ctx, slog.LevelDebug) {
		record.AddAttrs(
			slog.String("shop", notification.Shop),
			slog.String("from", notification.From),
			slog.String("subject", notification.Subject),
		)
	}
	if err := handler.Handle(ctx, record); err != nil {
		return fmt.Errorf("slognotify: write to the log: %w", err)
	}
	return nil
}
