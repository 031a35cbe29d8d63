package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/daemon"
	"github.com/postroom/postroom/internal/dovecot"
)

// TestRun_SmallMailbox runs the whole benchmark on a small mailbox. It checks the
// result, but not the duration.
func TestRun_SmallMailbox(t *testing.T) {
	if _, err := exec.LookPath("mbsync"); err != nil && os.Getenv(daemon.Strict) != "1" {
		t.Skip("mbsync is not installed")
	}
	if _, err := os.Stat("../../examples/collector/main.go"); err != nil {
		t.Skip("the collector is not written yet")
	}
	for _, protocol := range []string{"imap", "pop3"} {
		t.Run(protocol, func(t *testing.T) {
			var out bytes.Buffer
			err := run(t.Context(), options{messages: 300, rounds: 1, scale: 0.1, protocol: protocol}, &out)
			if errors.Is(err, dovecot.ErrMissing) && os.Getenv(daemon.Strict) != "1" {
				t.Skip(err)
			}
			require.NoError(t, err)
			t.Log("\n" + out.String())
			assert.Contains(t, out.String(), "collector / mbsync, per round: ")
		})
	}
}

func TestParse_RefusesWrongUse(t *testing.T) {
	for _, args := range [][]string{{"-n", "0"}, {"-protocol", "ftp"}, {"-only", "both"}, {"more"}, {"-x"}} {
		_, err := parse(args)
		assert.Error(t, err, args)
	}
	o, err := parse(nil)
	require.NoError(t, err)
	assert.Equal(t, 10000, o.messages)
}

func TestUsage(t *testing.T) {
	assert.Equal(t, 2.5, median([]float64{4, 1, 3, 2}))
	assert.Equal(t, 3.0, median([]float64{4, 1, 3}))

	u, err := timed(t.Context(), nil, "sh", "-c", "echo broken >&2; exit 3")
	assert.ErrorContains(t, err, "broken")
	assert.Less(t, u.wall, time.Minute)
	u, err = timed(t.Context(), []string{"A=b"}, "sh", "-c", `test "$A" = b && sleep 0.3`)
	require.NoError(t, err)
	assert.Positive(t, u.peak)
}
