package refusal

// Steps at which rows count.
const (
	first    = Greeting | Login | Opening
	entering = Login | Opening // some servers refuse the login only when the mailbox is opened
	within   = Opening | Working | Reading | Goodbye
	command  = first | Working
	notRead  = command | Goodbye
)

// accountRows are refusals that can only mean the account or the connection. Those
// that also count while one message is read leave no doubt. The first row that fits
// counts. Before a row is who says it, and when it was last seen, if that is known.
var accountRows = []row{
	// One text for several causes: QQ and exmail (2025), Yandex (2025), Microsoft (2025).
	{says: say("account is abnormal", "password is incorrect"), means: severalCauses},
	{says: say("or imap is disabled|or imap disabled|or pop3 disabled|or pop3 is disabled|or pop disabled"),
		means: credentialsOrOff},
	{says: say("authenticated but not connected"), means: notConnected},

	// Encryption first: RFC 5530, Dovecot, hMailServer, Exchange Server.
	{at: first, codes: "PRIVACYREQUIRED", means: needsTLS},
	{at: first, says: say("cleartext|clear text|plaintext|plain text|unencrypted|insecure|non secure",
		"disallow|not allow|disable|forbid|not permit|prohibit|denied|refuse"), means: needsTLS},
	{at: first, says: say("ssl|tls|starttls|stls|encryption|encrypted|secure connection",
		"require|must|first|mandatory|need"), unless: say("certificate"), means: needsTLS},
	{at: Login, says: say("received in invalid state"), means: needsTLS},

	// An authorization code: QQ and exmail (2020), NetEase.
	{at: command, says: say(authorizationCodes, required), unless: say("incorrect"), means: authorizationCode},
	{at: command, says: say(authorizationCodes), unless: say(wrong), means: authorizationCode},
	// An app password: Gmail, Mail.ru (2025); Yahoo and AT&T (#AUTH005); Gmail until 2022.
	{at: command, says: say(appPasswords, required), means: appPassword},
	{at: command, says: say(appPasswords), unless: say(wrong), means: appPassword},
	{at: command, says: say("auth005|less secure app"), means: appPassword},
	{at: entering, says: say(twoSteps), means: appPassword},

	// OAuth2: Outlook.com (2026), Microsoft 365 (2026).
	{at: command, says: say("basic auth", "disable|block|not supported|not allow|switched off|turned off|no longer|"+
		"deprecat|denied|retired"), means: oauth2},
	{at: command, says: say("basicauthblocked|basicauthdisabled"), means: oauth2},
	{at: Login, says: say("mechanism|authentication type|authentication method|auth type",
		"not supported|unsupported|disabled"), means: oauth2},
	{at: command, says: say("oauth|xoauth2|oauthbearer|modern auth", "require|must|only|please|use |instead"),
		means: oauth2},
	{at: Login, says: say("password auth|password login|password based|password sign|by password|with password",
		"disable|not allow|not permit|not supported|no longer|switched off|turned off|forbid"), means: oauth2},

	// A login on the web: Gmail (with a link behind the code), Outlook.com, Yahoo (#MBR1240).
	{codes: "WEBALERT", means: webLogin},
	{at: command, says: say("web login required|your web browser|a web browser|via web browser|via your browser|" +
		"in your browser|in a browser|via the web site|через веб|uber die webseite|im browser"), means: webLogin},
	{at: command, says: say("verify|confirm|validate|reactivate", "identity|account|phone|it s you|it is you|yourself"),
		means: webLogin},
	// NetEase when the mailbox is opened (2025): without ID, and where the account is protected.
	{says: say("unsafe login"), means: unsafeLogin},

	// A locked account, for a while or for good: Outlook.com, NetEase.
	{at: first, says: say(accounts, locked, forNow), unless: say("another|session|maildrop"), means: lockedForNow},
	{at: first, says: say("account locked|account is locked|account disabled|account is disabled|account has been|" +
		"account was|account suspended|account is suspended|account blocked|account is blocked|account closed|" +
		"account is closed|account terminated|user disabled|user is disabled|userstatus"),
		unless: say("another|moved|migrat"), means: suspended},
	{at: first, says: say("conditional access|access policy|security policy|blocked by policy"), means: needsAdmin},

	// IMAP or POP3 is switched off. Gmail: for POP3 at STAT (2026).
	{says: say("not enabled for imap|not enabled for pop|enable your account for imap|enable your account for pop"),
		means: offAtGmail},
	// Google Workspace (2026), Gmail for a child's account, Zoho (2026), Interia at any command.
	{says: say("disabled for your domain|disabled for this domain|not enabled for your domain"), means: offByAdmin},
	{says: say("access is not allowed for this account"), means: off},
	{says: say("yet to enable imap|yet to enable pop"), means: offAtZoho},
	{says: say("please enable imap|please enable pop"), unless: say("quota"), means: off},
	// Yandex and Yandex 360, CommuniGate, and in general words.
	{says: say("not have access rights to this service"), means: off},
	{at: entering, says: say("this service|the service|service is", "disabled|not enabled|not activ|not open",
		"account|user|mailbox"), unless: say(passing), means: off},
	{at: entering, says: say(protocols, switchedOff), unless: say(passing), means: off},
	{at: entering, says: say(protocols, "not available|unavailable|not supported",
		"your account|this account|plan|this user|this mailbox|your mailbox|subscription|tariff"),
		unless: say("tempor"), means: off},

	// Dovecot with a policy, mail.de.
	{at: first, says: say("country|location|geo", "block|not allowed|denied|forbid|restrict"), means: blockedAddress},
	{at: first, says: say("your ip|ip address|ip is|your network|this address|your host|your address",
		"block|ban|blacklist|denied|reject|forbid|not allowed"), unless: say(passing), means: blockedAddress},
	// Outlook.com, Microsoft 365, qmail.
	{at: command, says: say("no license|not licensed|no valid license|license expired|license has expired|" +
		"license is missing|unlicensed|no licence|subscription expired|subscription has expired|not provisioned|" +
		"not have a mailbox|doesn t have a mailbox|has no mailbox|have a valid mailbox|has no home maildir"),
		means: noLicense},
	// Exchange for a shared mailbox, hMailServer.
	{says: say("noprimarysmtpaddress"), means: otherUsername},
	{at: Login, says: say("full email address|full e mail address|full mail address"), means: otherUsername},
	// Cyrus.
	{at: entering, says: say("moved to|migrated to|has moved", "server|host|another"), means: movedAway},

	// The server wants a pause. Microsoft 365: in milliseconds, or in no words.
	{says: say("throttl|suggested backoff|back off"), means: throttled},
	{says: say("server unavailable 15"), means: throttled},
	// Gmail, for up to a day (2026); behind a full mailbox: Courier, Dovecot.
	{says: say("bandwidth|traffic limit|download limit|daily limit|transfer limit|transfer quota|traffic quota"),
		means: trafficLimit},
	{at: command, says: say("mailbox full|mailbox is full|storage quota|storage limit|over storage|storage is full|" +
		"out of storage|disk quota|mail quota|over quota|overquota|over your quota|quota exceeded|quota is exceeded|" +
		"exceeded quota|postfach voll|postfach ist voll|boite pleine|邮箱已满"), means: mailboxFull},
	// RFC 2449; Yahoo (2026) and Mailu; Arcor, Vodafone and TalkTalk.
	{codes: "LOGIN-DELAY", means: tooManyLogins},
	{says: say("rate limit|ratelimit|rate exceeded|slow down|reduce the frequency"), means: throttled},
	{says: say("account is temporarily unavailable"), means: tooManyConnections},
	// Gmail, Cyrus; Dovecot (mail_max_userip_connections).
	{says: say(tooMany, connections), means: tooManyConnections},
	{at: notRead, says: say(limited, connections), means: tooManyConnections},
	// Hotmail at LIST (2014), Proton Bridge, 163 (2026); QQ and Sina in GBK.
	{at: Reading, says: say(tooMany, logins), unless: say("message"), means: tooManyLogins},
	{at: notRead, says: say(tooMany+"|"+limited, logins), unless: say("expire"), means: tooManyLogins},
	{at: Greeting | Login | Goodbye, says: say(tooMany), means: tooManyLogins},

	// The login is over: Gmail after a day, Microsoft 365 after the life of the token.
	{at: within, says: say("session|login|token|credential", "expire|invalidated|not valid any"), means: signedOut},
	{at: Working | Reading | Goodbye, says: say("not logged in|not authenticated|log in first|login first|" +
		"please log in|please login"), means: signedOut},
	// Dovecot.
	{at: Reading, says: say("shutting down|going down"), means: trouble},
}
