package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRun_FewTenants runs the whole measurement with few tenants. It checks that nothing is missed
// and nothing left, but not the duration.
func TestRun_FewTenants(t *testing.T) {
	o, err := parse([]string{"-short", "-dir", t.TempDir()})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), o, &out))
	t.Log("\n" + out.String())
	assert.Contains(t, out.String(), "50 tenants opened in ")
	assert.Contains(t, out.String(), ", with 50 statements")
	assert.Contains(t, out.String(), "35 of them behave")
	assert.Contains(t, out.String(), "new mail: 50 messages")
	assert.Contains(t, out.String(), "goroutines left 0")
}

func TestParse_RefusesWrongUse(t *testing.T) {
	for _, args := range [][]string{{"-n", "9"}, {"-accounts", "0"}, {"more"}, {"-x"}} {
		_, err := parse(args)
		assert.Error(t, err, args)
	}
}
