package refusal

import "github.com/postroom/postroom/inbound"

// What refusals mean. A hint says what a person can do; those of credentials depend
// on how the account logs in, and are left to package mailauth.

// Refusals that pass.
var (
	trouble = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"the server has trouble of its own; retried automatically"}
	notServed = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"the server turns the connection away; retried automatically, and check host and port if this stays"}
	notOpened = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"the server does not open the folder now; retried automatically, and check the folder's name if this stays"}
	hungUp = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"the server ended the connection; retried automatically"}
	signedOut = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"the server has ended the login; it is logged in again automatically"}
	inUse = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"another program has the mailbox open; retried automatically"}
	notConnected = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"the provider accepts the login and gives no mailbox; retried automatically; if this stays, check that " +
			"PROTOCOL is allowed for the mailbox, that it has a license, and that the username is its own address"}
	longCommand = meaning{inbound.ErrTemporary, inbound.CauseUnavailable,
		"the server does not take the command; retried automatically"}
	throttled = meaning{inbound.ErrThrottled, inbound.CauseThrottled,
		"the provider wants a pause; retried automatically; raise the account's interval if this stays"}
	tooManyConnections = meaning{inbound.ErrThrottled, inbound.CauseThrottled,
		"the provider limits connections; retried automatically, sooner if other programs use the mailbox less"}
	tooManyLogins = meaning{inbound.ErrThrottled, inbound.CauseThrottled,
		"the provider limits how often one may log in; retried automatically; " +
			"raise the account's interval if this stays"}
	trafficLimit = meaning{inbound.ErrThrottled, inbound.CauseThrottled,
		"the provider's limit on traffic is reached, for up to a day; retried automatically, " +
			"sooner if other programs use the mailbox less"}
	lockedForNow = meaning{inbound.ErrThrottled, inbound.CauseThrottled,
		"the provider takes no logins for a while, perhaps after some that failed; retried automatically"}
)

// Refusals of the login that need the mailbox's owner.
var (
	credentials   = meaning{inbound.ErrAuth, inbound.CauseCredentials, ""}
	severalCauses = meaning{inbound.ErrAuth, inbound.CauseCredentials,
		"the provider has one text for several causes: check that PROTOCOL is switched on in the mailbox's " +
			"settings on the web, that an authorization code is entered in place of the password, " +
			"and that the account is not locked"}
	credentialsOrOff = meaning{inbound.ErrAuth, inbound.CauseCredentials,
		"check the username and the app password, and that PROTOCOL is switched on in the mailbox's settings " +
			"(Yandex: All settings > Email clients)"}
	appPassword = meaning{inbound.ErrAuth, inbound.CauseAppPassword,
		"the provider requires an app password; make one in its account settings and enter it here"}
	authorizationCode = meaning{inbound.ErrAuth, inbound.CauseAppPassword,
		"the provider requires an authorization code; make one in the mailbox's settings on the web, " +
			"where PROTOCOL is switched on, and enter it here as the password"}
	oauth2 = meaning{inbound.ErrAuth, inbound.CauseOAuth2,
		"the provider takes no passwords; connect the account by OAuth2"}
	webLogin = meaning{inbound.ErrAuth, inbound.CauseBlocked,
		"the provider wants the mailbox's owner to sign in at its web site and to confirm who they are"}
	unsafeLogin = meaning{inbound.ErrAuth, inbound.CauseBlocked,
		"the provider does not trust the login; sign in at its web site, switch on PROTOCOL in the mailbox's " +
			"settings, and log in by an authorization code made there"}
	suspended = meaning{inbound.ErrAuth, inbound.CauseBlocked,
		"the provider has locked or suspended the account; " +
			"its owner has to sign in at the web site or ask the provider"}
	needsAdmin = meaning{inbound.ErrAuth, inbound.CauseBlocked, "ask the mailbox's provider or administrator"}
)

// Refusals that need a change of settings, and are tried again meanwhile.
var (
	brokenMailbox = meaning{inbound.ErrPermanent, inbound.CauseBlocked,
		"the mailbox needs its provider's administrator"}
	blockedAddress = meaning{inbound.ErrPermanent, inbound.CauseBlocked,
		"the provider takes no logins from this country or network; ask the mailbox's provider or administrator"}
	noLicense = meaning{inbound.ErrPermanent, inbound.CauseBlocked,
		"the account has no mailbox; check its license and subscription"}
	mailboxFull = meaning{inbound.ErrPermanent, inbound.CauseBlocked,
		"the mailbox is full; its owner has to make room"}
	off = meaning{inbound.ErrPermanent, inbound.CauseProtocolOff,
		"switch on PROTOCOL in the mailbox's settings at the provider; some plans do not have it"}
	offByAdmin = meaning{inbound.ErrPermanent, inbound.CauseProtocolOff,
		"the administrator of the mailbox's domain has to allow PROTOCOL"}
	offAtGmail = meaning{inbound.ErrPermanent, inbound.CauseProtocolOff,
		"switch on PROTOCOL in Gmail: Settings > See all settings > Forwarding and POP/IMAP"}
	offAtZoho = meaning{inbound.ErrPermanent, inbound.CauseProtocolOff,
		"switch on PROTOCOL in the mailbox itself: Settings > Mail Accounts; " +
			"the administrator's setting only permits it"}
	needsTLS = meaning{inbound.ErrPermanent, inbound.CauseSettings,
		"the server wants encryption before the login; use security tls or starttls"}
	notUnderstood = meaning{inbound.ErrPermanent, inbound.CauseSettings,
		"the server does not understand the login; check host, port and security"}
	otherUsername = meaning{inbound.ErrPermanent, inbound.CauseSettings,
		"the username has to be the mailbox's own main address"}
	movedAway = meaning{inbound.ErrPermanent, inbound.CauseSettings,
		"the mailbox is on a different server now; ask the provider for the new host"}
	noFolder = meaning{inbound.ErrPermanent, inbound.CauseFolder,
		"check the folder's name; it has to be written as the server lists it"}
	closedFolder = meaning{inbound.ErrPermanent, inbound.CauseFolder,
		"the account may not open the folder; check the folder's name and its permissions"}
	notAllowed = meaning{inbound.ErrPermanent, inbound.CauseSettings,
		"the account may not do that in this folder; check its permissions"}
)
