package inbound

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAccount_EstimateUpload(t *testing.T) {
	const gigabyte = 1_000_000_000
	for _, tt := range []struct {
		protocol Protocol
		host     string
		bytes    int64
		want     time.Duration
		says     string
	}{
		{IMAP, "imap.gmail.com", 15 * gigabyte, 160 * time.Hour, "15 GB at 2.2 GB a day: 7 days"},
		{POP3, "pop.gmail.com", 15 * gigabyte, 320 * time.Hour, "15 GB at 1.1 GB a day: 14 days"},
		{IMAP, "imap.gmail.com", 4_500_000_000, 48 * time.Hour, "4.5 GB at 2.2 GB a day: 2 days"},
		{IMAP, "imap.gmail.com", 4_500_000_001, 48 * time.Hour, "4.5 GB at 2.2 GB a day: 3 days"},
		{IMAP, "imap.gmail.com", 2_250_000_000, 0, "2.2 GB, within the provider's 2.2 GB a day"},
		{IMAP, "imap.gmail.com", 0, 0, "0 bytes, within the provider's 2.2 GB a day"},
		{IMAP, "imap.gmail.com", -1, 0, "70000 messages of unknown size, at 2.2 GB a day"},
		{IMAP, "imap.shop.example", 15 * gigabyte, 0, "15 GB, and no limit of the provider is known"},
		{IMAP, "imap.shop.example", -1, 0, "70000 messages, and no limit of the provider is known"},
		{"gmail", "imap.gmail.com", 15 * gigabyte, 0, "15 GB, and no limit of the provider is known"},
	} {
		e := Account{Protocol: tt.protocol, Host: tt.host}.EstimateUpload(70_000, tt.bytes)
		assert.InDelta(t, tt.want, e.Duration, float64(time.Second), tt.says)
		assert.Equal(t, tt.says, e.String())
	}
	assert.Equal(t, "Gmail", Account{Protocol: IMAP, Host: "IMAP.gmail.com"}.EstimateUpload(1, 1).Provider)
}

func TestUploadEstimate_Messages(t *testing.T) {
	e := UploadEstimate{Bytes: 3_000_000, Messages: 70_000, MessagesPerDay: 15_000, Duration: 112 * time.Hour}
	assert.Equal(t, "3000 kB at 15000 messages a day: 5 days", e.String())
	e.Duration = 90 * time.Minute
	assert.Equal(t, "3000 kB at 15000 messages a day: 2 hours", e.String())
}
