package presets

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestFor_HostsOfProviders(t *testing.T) {
	for provider, hosts := range map[string][]string{
		"Gmail": {"imap.gmail.com", "pop.gmail.com", "imap.googlemail.com", "gmail.com", "IMAP.Gmail.COM",
			"imap.gmail.com."},
		"Microsoft": {"outlook.office365.com", "imap-mail.outlook.com", "pop-mail.outlook.com", "outlook.office365.us",
			"partner.outlook.cn"},
		"Yahoo": {"imap.mail.yahoo.com", "export.imap.mail.yahoo.com", "pop.mail.yahoo.com", "imap.aol.com",
			"imap.mail.att.net", "inbound.att.net", "pop.tools.sky.com"},
		"Zoho":    {"imap.zoho.com", "imappro.zoho.eu", "poppro.zoho.com.au", "imap.zohocloud.ca"},
		"Rambler": {"imap.rambler.ru"},
		"NetEase": {"imap.163.com", "imap.qiye.163.com", "pop.126.com", "imap.yeah.net"},
	} {
		for _, host := range hosts {
			assert.Equal(t, provider, For(host).Provider, host)
		}
	}
}

// Hosts that look like a provider's are somebody else's.
func TestFor_OthersHaveTheDefault(t *testing.T) {
	for _, host := range []string{"", ".", "com", "imap.shop.example", "192.0.2.1", "::1", "localhost",
		"evilgmail.com", "imap.evilgmail.com", "imap.gmail.com.attacker.example", "gmail.com.attacker.example",
		"gmail", "gmail.co", "imap-gmail.com", "gmail.com@attacker.example", "gmail.com:993", "imap.gmaіl.com",
		"outlook.office365.com.attacker.example", "attacker-outlook.office365.com.example", "xoutlook.office365.com",
		"office365.com", "yahoo.com", "imap.mail.yahoo.co.jp", "mail.yahoo.com.example", "notaol.com",
		"zoho.example", "notzoho.com", "notrambler.ru", "1163.com"} {
		p := For(host)
		assert.Equal(t, unknown, p, host)
		assert.Empty(t, p.Provider, host)
	}
}

func TestFor_Numbers(t *testing.T) {
	gmail := For("imap.gmail.com")
	assert.EqualValues(t, 2_500_000_000, gmail.IMAP.BytesPerDay)
	assert.EqualValues(t, 1_250_000_000, gmail.POP3.BytesPerDay)
	assert.Equal(t, 15, gmail.IMAP.Sessions)
	assert.Equal(t, 3, For("imappro.zoho.in").IMAP.Sessions)
	assert.Equal(t, 5, For("imap.aol.com").IMAP.Sessions)
	assert.Equal(t, 55*time.Second, For("imap.rambler.ru").IdleRestart)
	assert.Equal(t, 9*time.Minute, For("imap.shop.example").IdleRestart)
	assert.Equal(t, time.Hour, For("imap.shop.example").CompareEvery)
	assert.Zero(t, For("imap.shop.example").IMAP.BytesPerDay)
}

// Who uses a preset needs no checks of its own.
func TestFor_ValuesAreUsable(t *testing.T) {
	all := map[string]Preset{"": unknown}
	for host, p := range byHost {
		assert.NotEmpty(t, p.Provider, host)
		all[host] = p
	}
	for host, p := range all {
		for _, d := range []time.Duration{p.CompareEvery, p.IdleRestart, p.Backoff.Logins, p.Backoff.Other,
			p.Backoff.Traffic, p.Backoff.History} {
			assert.Positive(t, d, host)
			assert.LessOrEqual(t, d, 24*time.Hour, host)
		}
		assert.Less(t, p.IdleRestart, 29*time.Minute, "RFC 2177")
		assert.GreaterOrEqual(t, p.Backoff.History, p.Backoff.Traffic, host)
		for _, a := range []Access{p.IMAP, p.POP3} {
			assert.Positive(t, a.Sessions, host)
			assert.False(t, a.BytesPerHour < 0 || a.BytesPerDay < 0 || a.RequestsPerHour < 0 || a.RequestsPerDay < 0 ||
				a.LoginPause < 0, host)
		}
	}
}

func TestFor_AllocatesNothing(t *testing.T) {
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		For("imap.gmail.com")
		For("imap.shop.example.")
	}))
}
