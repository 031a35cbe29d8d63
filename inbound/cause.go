package inbound

// Cause says what is wrong with an account, in a word that programs can compare.
type Cause string

// The causes. The zero value means that it is not known.
const (
	CauseUnknown     Cause = ""
	CauseCredentials Cause = "credentials" // a wrong password, or revoked access
	CauseSettings    Cause = "settings"    // a wrong host, port, folder or the like
	CauseThrottled   Cause = "throttled"   // too many logins or commands for the server
	CauseUnavailable Cause = "unavailable" // the network, the server or the host's software fails
)

// Actor is who has to act before an account works again.
type Actor string

// The actors.
const (
	ActorNobody   Actor = "nobody"   // nobody: it is retried automatically, and resolves itself
	ActorUser     Actor = "user"     // the mailbox's owner, who has to sign in again
	ActorOperator Actor = "operator" // whoever entered the settings, who has to correct them
)

// Transient reports whether the cause is likely to pass by waiting.
func (c Cause) Transient() bool { return c.Actor() == ActorNobody }

// Actor returns who has to act.
func (c Cause) Actor() Actor {
	switch c {
	case CauseCredentials:
		return ActorUser
	case CauseSettings:
		return ActorOperator
	}
	return ActorNobody
}
