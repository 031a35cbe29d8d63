package mbox_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/mbox"
)

func TestAppend_SeparatesMessages(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inbox")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	require.NoError(t, mbox.Append(file, []byte("Subject: 1\r\n\r\nFrom here\r\nto there\r\n"), at))
	require.NoError(t, mbox.Append(file, []byte("Subject: 2\r\n\r\nno line end"), at))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "From sender@post.example Fri Jan  2 02:04:05 2026\n"+
		"Subject: 1\n\n>From here\nto there\n\n"+
		"From sender@post.example Fri Jan  2 02:04:05 2026\n"+
		"Subject: 2\n\nno line end\n\n", string(text))
}
