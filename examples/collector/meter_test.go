package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMeterSaysHowLongItTakes(t *testing.T) {
	m := newMeter()
	assert.Empty(t, m.line(time.Now()))
	m.progress("a", 100, 1000) // what an earlier run has settled is not this one's rate
	m.progress("a", 200, 1000)
	m.progress("b", 0, 200)
	assert.Equal(t, "200 of 1200 messages (16%), 10/s, 1m40s left", m.line(m.since.Add(10*time.Second)))
	m.progress("b", 200, 200)
	m.progress("a", 1000, 1000)
	assert.Equal(t, "1200 of 1200 messages (100%), 110/s", m.line(m.since.Add(10*time.Second)))
}

func TestLogsDoNotBreakIntoTheProgress(t *testing.T) {
	var out bytes.Buffer
	c := &console{out: &out, terminal: true}
	c.draw("1 of 2")
	_, err := c.Write([]byte("log\n"))
	assert.NoError(t, err)
	c.finish()
	assert.Equal(t, clearLine+"1 of 2"+clearLine+"log\n1 of 2\n", out.String())

	out.Reset()
	c = &console{out: &out}
	c.draw("1 of 2")
	c.finish()
	assert.Equal(t, "1 of 2\n", out.String())
}
