package inbound

import (
	"errors"
	"math"
	"time"
)

// Health is how an account is doing.
type Health struct {
	State       HealthState
	Since       time.Time // when State became what it is; zero: not known
	LastSuccess time.Time // end of the last pass that succeeded; zero: none
	LastError   string    // "" after success
	Cause       Cause     // of LastError, or of a pause that the server wants after a pass that succeeded
	LastErrorAt time.Time // end of the pass that LastError is of; zero after success
	Hint        string    // what to do about LastError
	Failures    int       // passes that failed since the last one that succeeded, or that settled messages
	Refusals    int       // logins that were refused since the last success; see Syncer.Run
	// NextAttempt is when the next pass is due; zero: when somebody asks for it, or changes
	// the settings. Run keeps to it, and makes a pass sooner if there is new mail.
	NextAttempt time.Time
	// TroubleSince is since when the account has failed or been degraded, whatever the State
	// was in the meantime; zero: it works, or nobody tries.
	TroubleSince time.Time
	// AlertedAt is when Config.Operators were notified that the account is broken; zero: they
	// were not, or they were notified of its recovery since.
	AlertedAt time.Time
	// MostFailed is true while most of the messages that were last looked at could not be
	// uploaded.
	MostFailed bool
	// Initial upload: messages settled so far, of those in the folders listed so far. The
	// total can grow. InitialSince is the beginning of the pass that listed the first of them.
	InitialSince              time.Time
	InitialDone, InitialTotal int
	InitialComplete           bool
	// InitialBytes of InitialTotalBytes are settled so far, by the sizes that the server
	// lists. The total is -1 where the server does not say it (IMAP without STATUS=SIZE).
	InitialBytes, InitialTotalBytes int64
	// InitialTook is how long passes have worked on the initial upload, without the time in
	// between.
	InitialTook time.Duration
	// HistoryAfter is when the limits of the provider let the initial upload go on (package
	// discover/presets); the zero time: now. New mail does not wait for it. Until then no pass
	// looks at old mail, nor at how much was read (Usage).
	HistoryAfter time.Time
	// InitialNotBefore is the earliest time at which these limits let the initial upload end;
	// the zero time: they do not matter.
	InitialNotBefore time.Time
	// Step is a step of the pass that runs now, if it takes longer than a minute and the
	// server sends less than 16 KiB a second meanwhile; the zero value otherwise. The State
	// and LastError are those of the pass before. If a process dies, its Step stays here
	// until the next pass: see Step.At.
	Step Step
}

// underway is the health while a pass goes on.
func (h Health) underway(t *tally) Health {
	t.mu.Lock()
	defer t.mu.Unlock()
	return h.counting(t)
}

// counting is underway while t.mu is locked.
func (h Health) counting(t *tally) Health {
	if total, done := t.uploads.initial(); !h.InitialComplete && total > 0 {
		h.InitialTotal, h.InitialDone = total, done
		h.InitialBytes, h.InitialTotalBytes = t.bytes.of()
		h.InitialTook += time.Since(t.begun)
		h.HistoryAfter, h.InitialNotBefore = t.historyAfter, t.notBefore
		if h.InitialSince.IsZero() {
			h.InitialSince = t.begun
		}
		if h.State == HealthNew {
			h.become(HealthInitialUpload, t.begun)
		}
	}
	return h
}

// HealthState is a word for how an account is doing.
type HealthState string

// The states of an account. The zero value stands for "new": no pass has ended yet.
const (
	HealthNew           HealthState = ""
	HealthInitialUpload HealthState = "initial_upload" // the mail that was there is being uploaded
	HealthOK            HealthState = "ok"
	HealthDegraded      HealthState = "degraded"            // a folder, listing, deletion, mark or most messages fail
	HealthBackingOff    HealthState = "backing_off"         // trouble that is transient; retried automatically
	HealthStaleView     HealthState = "stale_view"          // the connection shows an old state; a new one follows
	HealthNeedsSignIn   HealthState = "needs_sign_in"       // the server refuses the password or token
	HealthMisconfigured HealthState = "misconfigured"       // somebody has to change settings, here or of the mailbox
	HealthBlocked       HealthState = "blocked_by_provider" // the provider has locked the account, or gives no mailbox

	// A Syncer never records these: Syncer.Health shows them in place of what is recorded.
	HealthWaiting  HealthState = "waiting_for_lease" // this process waits until a different one ends with the account
	HealthPaused   HealthState = "paused"            // Account.Paused
	HealthInactive HealthState = "inactive"          // Account.Inactive
)

