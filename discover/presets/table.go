package presets

import "time"

// unknown is the preset of hosts that are not in the table.
var unknown = Preset{
	IMAP: Access{
		Sessions: 10, // Dovecot, mail_max_userip_connections; Exchange Server and Stalwart have 16
	},
	POP3: Access{
		Sessions:   1,           // RFC 1939, section 4: the maildrop is locked
		LoginPause: time.Minute, // OVH: help.ovh.co.uk/EmailPopTooOften; others publish less
	},
	CompareEvery: time.Hour,       // a choice
	IdleRestart:  9 * time.Minute, // RFC 2177 wants less than 29; routers forget silent connections sooner
	Backoff: Backoff{ // choices
		Logins:  5 * time.Minute,
		Other:   time.Minute,
		Traffic: time.Hour,
		History: 24 * time.Hour,
	},
}

const megabyte = 1_000_000

// byHost has the presets by the names of hosts, and of domains below which every host is
// the provider's.
var byHost = table(
	provider{"Gmail", []string{"gmail.com", "googlemail.com"}, func(p *Preset) {
		p.IMAP.BytesPerDay = 2500 * megabyte // support.google.com/a/answer/1071518
		p.POP3.BytesPerDay = 1250 * megabyte // likewise
		p.IMAP.Sessions = 15                 // support.google.com/mail/answer/97150
		// The account is shut for up to a day (chatwoot/chatwoot#6082), which no answer says; a
		// look each hour finds out when it is open again.
		p.Backoff.Traffic, p.Backoff.History = time.Hour, 24*time.Hour
	}},
	provider{"Microsoft", []string{
		"outlook.office365.com", "imap-mail.outlook.com", "pop-mail.outlook.com",
		"outlook.office365.us", "partner.outlook.cn",
	}, func(p *Preset) {
		p.IMAP.Sessions = 20 // blogs.msdn.microsoft.com/exchangedev, 2011-06-23: "throttling and limits FAQ"
		// "Server Unavailable. 15" states no time; those that other answers suggest are up to
		// 5 minutes (imapsync/imapsync, FAQ.d).
		p.Backoff.Other = 5 * time.Minute
	}},
	provider{"Yahoo", []string{
		"mail.yahoo.com", "aol.com", "mail.att.net", "inbound.att.net", "tools.sky.com",
	}, func(p *Preset) {
		p.IMAP.Sessions = 5 // reports of users; Yahoo publishes none
		// It counts logins over time and publishes no number; a login a minute is what
		// chatmail/core#5061 keeps to, for all providers.
		p.IMAP.LoginPause = time.Minute
		p.CompareEvery = 6 * time.Hour     // each is a login
		p.IdleRestart = 150 * time.Second  // it ends IDLE after some 3 minutes (postalsys/emailengine)
		p.Backoff.Logins = 5 * time.Minute // "[LIMIT] LOGIN Rate limit hit": for 5 to 60 minutes, users report
		p.Backoff.Other = 5 * time.Minute  // "[LIMIT] UID FETCH Rate limit hit" (M66B/FairEmail)
	}},
	provider{"Zoho", []string{
		"zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca",
	}, func(p *Preset) {
		p.IMAP.Sessions = 3 // of all programs together (maathimself/mailflow, release 4.5.1, 2026-11)
	}},
	provider{"Rambler", []string{"rambler.ru"}, func(p *Preset) {
		p.IdleRestart = 55 * time.Second // postalsys/emailengine
	}},
	provider{"NetEase", []string{"163.com", "126.com", "yeah.net"}, func(p *Preset) {
		// It announces nothing in IDLE: new mail is found each time it begins
		// (postalsys/emailengine looks each 55 s).
		p.IdleRestart = 55 * time.Second
	}},
)

// provider is a row of the table: how a provider differs from unknown.
type provider struct {
	name   string
	hosts  []string
	allows func(*Preset)
}

func table(providers ...provider) map[string]Preset {
	t := make(map[string]Preset)
	for _, row := range providers {
		p := unknown
		p.Provider = row.name
		row.allows(&p)
		for _, host := range row.hosts {
			t[host] = p
		}
	}
	return t
}
