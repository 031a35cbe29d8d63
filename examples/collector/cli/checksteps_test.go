package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

// selfSigned returns a certificate for these names and addresses.
func selfSigned(t *testing.T, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestCheckSteps_Encrypted(t *testing.T) {
	until := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	a := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "u",
		Security: inbound.StartTLS, OAuth2: inbound.OAuth2{ClientID: "c"}, CreateCustomer: true}
	r := inbound.CheckResult{
		Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"),
			netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")},
		Address: "[2001:db8::1]:143", Reached: true, TLSVersion: tls.VersionTLS13, LoggedIn: true,
		Certificate: &x509.Certificate{DNSNames: []string{"imap.example.com"}, NotAfter: until, RawIssuer: []byte{1},
			Issuer: pkix.Name{Organization: []string{"Let's Encrypt"}, CommonName: "R11"}},
		ServerInfo: inbound.ServerInfo{Encrypted: true, Folders: []string{"A/B/C", "Inbox", "A/B", "A", "Sales"}},
		Waiting: []inbound.FolderInfo{{Folder: "INBOX", Messages: 12_000, Bytes: 1_200_000_000},
			{Folder: "Sales", Messages: 345, Bytes: 5}},
	}
	var got []string
	for _, step := range checkSteps(a, r, nil) {
		got = append(got, string(step.mark)+" "+step.label+": "+step.text)
	}
	assert.Equal(t, []string{
		"✓ name: imap.example.com is 192.0.2.1, 192.0.2.2, 2001:db8::1 and 1 more",
		"✓ connection: 2001:db8::1, port 143",
		"✓ encryption: TLS 1.3, by STARTTLS",
		"✓ certificate: for imap.example.com; issued by Let's Encrypt R11; valid until 2027-01-31",
		"✓ login: as u, by OAuth2",
		"✓ folders: INBOX, Sales; not collected from: A, A/B, A/B/C",
		"✓ messages: 12,345 on the server, 1.2 GB: INBOX 12,000, Sales 345",
		"  start: each is looked at once, those of customers and of new people who write are uploaded (start: all)",
	}, got)
}

func TestCheckSteps_LimitsOfProvider(t *testing.T) {
	last := func(a inbound.Account, size int64) string {
		r := inbound.CheckResult{LoggedIn: true,
			Waiting: []inbound.FolderInfo{{Folder: "INBOX", Messages: 90_000, Bytes: size}}}
		steps := checkSteps(a, r, nil)
		return steps[len(steps)-1].label + ": " + steps[len(steps)-1].text
	}
	a := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "imap.gmail.com", Username: "u"}
	assert.Equal(t, "limits: Gmail makes the first upload last: 15 GB at 2.2 GB a day: 7 days", last(a, 15_000_000_000))
	for _, size := range []int64{-1, 0, 2_000_000_000} {
		assert.Contains(t, last(a, size), "start: ")
	}
	a.Start.Now = true
	assert.Contains(t, last(a, 15_000_000_000), "start: ")
	a.Host, a.Start.Now = "imap.example.com", false
	assert.Contains(t, last(a, 15_000_000_000), "start: ")
}

func TestCertificateText_NamesAreCut(t *testing.T) {
	names := []string{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example"}
	c, err := x509.ParseCertificate(selfSigned(t, names...).Certificate[0])
	require.NoError(t, err)
	assert.Contains(t, certificateText(c),
		"for a.example, b.example, c.example, d.example and 2 more; issued by itself; valid until 20")
	c, err = x509.ParseCertificate(selfSigned(t).Certificate[0])
	require.NoError(t, err)
	assert.Contains(t, certificateText(c), "for test; ")
}

func TestStartText(t *testing.T) {
	since := inbound.Start{Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		start    inbound.Start
		messages int64
		want     string
	}{
		{inbound.Start{}, 5, "each is looked at once, those of known customers are uploaded (start: all)"},
		{inbound.Start{}, -1, "each is looked at once, those of known customers are uploaded (start: all)"},
		{inbound.Start{}, 0, "what arrives from now on is looked at"},
		{inbound.Start{Now: true}, 5,
			"they are left where they are; only what arrives from the first run on is looked at (start: now)"},
		{inbound.Start{Now: true}, 0, "what arrives from the first run on is looked at (start: now)"},
		{since, 5, "those that arrived since 2026-01-31 are looked at, those of known customers are uploaded;" +
			" the others are left where they are"},
		{since, 0, "what arrives from now on is looked at"},
	} {
		assert.Equal(t, c.want, startText(inbound.Account{Start: c.start}, c.messages))
	}
	assert.Equal(t, "those that arrived since 2026-01-31 are looked at, those of customers and of new people who write"+
		" are uploaded; the others are left where they are",
		startText(inbound.Account{Start: since, CreateCustomer: true}, 5))
}

func TestFailedLabel_BeforeConnection(t *testing.T) {
	for op, want := range map[inbound.Op]string{
		inbound.OpSettings: "settings", inbound.OpCredentials: "settings", inbound.OpToken: "token",
		inbound.OpLogin: "login", inbound.OpConnect: "connection",
	} {
		got := failedLabel(inbound.Account{}, inbound.CheckResult{}, &inbound.Error{Op: op})
		assert.Equal(t, want, got, string(op))
	}
}
