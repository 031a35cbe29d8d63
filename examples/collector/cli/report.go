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
	Since         *time.Time              `json:"since"`
	NextAttempt   *time.Time              `json:"next_attempt"`
	ETASeconds    *int64                  `json:"eta_seconds"` // of the initial upload; null: not known
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
	health, err := s.store.AllHealth(ctx)
	if err != nil {
		return err
	}
	for _, a := range s.settings.Accounts {
		one, err := s.sumsOf(ctx, a, shownHealth(a, health[a.ID]))
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

// shownHealth is the health of an account by its settings and by the process that collects
// from it. That another process waits until that one ends is only on the health page of the
// one that waits.
func shownHealth(a inbound.Account, h inbound.Health) inbound.Health {
	h = h.Shown()
	switch {
	case a.Inactive:
		h.State = inbound.HealthInactive
	case a.Paused:
		h.State = inbound.HealthPaused
	default:
		return h
	}
	h.Since, h.NextAttempt = time.Time{}, time.Time{}
	return h
}

func (s *service) sumsOf(ctx context.Context, a inbound.Account, h inbound.Health) (accountSums, error) {
	found, err := s.store.Outcomes(ctx, a.ID)
	if err != nil {
		return accountSums{}, err
	}
	one := accountSums{
		ID: a.ID, State: h.State.String(), Outcomes: make(map[inbound.Outcome]int),
		LastSuccess: jsonTime(h.LastSuccess), LastError: h.LastError, Hint: h.Hint,
		InitialUpload: initialUpload{h.InitialDone, h.InitialTotal, h.InitialComplete},
		Since:         jsonTime(h.Since), NextAttempt: jsonTime(h.NextAttempt),
	}
	if eta, ok := h.InitialETA(time.Now()); ok {
		seconds := int64(eta / time.Second)
		one.ETASeconds = &seconds
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
