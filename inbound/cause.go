package inbound

// Cause says what is wrong with an account, in a word that programs can compare.
type Cause string

// The causes. The zero value means that it is not known.
const (
	CauseUnknown     Cause = ""
	CauseCredentials Cause = "credentials"  // a wrong password, or revoked access
	CauseAppPassword Cause = "app_password" // the provider wants an app password or an authorization code
	CauseOAuth2      Cause = "oauth2"       // the provider takes no passwords, only OAuth2
	CauseBlocked     Cause = "blocked"      // the provider has locked or suspended the account, or it has no license
	CauseProtocolOff Cause = "protocol_off" // IMAP or POP3 is switched off for the mailbox, its plan or its domain
	CauseFolder      Cause = "folder"       // there is no folder of that name, or it may not be read
	CauseSettings    Cause = "settings"     // a wrong host, port or the like
	CauseThrottled   Cause = "throttled"    // too many logins or commands for the server
	CauseUnavailable Cause = "unavailable"  // the network, the server or the host's software fails
)

// Actor is who has to act before an account works again.
type Actor string

// The actors.
const (
	ActorNobody   Actor = "nobody"   // nobody: it is retried automatically, and resolves itself
	ActorUser     Actor = "user"     // the mailbox's owner, who has to sign in again or to ask the provider
	ActorOperator Actor = "operator" // whoever entered the settings, who has to correct them
)

// Transient reports whether the cause is likely to pass by waiting.
func (c Cause) Transient() bool { return c.Actor() == ActorNobody }

// Actor returns who has to act.
func (c Cause) Actor() Actor {
	switch c {
	case CauseCredentials, CauseAppPassword, CauseOAuth2, CauseBlocked, CauseProtocolOff:
		return ActorUser
	case CauseFolder, CauseSettings:
		return ActorOperator
	}
	return ActorNobody
}
