package progress

import (
	"errors"

	"github.com/postroom/postroom/inbound"
)

// The words for an account whose pass failed. Screen, sum and log have the same.
const (
	stoppedWord = "stopped"
	failedWord  = "failed"
)

// Failure describes the error of a pass in words: "stopped" if the account is left
// alone until somebody acts, "failed" if its next pass tries again; and the reason in a
// few words, such as "login refused", or "" where none is known.
func Failure(err error) (word, reason string) {
	if errors.Is(err, inbound.ErrAuth) {
		return stoppedWord, "login refused"
	}
	var op inbound.Op
	if e := new(inbound.Error); errors.As(err, &e) {
		op = e.Op
	}
	switch cause := inbound.CauseOf(err); {
	case errors.Is(err, inbound.ErrBusy):
		reason = "busy elsewhere"
	case cause == inbound.CauseSettings:
		reason = "wrong settings"
	case cause == inbound.CauseThrottled:
		reason = "throttled"
	case op == inbound.OpConnect:
		reason = "not reached"
	case cause == inbound.CauseUnavailable:
		reason = "unavailable"
	}
	return failedWord, reason
}

// withReason appends a reason, if there is one, to the word for a state.
func withReason(word, reason string) string {
	if reason == "" {
		return word
	}
	return word + " (" + reason + ")"
}
