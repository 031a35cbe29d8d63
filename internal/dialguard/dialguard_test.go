package dialguard

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8":                 true,
		"93.184.216.34":           true,
		"2606:4700:4700::1111":    true,
		"2a00:1450:4001:80b::200": true,
		"::ffff:8.8.8.8":          true,

		"0.0.0.0":                    false,
		"0.1.2.3":                    false,
		"10.0.0.1":                   false,
		"100.64.0.1":                 false, // carrier-grade NAT
		"100.127.255.254":            false,
		"127.0.0.1":                  false,
		"127.255.255.254":            false,
		"169.254.169.254":            false, // metadata of clouds
		"172.16.0.1":                 false,
		"172.31.255.255":             false,
		"192.0.0.170":                false,
		"192.0.2.1":                  false, // documentation
		"192.88.99.1":                false, // 6to4 relay
		"192.168.1.1":                false,
		"198.18.0.1":                 false, // benchmarking
		"198.19.255.255":             false,
		"198.51.100.1":               false,
		"203.0.113.1":                false,
		"224.0.0.1":                  false, // multicast
		"239.255.255.250":            false,
		"240.0.0.1":                  false,
		"255.255.255.255":            false,
		"::":                         false,
		"::1":                        false,
		"::127.0.0.1":                false, // IPv4-compatible
		"::8.8.8.8":                  false,
		"::ffff:127.0.0.1":           false, // IPv4-mapped
		"::ffff:10.0.0.1":            false,
		"::ffff:0:127.0.0.1":         false, // IPv4-translated
		"::ffff:0:8.8.8.8":           false,
		"64:ff9b::127.0.0.1":         false, // NAT64
		"64:ff9b::808:808":           false,
		"64:ff9b:1::10.0.0.1":        false, // NAT64 of a network's own
		"100::1":                     false, // discard
		"2001::1":                    false, // Teredo
		"2001:0:7f00:1::":            false,
		"2001:2::1":                  false, // benchmarking
		"2001:10::1":                 false, // ORCHID
		"2001:20::1":                 false,
		"2001:db8::1":                false, // documentation
		"3fff::1":                    false,
		"2002:7f00:1::":              false, // 6to4
		"2002:808:808::1":            false,
		"5f00::1":                    false, // segment routing
		"fc00::1":                    false,
		"fd00:ec2::254":              false,
		"fe80::1":                    false,
		"fe80::1%eth0":               false,
		"fec0::1":                    false, // site-local
		"ff02::1":                    false,
		"2606:4700::5efe:a00:1":      false, // ISATAP: 10.0.0.1
		"2606:4700::200:5efe:7f00:1": false,
		"2606:4700::100:5efe:a00:1":  false,
		"2606:4700::300:5efe:a00:1":  false,
		"2606:4700:0:5efe::1":        true, // those digits elsewhere
	} {
		assert.Equal(t, want, IsPublic(netip.MustParseAddr(address)), address)
	}
	assert.False(t, IsPublic(netip.Addr{}))
}

func TestRules_Check(t *testing.T) {
	mail := Rules{Ports: []int{110, 143, 993, 995}}
	custom := Rules{Ports: []int{110, 143, 993, 995, 1993}}
	private := Rules{Ports: []int{993}, AllowPrivate: true}
	for _, tt := range []struct {
		rules   Rules
		address string
		want    error
	}{
		{mail, "8.8.8.8:993", nil},
		{mail, "8.8.8.8:110", nil},
		{mail, "[2606:4700::1]:995", nil},
		{mail, "8.8.8.8:1993", ErrPort},
		{mail, "8.8.8.8:25", ErrPort},
		{mail, "8.8.8.8:0", ErrPort},
		{custom, "8.8.8.8:1993", nil},
		{custom, "127.0.0.1:1993", ErrPrivate},
		{mail, "127.0.0.1:993", ErrPrivate},
		{mail, "127.0.0.1:25", ErrPrivate},
		{private, "127.0.0.1:25", nil},
		{private, "[fd00::1]:65535", nil},
		{private, "8.8.8.8:25", ErrPort},
		{private, "8.8.8.8:993", nil},
		{Rules{}, "8.8.8.8:993", ErrPort},
		{mail, "imap.example.com:993", ErrPrivate}, // no address
		{mail, "", ErrPrivate},
	} {
		err := tt.rules.Control(t.Context(), "tcp", tt.address, nil)
		if tt.want == nil {
			assert.NoError(t, err, tt.address)
			continue
		}
		require.ErrorIs(t, err, tt.want, tt.address)
	}
	assert.EqualError(t, custom.Check(netip.MustParseAddrPort("8.8.8.8:25")),
		"dialguard: port is not allowed: 25 is not one of [110 143 993 995 1993] at a public address")
}
