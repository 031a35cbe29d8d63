package presets

import (
	"strings"
	"time"
)

// Preset is what a provider allows. Every duration is positive except for
// Access.LoginPause.
type Preset struct {
	Provider string // its name, for people; "" means that the host is not known

	IMAP, POP3 Access

	// CompareEvery is how often at most a new connection may be made only to see whether
	// the old one still shows everything; default 1 h.
	CompareEvery time.Duration
	// IdleRestart is after what time IDLE (RFC 2177) has to begin anew, since the server
	// ends it, or says no more, soon after; default 9 min.
	IdleRestart time.Duration

	Backoff Backoff
}

// Access is what may be done with one mailbox by one protocol. Zero means that no limit
// is known.
type Access struct {
	BytesPerHour, BytesPerDay int64 // to read, in any 60 minutes and in any 24 hours
	// RequestsPerHour and RequestsPerDay count messages: the reading of one is a request.
	RequestsPerHour, RequestsPerDay int

	Sessions   int           // at the same time; default 10 by IMAP, and 1 by POP3 (RFC 1939, section 4)
	LoginPause time.Duration // least time between two logins; default 0 by IMAP, and 1 min by POP3
}

// Backoff is how long to leave a mailbox alone after a refusal that states no time.
type Backoff struct {
	Logins time.Duration // after too many logins; default 5 min
	Other  time.Duration // after too many commands or connections, or if the words do not tell; default 1 min
	// Traffic is the pause after which to try again to read new mail when the limit on
	// traffic was reached; default 1 h.
	Traffic time.Duration
	// History is the pause after which to go on with old mail when the limit on traffic
	// was reached; default 24 h, after which a limit of a day is over in any case.
	History time.Duration
}

// For returns what the provider allows whose server has this name. The name of a host
// below one of the table counts as well ("imap.gmail.com" is below "gmail.com");
// letter case and a dot at the end do not matter. A host that is not known, an address
// or "" has the default.
func For(host string) Preset {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for name := host; name != ""; _, name, _ = strings.Cut(name, ".") {
		if p, ok := byHost[name]; ok {
			return p
		}
	}
	return unknown
}
