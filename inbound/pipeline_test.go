package inbound

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// putMessages puts messages 0 to n-1 into a pipeline, a watermark after every
// hundredth.
func putMessages(p *pipeline, s *spooler, n int) error {
	for i := range n {
		text := fmt.Sprintf("From: iris@example.com\r\nSubject: %d\r\n\r\nHello.\r\n", i)
		raw, _, err := s.take(p.ctx, strings.NewReader(text), int64(len(text)), 0, true)
		if err != nil {
			return err
		}
		if err := p.put(p.ctx, &item{raw: raw}); err != nil {
			return err
		}
		if i%100 == 0 {
			if err := p.mark(p.ctx, "INBOX", FolderState{Position: uint64(i)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestPipeline_KeepsTheOrder(t *testing.T) {
	s := newSpooler(t.TempDir(), newMemory(defaultMemoryBytes), 1)
	next, marked := 0, -1
	p := openPipeline(t.Context(), Limits{}.withDefaults(), nil, func(_ context.Context, batch []*item) error {
		assert.LessOrEqual(t, len(batch), batchMessages)
		for _, it := range batch {
			if it.state != nil {
				marked = int(it.state.Position)
				assert.Equal(t, next-1, marked, "a watermark follows its message")
				continue
			}
			assert.NoError(t, it.err)
			assert.Equal(t, fmt.Sprint(next), it.message.Subject)
			next++
		}
		return nil
	})
	require.NoError(t, putMessages(p, s, 1500))
	require.NoError(t, p.finish())
	assert.Equal(t, 1500, next)
	assert.Equal(t, 1400, marked)
	assertBudgetFree(t, s)
}

// After a batch fails, no later one is committed, reading ends, and all memory is free
// again.
func TestPipeline_FailedBatchEndsReading(t *testing.T) {
	s := newSpooler(t.TempDir(), newMemory(defaultMemoryBytes), 1)
	broken := errors.New("the store is down")
	commits := 0
	p := openPipeline(t.Context(), Limits{}.withDefaults(), nil, func(context.Context, []*item) error {
		commits++
		return broken
	})
	require.Error(t, putMessages(p, s, 100_000))
	require.ErrorIs(t, p.finish(), broken)
	assert.Equal(t, 1, commits)
	assertBudgetFree(t, s)
}
