package refusal

import "github.com/postroom/postroom/inbound"

// generalRows are response codes and words that count where no row of accountRows
// fits. While one message is read they are held against it.
var generalRows = []row{
	// RFC 5530, RFC 2449, RFC 3206; [LIMIT] of Yahoo, [OVERQUOTA] of Gmail (2026).
	{codes: "INUSE IN-USE", means: inUse},
	{codes: "UNAVAILABLE SERVERBUG CORRUPTION SYS/TEMP TEMPFAIL", means: trouble},
	{codes: "LIMIT THROTTLED", means: throttled},
	{codes: "OVERQUOTA", means: trafficLimit},
	{at: first, codes: "CONTACTADMIN", means: needsAdmin},
	{at: Opening, codes: "NONEXISTENT TRYCREATE", means: noFolder},
	{at: Opening, codes: "NOPERM CANNOT", means: closedFolder},
	{at: Working, codes: "NOPERM CANNOT READ-ONLY", means: notAllowed},

	// A folder. Its name may be in the text, and may be any word.
	{at: Opening, in: inbound.IMAP, says: say("read only"), means: closedFolder}, // Zimbra
	{at: Opening, in: inbound.IMAP, says: say(missing), unless: say("timed out|timeout|backend"), means: noFolder},
	{at: Opening, in: inbound.IMAP, says: say(forbidden), unless: say(passing), means: closedFolder},

	// A wrong password, perhaps with "try again".
	{at: entering, says: say(noUser), unless: say("later |tempor|timeout|timed out"), means: credentials},
	{at: entering, says: say(wrong, passwords),
		unless: say("later |tempor|busy|unavailable|server error|system error|internal|database|backend|ldap|" +
			"timeout|timed out|again in|稍后|繁忙"), means: credentials},
	{codes: "SYS/PERM", means: brokenMailbox},

	// Another program: Cyrus, hMailServer, Bongo; Dovecot.
	{at: first, says: say(maildrop, held), means: inUse},
	{at: entering, says: say("lock", "another|wait|maildrop"), means: inUse},
	{at: entering, says: say(accounts, locked), unless: say(passing), means: suspended},

	// Commands that the server does not take: Microsoft 365 (10 of a token), Dovecot.
	{at: Login, says: say("command error 10"), means: credentials},
	{says: say("command error 1|command argument error|too long|line length"), means: longCommand},
	{at: Greeting | Login, says: say("unknown command|command unknown|unrecognized|unrecognised|not recognized|" +
		"not recognised|syntax error|invalid command|bad command|not implemented|protocol error|parse error"),
		means: notUnderstood},

	// A limit of any kind, and a server in trouble, in all words.
	{at: notRead, says: say("limit |limits |exceed|quota|超过|超出|上限"), means: throttled},
	{says: say(failing), unless: say("command not available|command unavailable|uidl not available"), means: trouble},

	// A login that is refused.
	{at: entering, codes: loginCodes, means: credentials},
	{codes: loginCodes, means: signedOut},
	{at: entering, says: say("auth|login|logon|log in|sign in|credential|password|anmeld|identif|autenti|"+
		"вход|авториз|logow|登录|登陆|ログイン|로그인", refused), means: credentials},
}

const loginCodes = "AUTHENTICATIONFAILED AUTHORIZATIONFAILED AUTH EXPIRED"
