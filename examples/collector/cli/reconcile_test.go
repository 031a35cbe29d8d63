package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const nameless = "From: nobody at all\r\nTo: shop@shop.example\r\nMessage-ID: <5@example.org>\r\n" +
	"Subject: gift wrapping\r\n\r\nHow much?\r\n"

// TestReconcile_FindsGaps also uploads unmatched mail with replay, and messages in
// quarantine with retry.
func TestReconcile_FindsGaps(t *testing.T) {
	box := serve(t, known, newsletter, nameless)
	s := newSite(t, box, strings.Replace(shop, "create_customer: true", "create_customer: false", 1))
	s.ok("run", "-once")

	box.deliver(t, stranger)
	comparison := lines(t, s.ok("reconcile", "-account", "shop"))[0]
	assert.Equal(t, []any{"shop", 4.0, true}, pick(comparison, "account", "total", "complete"))
	assert.Equal(t, map[string]any{"uploaded": 1.0, "unmatched": 1.0, "quarantined": 1.0}, comparison["server"])
	gap := comparison["gaps"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"INBOX", 4.0, "unrecorded"}, pick(gap, "folder", "uid", "kind"))
	assert.Len(t, comparison["gaps"], 1)

	s.ok("run", "-once")
	replayed := lines(t, s.ok("replay", "-account", "shop", "-from", "Bert@Example.org"))[0]
	assert.Equal(t, []any{"shop", map[string]any{"uploaded": 1.0}, 1.0},
		pick(replayed, "account", "outcomes", "customers_created"))
	assert.Equal(t, []any{"incoming_email", "customer_assigned", "incoming_email"},
		column(lines(t, s.ok("notifications")), "kind"))
	assert.Equal(t, stranger, s.ok("raw", lines(t, s.ok("emails"))[1]["id"].(string)))
	assert.Empty(t, lines(t, s.ok("reconcile", "-account", "shop"))[0]["gaps"])

	quarantined := lines(t, s.ok("quarantine", "list"))
	require.Len(t, quarantined, 1)
	assert.Equal(t, []any{"shop", 3.0, "gift wrapping", "no sender's address could be read"},
		pick(quarantined[0], "account", "uid", "subject", "reason"))
	id := quarantined[0]["id"].(string)
	assert.Equal(t, quarantined, lines(t, s.ok("quarantine", "list", id)))
	assert.Equal(t, nameless, s.ok("quarantine", "export", id))
	assert.Equal(t, map[string]any{"quarantined": 1.0}, lines(t, s.ok("quarantine", "retry"))[0]["outcomes"])
	assert.Equal(t, map[string]any{"quarantined": 1.0}, lines(t, s.ok("quarantine", "retry", id))[0]["outcomes"])
	uploaded := lines(t, s.ok("emails"))[0]["id"].(string)
	for _, action := range []string{"list", "retry", "export"} {
		for _, id := range []string{"none", uploaded} {
			r := s.do("quarantine", action, id, "-config", s.config)
			assert.Equal(t, exitFailure, r.code, action)
			assert.Empty(t, r.stdout, action)
			assert.Contains(t, r.stderr, fmt.Sprintf("nothing is quarantined as %q; \"collector quarantine list", id))
		}
	}
	r := s.do("replay", "-config", s.config, "-account", "shop", "-from", "nonsense")
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, "give the address of a sender")
}
