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

// The states of an account. The zero value, which stands for "new", means that no pass
// has come so far that there is something to say.
const (
	HealthNew           HealthState = ""
	HealthInitialUpload HealthState = "initial_upload" // the mail that was there is being uploaded
	HealthOK            HealthState = "ok"
	HealthDegraded      HealthState = "degraded"      // mail is collected; a folder, a deletion or most messages fail
	HealthBackingOff    HealthState = "backing_off"   // trouble that is transient; retried automatically
	HealthNeedsSignIn   HealthState = "needs_sign_in" // the server refuses the password or token
	HealthMisconfigured HealthState = "misconfigured" // somebody has to change the settings
	HealthInactive      HealthState = "inactive"      // switched off
)

// String returns the state, and "new" for the zero value.
func (s HealthState) String() string {
	if s == HealthNew {
		return "new"
	}
	return string(s)
}

// stateOf is how an account is doing after a pass that ended with this error.
func stateOf(fatal, beside error) HealthState {
	switch {
	case fatal == nil && beside == nil:
		return HealthOK
	case fatal == nil:
		return HealthDegraded
	}
	switch CauseOf(fatal).Actor() {
	case ActorUser:
		return HealthNeedsSignIn
	case ActorOperator:
		return HealthMisconfigured
	}
	return HealthBackingOff
}

// recordHealth writes down how the pass ended. A pass that was asked to stop
// says nothing about the account's health, and one that has lost its lease leaves
// it to the process that has it.
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
	h.State = stateOf(fatal, beside)
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
