package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMeterSaysHowLongItTakes(t *testing.T) {
	m := newProgress()
	assert.Empty(t, m.line(time.Now()))
	m.progress("a", 100, 1000) // what an earlier run has settled is not this one's rate
	m.progress("a", 200, 1000)
	m.progress("b", 0, 200)
	assert.Equal(t, "200 of 1200 messages (16%), 10/s, 1m40s left", m.line(m.since.Add(10*time.Second)))
	m.progress("b", 200, 200)
	m.progress("a", 1000, 1000)
	assert.Equal(t, "1200 of 1200 messages (100%), 110/s", m.line(m.since.Add(10*time.Second)))
}
