package inbound_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/notify"
)

// explain returns what Explain says of a message.
func (h *host) explain(raw []byte) inbound.Explanation {
	h.t.Helper()
	e, err := h.syncer().Explain(h.t.Context(), "shop", bytes.NewReader(raw))
	require.NoError(h.t, err)
	return e
}

// A message that arrives now is after the start, whatever its Date says.
func TestExplain_GoesByArrival(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		raw := mail("iris@example.com", "dated long ago")
		for name, start := range map[string]inbound.Start{
			"now": fromNow, "since": {Since: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)},
		} {
			h.account.Start = start
			assert.Equal(t, inbound.Uploaded, h.explain(raw).Outcome, name)
		}
		h.account.Start = inbound.Start{Since: time.Now().AddDate(1, 0, 0)}
		assert.Equal(t, inbound.Ignored, h.explain(raw).Outcome, "a start that is still to come")
	})
}

// Explain agrees with a pass, also for messages above the limit.
func TestExplain_LargeMessage(t *testing.T) {
	h := newHost(t)
	h.config.Limits.MessageBytes = 1000
	raw := append(mail("iris@example.com", "large"), strings.Repeat("x", 5000)...)
	first := h.explain(raw)
	assert.Equal(t, inbound.Uploaded, first.Outcome)
	assert.Contains(t, strings.Join(first.Reasons, "; "), "larger than the limit")
	h.box.Deliver(raw)
	h.pass()
	require.Len(t, h.emails(), 1)
	again := h.explain(raw)
	assert.Equal(t, inbound.Duplicate, again.Outcome)
	assert.Contains(t, again.Reasons[0], h.emails()[0].ID)
	assert.Empty(t, again.Notify)
}

// Whether managers are notified depends on the recorded assignment of the customer,
// too.
func TestExplain_Managers(t *testing.T) {
	h := newHost(t)
	raw := mail("iris@example.com", "next")
	both := []notify.Kind{notify.CustomerAssigned, notify.IncomingEmail}
	email := []notify.Kind{notify.IncomingEmail}

	e := h.explain(raw)
	assert.True(t, e.CreateCustomer)
	assert.Equal(t, "support", e.ManagerGroup)
	assert.Equal(t, both, e.Notify)

	h.box.Deliver(mail("iris@example.com", "first"))
	h.pass()
	e = h.explain(raw)
	assert.False(t, e.CreateCustomer)
	assert.Equal(t, both, e.Notify, "the customer waits, and is announced")

	h.manager("kim", assign.Free)
	h.pass()
	e = h.explain(raw)
	assert.Equal(t, email, e.Notify)
	assert.Empty(t, e.ManagerGroup)

	h.customers.Put(customer.Customer{Shop: "main", Email: "noor@example.com"})
	e = h.explain(mail("noor@example.com", "of the host"))
	assert.Empty(t, e.Notify)
	h.account.AssignExisting = true
	assert.Equal(t, both, h.explain(mail("noor@example.com", "of the host")).Notify)
	h.account.NotifyManager = false
	assert.Equal(t, both[:1], h.explain(mail("noor@example.com", "of the host")).Notify)
}

func TestExplain_OlderThanInitialAge(t *testing.T) {
	const old = "if it is part of the initial upload: older than initial_age: bound, but nobody is assigned or notified"
	h := newHost(t)
	h.account.InitialAge = 0
	raw := mail("iris@example.com", "of March")
	assert.Contains(t, h.explain(raw).Reasons, old)
	assert.Len(t, h.explain(raw).Notify, 2, "if it comes in now")
	assert.NotContains(t, h.explain(received("iris@example.com", "of today")).Reasons, old)
	h.account.InitialAge = inbound.AnyAge
	assert.NotContains(t, h.explain(raw).Reasons, old)
	h.account.InitialAge = 0
	h.pass()
	assert.Contains(t, h.explain(raw).Reasons, old)
}

func TestExplain_ChangesNothing(t *testing.T) {
	h := newHost(t)
	h.manager("m1", assign.Free)
	s := h.syncer()
	got, err := s.Explain(t.Context(), "shop", strings.NewReader(string(mail("New <new@example.com>", "hello"))))
	require.NoError(t, err)
	assert.Equal(t, inbound.Uploaded, got.Outcome)
	assert.True(t, got.CreateCustomer)
	assert.Equal(t, []notify.Kind{notify.CustomerAssigned, notify.IncomingEmail}, got.Notify)
	assert.Equal(t, "new@example.com", got.From)
	assert.Empty(t, h.outcomes())
	found, err := h.customers.FindByEmail(t.Context(), "main", "new@example.com")
	require.NoError(t, err)
	assert.Empty(t, found)
	_, err = s.Explain(t.Context(), "nobody", strings.NewReader(""))
	assert.ErrorIs(t, err, inbound.ErrNotFound)
}

// unwrapper is an Opener.
type unwrapper struct{}

func (unwrapper) Open(_ string, data []byte, _ int) ([]byte, string, error) {
	return data, "unwrapped", nil
}

// What is sealed is opened wherever a message is read.
func TestConfig_Opener(t *testing.T) {
	raw := []byte("From: Noor <noor@example.com>\r\nSubject: sealed\r\nMessage-ID: <s@example.com>\r\n" +
		"Date: Mon, 5 May 2025 10:15:32 +0200\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\n" +
		"Content-Type: text/csv; name=orders.csv\r\n\r\n1;2\r\n")
	for want, opener := range map[string]email.Opener{"orders.csv": unwrapper{}, "smime.p7m": nil} {
		h := newHost(t)
		h.config.Opener = opener
		warning := "the letter is sealed by S/MIME: adapters/smime opens it"
		if opener != nil {
			warning = "unwrapped"
		}
		assert.Contains(t, h.explain(raw).Warnings, warning)
		h.box.Deliver(raw)
		h.pass()
		require.Len(t, h.emails(), 1)
		e := h.emails()[0]
		assert.Contains(t, e.Warnings, warning)
		require.Len(t, e.Attachments, 1)
		assert.Equal(t, want, e.Attachments[0].Name)
	}
}
