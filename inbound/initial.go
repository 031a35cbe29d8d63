package inbound

import "time"

// InitialNotifications says how managers are notified of what stems from the initial upload
// of an account: of its emails, and of customers who are assigned because of them. An email
// is one of the initial upload if it was on the server when its folder was listed for the
// first time. Managers are notified of later emails one by one, also while the initial
// upload goes on, as far as the time of arrival tells.
type InitialNotifications string

// The ways to notify of the initial upload. The zero value means NotifyDigest.
const (
	// NotifyDigest holds the notifications back until the initial upload is complete. A
	// manager who would get more than 20 from an account gets one of the kind
	// notify.InitialDigest instead. If the upload takes longer than a day, what is held back
	// then is told after a day. A manager gets at most 20 single notifications of
	// an initial upload, and at most one digest a day. Customers who wait for a manager are
	// told of in the same way when they are assigned.
	NotifyDigest InitialNotifications = "digest"
	NotifyEach   InitialNotifications = "each" // one by one, immediately
	NotifyNone   InitialNotifications = "none" // customers are assigned, but nobody is notified
)

const (
	// DefaultInitialAge is the default of Account.InitialAge.
	DefaultInitialAge = 90 * 24 * time.Hour
	// AnyAge is an Account.InitialAge for which no email is too old.
	AnyAge time.Duration = -1
)

func (a Account) initialNotifications() InitialNotifications {
	if a.InitialNotifications == "" {
		return NotifyDigest
	}
	return a.InitialNotifications
}

func (a Account) initialAge() time.Duration {
	if a.InitialAge == 0 {
		return DefaultInitialAge
	}
	return a.InitialAge
}

// tellsInitial reports whether it matters if an email is one of the initial upload.
func (a Account) tellsInitial() bool {
	return !a.Start.Now && (a.initialAge() > 0 || a.initialNotifications() != NotifyEach)
}

// ofInitialUpload reports whether an email is one of the initial upload, and whether it is
// too old for notifications. until is what plan.initialUntil returns. The zero time of
// arrival is unknown.
func (a Account) ofInitialUpload(arrived, until time.Time) (initial, old bool) {
	if until.IsZero() || a.Start.Now || arrived.After(until) {
		return false, false
	}
	age := a.initialAge()
	return true, age > 0 && !arrived.IsZero() && arrived.Before(until.Add(-age))
}

// olderThanInitialAge is the reason of an email that is too old for notifications.
const olderThanInitialAge = "older than initial_age: bound, but nobody is assigned or notified"

// initialUntil says which messages are of the initial upload: those that were in their folder
// when it was first listed. For one that was there if it arrived by then, it returns when
// that was; for one that came later, even if somebody has moved an old message in, the zero
// time. before is the record of the message.
//
// What is of the history was there, and so may have been what has failed since, or was left
// out by the account's start, whenever it is read. All else may have been there only while
// the initial upload goes on, and what has no record not even then if there is a history.
// Kept bytes, which no plan reads, go by the account's first connection: see pass.reread.
func (p *plan) initialUntil(before LedgerEntry) time.Time {
	switch {
	case !p.account.tellsInitial():
		return time.Time{}
	case p.initial, before.BeforeStart, before.Outcome == Failed:
		return p.state.StartedAt
	case !p.uploading, before.Outcome == "" && !p.state.History.isOver():
		return time.Time{}
	}
	return p.state.StartedAt
}

// mayBeInitial reports whether the initial upload goes on. Mail that is decided on again
// is of it if it arrived early enough; but if a person has asked for that of one sender,
// its manager is to know.
func (p *pass) mayBeInitial() bool {
	if p.health != nil {
		return !p.health.InitialComplete
	}
	return p.rules.replayed == ""
}
