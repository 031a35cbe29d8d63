package slognotify

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/postroom/postroom/notify"
)

// Notifier writes each notification to a log. It is safe for concurrent use. It has
// no memory: if Notify is called twice with the same notification, two records with
// the same id are written.
type Notifier struct{ logger *slog.Logger }

var _ notify.Notifier = (*Notifier)(nil)

// New returns a Notifier that writes to logger. A nil logger means the
// [slog.Default] at the time of each notification.
func New(logger *slog.Logger) *Notifier { return &Notifier{logger: logger} }

// Notify implements notify.Notifier. It writes a record "notification" at level
// Info with the attributes id, kind, manager, customer, email and account. That of a
// notify.InitialDigest also has the numbers emails and customers. That of a
// notify.AccountBroken is at level Error and has the subject as reason. If the logger is
// enabled for Debug, each record also has shop, from and subject. If the logger is not
// enabled for the record's level, Notify writes nothing and returns nil. If the handler
// fails, for example because the disk is full, Notify returns its error.
func (n *Notifier) Notify(ctx context.Context, notification notify.Notification) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	logger := n.logger
	if logger == nil {
		logger = slog.Default()
	}
	level, broken := slog.LevelInfo, notification.Kind == notify.AccountBroken
	if broken {
		level = slog.LevelError
	}
	handler := logger.Handler() // a Logger would ignore its error
	if !handler.Enabled(ctx, level) {
		return nil
	}
	record := slog.NewRecord(time.Now(), level, "notification", 0)
	record.AddAttrs(
		slog.String("id", notification.ID),
		slog.String("kind", string(notification.Kind)),
		slog.String("manager", notification.ManagerID),
		slog.String("customer", notification.CustomerID),
		slog.String("email", notification.EmailID),
		slog.String("account", notification.AccountID),
	)
	if broken {
		record.AddAttrs(slog.String("reason", notification.Subject))
	}
	if notification.Kind == notify.InitialDigest {
		record.AddAttrs(slog.Int("emails", notification.Emails), slog.Int("customers", notification.Customers))
	}
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
