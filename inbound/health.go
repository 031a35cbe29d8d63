package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Health is how an account is doing.
type Health struct {
	State       HealthState
	LastSuccess time.Time // end of the last pass that went through; zero: none
	LastError   string    // "" after success
	Hint        string    // what to do about LastError
	Failures    int       // passes that failed since the last success
	// Initial upload: messages settled so far, of those there when it began.
	InitialDone, InitialTotal int
	InitialComplete           bool
}

// HealthState is a word for how an account is doing.
type HealthState string

// The states of an account. The zero value means that no pass has ended yet.
const (
	HealthNew      HealthState = ""
	HealthOK       HealthState = "ok"
	HealthDegraded HealthState = "degraded"     // mail is collected; a folder, a deletion or marking fails
	HealthRetrying HealthState = "retrying"     // trouble that heals by itself
	HealthBlocked  HealthState = "needs_action" // somebody has to change something
	HealthInactive HealthState = "inactive"     // switched off
)

// recordHealth writes down how the pass ended. A pass that was asked to stop
// says nothing about the account's health, and one that has lost its lease leaves
// it to whoever has it.
func (p *pass) recordHealth(ctx context.Context, fatal, beside error) error {
	if p.health == nil || errors.Is(fatal, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	if fatal == nil && beside == nil {
		beside = p.tally.mostFailed()
	}
	h := *p.health
	if !h.InitialComplete && p.tally.total.Load() > 0 {
		h.InitialTotal, h.InitialDone = p.tally.initialProgress()
	}
	h.InitialComplete = h.InitialComplete || fatal == nil && !p.unread
	switch {
	case errors.Is(fatal, ErrAuth), errors.Is(fatal, ErrPermanent):
		h.State = HealthBlocked
	case fatal != nil:
		h.State = HealthRetrying
	case beside != nil:
		h.State = HealthDegraded
	default:
		h.State = HealthOK
	}
	if fatal == nil {
		h.LastSuccess, h.Failures = time.Now(), 0
	} else {
		h.Failures++
	}
	h.LastError, h.Hint = "", ""
	if err := oneOrAll(fatal, beside); err != nil {
		h.LastError, h.Hint = boundedText(err.Error()), HintOf(err)
	}
	err := p.known.fenced(ctx, func(ctx context.Context) error { return p.store.SetHealth(ctx, p.account.ID, h) })
	if err != nil {
		return fmt.Errorf("inbound: record health: %w", err)
	}
	return nil
}
