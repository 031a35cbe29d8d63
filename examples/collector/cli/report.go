package cli

import (
	"context"
	"errors"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// sums is what the command report prints.
type sums struct {
	Accounts         []accountSums   `json:"accounts"`
	Emails           int             `json:"emails"`
	Customers        int             `json:"customers"`
	CustomersCreated int             `json:"customers_created"`
	Assignments      map[string]int  `json:"assignments"`
	Notifications    notificationSum `json:"notifications"`
}

type accountSums struct {
	ID            string                  `json:"id"`
	State         string                  `json:"state"` // see inbound.HealthState
	Outcomes      map[inbound.Outcome]int `json:"outcomes"`
	InitialUpload initialUpload           `json:"initial_upload"`
	LastSuccess   *time.Time              `json:"last_success"`
	LastError     string                  `json:"last_error"`
	Hint          string                  `json:"hint"`
}

type initialUpload struct {
	Done     int  `json:"done"`
	Total    int  `json:"total"`
	Complete bool `json:"complete"`
}

type notificationSum struct {
	Delivered int `json:"delivered"`
	Pending   int `json:"pending"`
	Dead      int `json:"dead"`
}

// report is the command report.
func (p *app) report(ctx context.Context, cmd *urfave.Command) (err error) {
	if _, err := operands(cmd, 0, 0); err != nil {
		return err
	}
	s, err := p.inspect(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	var r sums
	for _, a := range s.settings.Accounts {
		one, err := s.sumsOf(ctx, a)
		if err != nil {
			return err
		}
		r.Accounts = append(r.Accounts, one)
	}
	if r.Emails, err = s.store.CountEmails(ctx, inbound.EmailFilter{}); err != nil {
		return err
	}
	counts, err := s.store.Customers().Counts(ctx)
	if err != nil {
		return err
	}
	r.Customers, r.CustomersCreated = counts.All, counts.Created
	if r.Assignments, err = s.store.Customers().CountByManager(ctx); err != nil {
		return err
	}
	counted, err := s.store.NotificationCounts(ctx)
	if err != nil {
		return err
	}
	r.Notifications = notificationSum{
		Delivered: counted[notify.Delivered], Pending: counted[notify.Pending], Dead: counted[notify.Dead],
	}
	return p.print(r)
}

func (s *service) sumsOf(ctx context.Context, a inbound.Account) (accountSums, error) {
	h, err := s.store.Health(ctx, a.ID)
	if err != nil {
		return accountSums{}, err
	}
	found, err := s.store.Outcomes(ctx, a.ID)
	if err != nil {
		return accountSums{}, err
	}
	one := accountSums{
		ID: a.ID, State: h.State.String(), Outcomes: make(map[inbound.Outcome]int),
		LastSuccess: jsonTime(h.LastSuccess), LastError: h.LastError, Hint: h.Hint,
		InitialUpload: initialUpload{h.InitialDone, h.InitialTotal, h.InitialComplete},
	}
	if h.Step.Op != "" {
		one.LastError, one.Hint = h.Step.String(), h.Step.Hint()
		if h.State == inbound.HealthOK {
			one.State = inbound.HealthDegraded.String()
		}
	}
	if a.Inactive {
		one.State = inbound.HealthInactive.String()
	}
	for _, outcome := range inbound.Outcomes() {
		one.Outcomes[outcome] = found[outcome] // also outcomes that no message has
	}
	return one, nil
}

// inspect opens the database that the settings name.
func (p *app) inspect(ctx context.Context, cmd *urfave.Command) (*service, error) {
	c, err := config.ReadOffline(cmd.String("config"), p.env)
	if err != nil {
		return nil, err
	}
	return inspect(ctx, c)
}
