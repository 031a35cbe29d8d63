package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExplain_ChangesNothing(t *testing.T) {
	box := serve(t, known)
	s := newSite(t, box, shop)
	file := filepath.Join(t.TempDir(), "m.eml")
	require.NoError(t, os.WriteFile(file, []byte(stranger), 0o600))

	before := lines(t, s.ok("explain", file, "-account", "shop"))[0]
	assert.NoFileExists(t, s.database)
	s.ok("run", "-once")
	after := lines(t, s.ok("explain", "-account", "shop", file))[0]
	assert.Equal(t, before, after)
	assert.Equal(t, []any{"uploaded", "bert@example.org", "personal", true, nil, "support",
		[]any{"customer_assigned", "incoming_email"}},
		pick(after, "outcome", "from", "class", "create_customer", "customer", "manager_group", "notify"))
	assert.Equal(t, "nothing says that a program sent it", after["class_reason"])
	assert.NotEmpty(t, after["reasons"])
	assert.Len(t, lines(t, s.ok("emails")), 1)

	require.NoError(t, os.WriteFile(file, []byte(known), 0o600))
	assert.Equal(t, "duplicate", lines(t, s.ok("explain", "-account", "shop", file))[0]["outcome"])
}
