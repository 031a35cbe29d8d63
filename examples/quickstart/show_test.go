package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlay_CountsNeverGoBackwards(t *testing.T) {
	var out bytes.Buffer
	term := &terminal{out: &out, width: 80, animated: true}
	_, err := play(t.Context(), term, filepath.Join(t.TempDir(), "postroom.db"))
	require.NoError(t, err)
	last, done := "", 0
	line := regexp.MustCompile(`\r\x1b\[K(\w+) +(\d+) of (\d+)  `)
	for _, found := range line.FindAllStringSubmatch(out.String(), -1) {
		var n int
		_, err := fmt.Sscan(found[2], &n)
		require.NoError(t, err)
		if last == "Mailbox" && found[1] != last {
			done = 0 // the upload begins
		}
		assert.GreaterOrEqual(t, n, done, found[0])
		assert.Equal(t, "42", found[3])
		last, done = found[1], n
	}
	assert.Equal(t, []any{"Upload", 42}, []any{last, done})
	assert.Contains(t, out.String(), "Killed")
}
