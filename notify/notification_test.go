package notify_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/notify"
)

func TestNotification_Title(t *testing.T) {
	const eva, cheese, invalid = "eva@example.com", "eva@xn--kse-qla.example", "eva@xn--a.example"
	for _, tc := range []struct {
		kind          notify.Kind
		from, subject string
		want          string
	}{
		{notify.CustomerAssigned, eva, "Tea", "New customer assigned to you: eva@example.com"},
		{notify.IncomingEmail, eva, "Tea", "Incoming email from eva@example.com: Tea"},
		{notify.IncomingEmail, eva, "", "Incoming email from eva@example.com without a subject"},
		{notify.IncomingEmail, cheese, "Tea", "Incoming email from eva@käse.example: Tea"},
		{notify.IncomingEmail, "vip@xn--bnk-6cd.example", "Tea", "Incoming email from vip@xn--bnk-6cd.example: Tea"},
		{notify.IncomingEmail, "vi\u200bp@bank.example", "Tea", `Incoming email from vi\u200bp@bank.example: Tea`},
		{"other", invalid, "", "other: eva@xn--a.example"},
		{"other", "", "", "other: "},
	} {
		assert.Equal(t, tc.want, notify.Notification{Kind: tc.kind, From: tc.from, Subject: tc.subject}.Title())
	}
}

func TestNotification_TitleOfDigest(t *testing.T) {
	n := notify.Notification{Kind: notify.InitialDigest, AccountID: "shop", Emails: 1000, Customers: 1}
	assert.Equal(t, "Initial upload of account shop: 1000 emails from 1 customer of yours", n.Title())
	n.Emails, n.Customers = 1, 200
	assert.Equal(t, "Initial upload of account shop: 1 email from 200 customers of yours", n.Title())
	n.Emails = 0
	assert.Equal(t, "Initial upload of account shop: 200 customers assigned to you", n.Title())
}
