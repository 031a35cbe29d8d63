package inbound

import (
	"context"

	"github.com/postroom/postroom/notify"
)

// outbox adds notifications to the store, as the settings of their accounts want those that
// stem from an initial upload.
type outbox struct {
	store interface {
		notify.Outbox
		notify.Holder
	}
	initial func(accountID string) InitialNotifications
}

// add adds notifications in their order.
func (o outbox) add(ctx context.Context, ns []notify.Notification) error {
	var run []notify.Notification // that are all held, or all are not
	held := false
	flush := func() (err error) {
		if len(run) > 0 && held {
			err = o.store.Hold(ctx, run)
		} else if len(run) > 0 {
			err = o.store.Add(ctx, run)
		}
		run = run[:0]
		return err
	}
	for _, n := range ns {
		how := NotifyEach
		if n.Initial {
			how = o.initial(n.AccountID)
		}
		if how == NotifyNone {
			continue
		}
		if hold := how == NotifyDigest; hold != held {
			if err := flush(); err != nil {
				return err
			}
			held = hold
		}
		run = append(run, n)
	}
	return flush()
}

// initialNotifications is how managers are notified of the initial upload of an account,
// as the settings are now.
func (s *Syncer) initialNotifications(accountID string) InitialNotifications {
	return s.settings.Load().accounts[accountID].initialNotifications()
}
