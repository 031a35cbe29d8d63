package inbound_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestMatch_SameBytesAreOneEmail(t *testing.T) {
	h := newHost(t)
	h.box.Deliver(mail("a@example.com", "same"), mail("a@example.com", "same"))
	assert.Equal(t, map[inbound.Outcome]int{inbound.Uploaded: 1, inbound.Duplicate: 1}, h.pass().Outcomes)
}

// The sender of a message from before the start is not looked up.
func TestMatch_MailBeforeStartNeedsNoLookup(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.use(protocol)
			h.config.Limits.Attempts = 1
			h.config.CustomerRepo = noLookupBatchRepo{noLookupRepo{h.customers, "iris@example.com"}}
			h.box.Deliver(received("iris@example.com", "old"))
			time.Sleep(time.Hour)
			h.account.Start.Since = time.Now()
			h.pass()
			assert.Equal(t, map[inbound.Outcome]int{inbound.Ignored: 1}, h.counts())
		})
	})
}
