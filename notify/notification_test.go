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
