package cli

import (
	"context"
	"errors"

	"github.com/postroom/postroom/notify"
)

// notificationLine is what the command notifications prints of one notification.
type notificationLine struct {
	ID       string       `json:"id"`
	Kind     notify.Kind  `json:"kind"`
	Manager  string       `json:"manager"`
	Customer string       `json:"customer"`
	Email    string       `json:"email"`
	Account  string       `json:"account"`
	State    notify.State `json:"state"`
	Attempts int          `json:"attempts"`
}

// notifications is the command notifications.
func (p *app) notifications(ctx context.Context, args []string) (err error) {
	a := p.arguments("notifications").withConfig()
	if _, err := a.read(p, args, 0, 0); err != nil {
		return err
	}
	s, err := p.inspect(ctx, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	for after := ""; ; {
		page, err := s.store.Notifications(ctx, after, pageSize)
		if err != nil {
			return err
		}
		for _, e := range page {
			line := notificationLine{
				e.ID, e.Kind, e.ManagerID, e.CustomerID, e.EmailID, e.AccountID, e.State, e.Attempts,
			}
			if err := p.print(line); err != nil {
				return err
			}
			after = e.ID
		}
		if len(page) < pageSize {
			return nil
		}
	}
}