// String returns the state, and "new" for the zero value.
func (s HealthState) String() string {
	if s == HealthNew {
		return "new"
	}
	return string(s)
}

// works reports a state in which mail is uploaded as it comes.
func (s HealthState) works() bool { return s == HealthOK || s == HealthInitialUpload }

// fails reports a state in which some mail is not uploaded, or none.
func (s HealthState) fails() bool {
	return s == HealthDegraded || s == HealthBackingOff || s == HealthStaleView || s.waitsForSomebody()
}

// waitsForSomebody reports a failing state that no pass can end before somebody has acted.
func (s HealthState) waitsForSomebody() bool {
	return s == HealthNeedsSignIn || s == HealthMisconfigured || s == HealthBlocked
}

// become sets the State. Nothing else changes the one that is recorded, so that Since is
// always that of the State.
func (h *Health) become(state HealthState, at time.Time) {
	if state != h.State {
		h.State, h.Since = state, at
	}
	switch {
	case !state.fails():
		h.TroubleSince = time.Time{}
	case h.TroubleSince.IsZero(), h.TroubleSince.After(at): // or the clock was set back
		h.TroubleSince = at
	}
}

// passed changes the health after a pass, which may have left some of the initial upload
// for later.
func (h *Health) passed(fatal, partial error, unfinished bool, at time.Time) {
	state := stateOf(fatal, partial)
	if state == HealthOK && unfinished {
		state = HealthInitialUpload
	}
	switch {
	case fatal == nil:
		h.LastSuccess, h.Failures, h.Refusals = at, 0, 0
	case errors.Is(fatal, ErrAuth):
		h.Failures++
		if h.Refusals++; h.mayRetry() {
			state = HealthBackingOff
		}
	default:
		h.Failures++
	}
	h.become(state, at)
	h.LastError, h.Cause, h.LastErrorAt, h.Hint = "", "", time.Time{}, ""
	if err := oneOrAll(fatal, partial); err != nil {
		h.LastError, h.Cause, h.LastErrorAt, h.Hint = boundedText(err.Error()), CauseOf(err), at, HintOf(err)
	}
}

// Shown returns the health as it is to be shown to people: while a step takes long, LastError
// and Hint are about the step, and an account that was well is degraded.
func (h Health) Shown() Health {
	if h.Step.Op == "" {
		return h
	}
	if h.State == HealthOK {
		h.State, h.Since = HealthDegraded, h.Step.Since
	}
	h.LastError, h.Cause, h.LastErrorAt, h.Hint = h.Step.String(), CauseUnavailable, h.Step.At, h.Step.Hint()
	return h
}

// InitialETA estimates how long the initial upload will still take, by the messages that
// were settled while passes worked on it, and by the limits of the provider. ok is false
// where there is nothing to estimate, or nothing to estimate from, and while the account is
// paused or inactive.
func (h Health) InitialETA(now time.Time) (eta time.Duration, ok bool) {
	left := h.InitialTotal - h.InitialDone
	if h.InitialComplete || h.InitialSince.IsZero() || left <= 0 || h.State == HealthPaused ||
		h.State == HealthInactive {
		return 0, false
	}
	if h.InitialDone > 0 && h.InitialTook > 0 {
		perMessage := float64(h.InitialTook) / float64(h.InitialDone)
		eta = time.Duration(min(perMessage*float64(left), math.MaxInt64/4)) + max(0, h.HistoryAfter.Sub(now))
	}
	eta = max(eta, h.InitialNotBefore.Sub(now)).Round(time.Second)
	return eta, eta > 0
}

// maxRefusals is how many logins in a row may be refused before an account that has
// worked is left alone. Servers also refuse right passwords while they are busy.
const maxRefusals = 6

// mayRetry reports whether a refused login is worth another attempt.
func (h *Health) mayRetry() bool { return !h.LastSuccess.IsZero() && h.Refusals < maxRefusals }

// stateOf is how an account is doing after a pass that ended with this error.
func stateOf(fatal, partial error) HealthState {
	switch {
	case fatal == nil && partial == nil:
		return HealthOK
	case fatal == nil:
		return HealthDegraded
	}
	switch CauseOf(fatal) {
	case CauseCredentials, CauseAppPassword, CauseOAuth2:
		return HealthNeedsSignIn
	case CauseFolder, CauseSettings, CauseProtocolOff:
		return HealthMisconfigured
	case CauseBlocked:
		return HealthBlocked
	}
	return HealthBackingOff
}
