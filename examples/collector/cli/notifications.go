package cli

import (
	"context"
	"errors"

	urfave "github.com/urfave/cli/v3"

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
	// Of a digest: how many emails and customers it stands for.
	Emails    int `json:"emails,omitempty"`
	Customers int `json:"customers,omitempty"`
}

// notifications is the command notifications.
func (p *app) notifications(ctx context.Context, cmd *urfave.Command) (err error) {
	if _, err := operands(cmd, 0, 0); err != nil {
		return err
	}
	s, err := p.inspect(ctx, cmd)
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
				e.Emails, e.Customers,
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
