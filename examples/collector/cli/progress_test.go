package cli

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestProgress_EstimatesTimeLeft(t *testing.T) {
	p := newProgress()
	assert.Empty(t, p.line(time.Now()))
	p.update("a", 100, 1000) // messages that an earlier run settled do not count for the rate
	p.update("a", 200, 1000)
	p.update("b", 0, 200)
	assert.Equal(t, "200 of 1200 messages (16%), 10/s, 1m40s left", p.line(p.since.Add(10*time.Second)))
	p.update("b", 200, 200)
	p.update("a", 1000, 1000)
	assert.Equal(t, "1200 of 1200 messages (100%), 110/s", p.line(p.since.Add(10*time.Second)))
}
