package slognotify

import (
	"context"
	"log/slog"

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
// Debug is admitted, also with shop, from and subject. It never fails.
func (n *Notifier) Notify(ctx context.Context, notification notify.Notification) error {
	logger := n.logger
	if logger == nil {
		logger = slog.Default()
	}
	attributes := []slog.Attr{
		slog.String("id", notification.ID),
		slog.String("kind", string(notification.Kind)),
		slog.String("manager", notification.ManagerID),
		slog.String("customer", notification.CustomerID),
		slog.String("email", notification.EmailID),
		slog.String("account", notification.AccountID),
	}
	if logger.Enabled(ctx, slog.LevelDebug) {
		attributes = append(attributes,
			slog.String("shop", notification.Shop),
			slog.String("from", notification.From),
			slog.String("subject", notification.Subject))
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "notification", attributes...)
	return nil
}
