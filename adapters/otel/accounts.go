package otel

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// accounts is how the accounts are doing, for the metrics that are read when they are collected.
type accounts struct {
	omitAccount bool
	mu          sync.Mutex
	by          map[string]*account
}

// account is one of them.
type account struct {
	state          string
	initial        bool // an initial upload is, or was, under way
	settled, total int64
}

func newAccounts(omitAccount bool) *accounts {
	return &accounts{omitAccount: omitAccount, by: make(map[string]*account)}
}

func (a *accounts) change(id string, change func(*account)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by[id] == nil {
		a.by[id] = new(account)
	}
	change(a.by[id])
}

// changed notes the state of an account.
func (a *accounts) changed(id, state string) { a.change(id, func(one *account) { one.state = state }) }

// progressed notes how far the initial upload of an account is.
func (a *accounts) progressed(id string, settled, total int64) {
	a.change(id, func(one *account) { one.initial, one.settled, one.total = true, settled, total })
}

// forget drops an account that is no longer collected from.
func (a *accounts) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.by, id)
}

// register creates the metrics of the accounts.
func (a *accounts) register(meter metric.Meter) error {
	states, err1 := meter.Int64ObservableUpDownCounter("postroom.accounts", metric.WithUnit("{account}"),
		metric.WithDescription("Accounts by state."))
	settled, err2 := meter.Int64ObservableUpDownCounter("postroom.initial_upload.settled", metric.WithUnit("{message}"),
		metric.WithDescription("Messages of the initial upload that have an outcome."))
	total, err3 := meter.Int64ObservableUpDownCounter("postroom.initial_upload.total", metric.WithUnit("{message}"),
		metric.WithDescription("Messages of the initial upload that are known so far."))
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	_, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		sums := make(map[metric.Int64Observable]map[attribute.Set]int64)
		add := func(of metric.Int64Observable, n int64, id string, attributes ...attribute.KeyValue) {
			if !a.omitAccount {
				attributes = append(attributes, accountID(id))
			}
			if sums[of] == nil {
				sums[of] = make(map[attribute.Set]int64)
			}
			sums[of][attribute.NewSet(attributes...)] += n
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		for id, one := range a.by {
			if one.state != "" {
				add(states, 1, id, attribute.String("postroom.account.state", one.state))
			}
			if one.initial {
				add(settled, one.settled, id)
				add(total, one.total, id)
			}
		}
		for of, by := range sums {
			for set, n := range by {
				o.ObserveInt64(of, n, metric.WithAttributeSet(set))
			}
		}
		return nil
	}, states, settled, total)
	return err
}
