package pop3fetch

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestPipeline_Option(t *testing.T) {
	for chosen, want := range map[int]int{0: 256, 1000: 256, 5: 5, -1: 1} {
		assert.Equal(t, want, New(&Options{Pipeline: chosen}).pipeline())
	}
	assert.Equal(t, 256, New(nil).pipeline())
	s := newServer(t, mails(3)...)
	s.on["RETR"] = expectNothingWaiting
	session, err := New(&Options{Network: loopback, Pipeline: 1}).Open(t.Context(), s.serving(), s.login())
	require.NoError(t, err)
	refs, _ := listAll(t, session)
	assert.Len(t, fetchAll(t, session, refs, inbound.FetchOptions{}), 3)
	require.NoError(t, session.Close())
}

func TestDefaultPipeline_FitsBuffers(t *testing.T) {
	// A full window of the longest commands, against the smallest buffers that
	// a system gives: 4 KiB on each side.
	s := &session{top: supported}
	var window []byte
	for range defaultPipeline {
		lines := bodyLines(inbound.Ref{Size: 100 << 20}, inbound.FetchOptions{MaxBytes: 50 << 20})
		window = s.retrieve(window, maxMessages, lines)
	}
	assert.Less(t, len(window), 8<<10)
}
