package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDeliveryStatus_FirstFailureCounts(t *testing.T) {
	var r report
	var h header
	r.deliveryStatus(newPartReader(strings.NewReader("Reporting-MTA: dns; x\n\n"+
		"Final-Recipient: rfc822; slow@example.com\nAction: delayed\nStatus: 4.4.1\n\n"+
		"Final-Recipient: rfc822; gone@example.com\nAction: failed\nStatus: 5.1.1\n\n"+
		"Final-Recipient: rfc822; full@example.com\nAction: failed\nStatus: 5.2.2\n")), &h)
	assert.True(t, r.status)
	assert.Equal(t, Bounce{Recipient: "gone@example.com", Status: "5.1.1", Action: "failed"}, r.failed.first)
}

func TestComplaint(t *testing.T) {
	var r report
	var h header
	r.readComplaint(newPartReader(strings.NewReader("Feedback-Type: abuse\nRemoval-Recipient: <a@example.com>\n")), &h)
	assert.True(t, r.complaint)
	assert.Equal(t, Bounce{Recipient: "a@example.com", Action: "abuse"}, r.failed.first)
}

func TestStatusAddress(t *testing.T) {
	expectEach(t, statusAddress, map[string]string{
		"rfc822; user@example.com":   "user@example.com",
		"RFC822;<user@example.com>":  "user@example.com",
		"user@example.com":           "user@example.com",
		"user@example.com; x":        "user@example.com",
		"x-local; user":              "user",
		"rfc822; user@example.com\t": "user@example.com",
		"":                           "",
	})
}
