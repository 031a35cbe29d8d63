package inbound

import (
	"time"
)

// Health is how an account is doing.
type Health struct {
	State       HealthState
	LastSuccess time.Time // end of the last pass that succeeded; zero: none
	LastError   string    // "" after success
	Cause       Cause     // of LastError
	Hint        string    // what to do about LastError
	// NextAttempt is when the next pass is due; zero: when somebody asks for it, or changes
	// the settings. Run keeps to it, and makes a pass sooner if there is new mail.
	NextAttempt time.Time
	Failures    int // passes that failed since the last success
	Refusals    int // logins that were refused since the last success; see Syncer.Run
	// MostFailed is true while most of the messages that were last looked at could not be
	// uploaded.
	MostFailed bool
	// Initial upload: messages settled so far, of those in the folders listed so far. The
	// total can grow.
	InitialDone, InitialTotal int
	InitialComplete           bool
	// Step is a step of the pass that runs now, if it takes longer than a minute and the
	// server sends less than 16 KiB a second meanwhile; the zero value otherwise. The State
	// and LastError are those of the pass before. If a process dies, its Step stays here
	// until the next pass: see Step.At.
	Step Step
}

// underway is the health while a pass goes on.
func (h Health) underway(t *tally) Health {
	if total, done := t.initialProgress(); !h.InitialComplete && total > 0 {
		h.InitialTotal, h.InitialDone = total, done
		if h.State == HealthNew {
			h.State = HealthInitialUpload
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
	HealthNeedsSignIn   HealthState = "needs_sign_in"       // the server refuses the password or token
	HealthMisconfigured HealthState = "misconfigured"       // somebody has to change settings, here or of the mailbox
	HealthBlocked       HealthState = "blocked_by_provider" // the provider has locked the account, or gives no mailbox
	HealthStaleView     HealthState = "stale_view"          // the connection showed old mail only; replaced by a new one
	HealthInactive      HealthState = "inactive"            // for hosts to show; a Syncer never records it
)

// String returns the state, and "new" for the zero value.
func (s HealthState) String() string {
	if s == HealthNew {
		return "new"
	}
	return string(s)
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
