package inbound

import (
	"context"
	"errors"
	"time"
)

// recordRefused records that accounts cannot run, and why.
func (s *Syncer) recordRefused(ctx context.Context, st *settings) {
	if len(st.refused) == 0 {
		return
	}
	recorded, err := s.store.AllHealth(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.logger.WarnContext(ctx, "health of accounts that cannot run not recorded", "error", err)
		}
		return // the next reading will do
	}
	for _, id := range st.order {
		a, ok := st.refused[id]
		if !ok || !accountID.MatchString(id) { // nothing is recorded of such an ID
			continue
		}
		if h := recorded[id]; !h.refused(a.err, time.Now()) {
			continue
		}
		err := s.withLease(ctx, "account/"+a.ID, 0, func(ctx context.Context, f fence) error {
			h, err := s.store.Health(ctx, a.ID)
			if err != nil || !h.refused(a.err, time.Now()) {
				return err
			}
			return s.recorder.record(ctx, f, a.Account, h)
		})
		if err != nil && ctx.Err() == nil && !errors.Is(err, ErrBusy) { // if it is busy, the next reading will do
			s.logger.WarnContext(ctx, "health not recorded", "account", a.ID, "error", err)
		}
	}
}

// refused changes the health of an account that cannot run, and reports whether that is
// new.
func (h *Health) refused(err error, at time.Time) bool {
	text := boundedText(err.Error())
	if h.State == HealthMisconfigured && h.LastError == text {
		return false
	}
	h.become(HealthMisconfigured, at)
	h.LastError, h.Cause, h.LastErrorAt, h.Hint = text, CauseSettings, at, hintSettings
	h.NextAttempt = time.Time{}
	return true
}

// hintSettings says what to do about an account that cannot run.
const hintSettings = "correct the account's settings"
