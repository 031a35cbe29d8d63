package main

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/daemon"
	"github.com/postroom/postroom/internal/dovecot"
)

// TestRun_NothingIsLostWhenKilled is a short run of the program.
func TestRun_NothingIsLostWhenKilled(t *testing.T) {
	for _, protocol := range []string{"imap", "pop3"} {
		t.Run(protocol, func(t *testing.T) {
			o := options{kills: 4, seed: uint64(time.Now().UnixNano()), protocol: protocol, pause: 2 * time.Second}
			err := run(t.Context(), o, t.Output())
			if errors.Is(err, dovecot.ErrMissing) && os.Getenv(daemon.Strict) != "1" {
				t.Skip(err)
			}
			require.NoError(t, err)
		})
	}
}
