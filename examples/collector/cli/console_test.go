package cli

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestConsole_LogsDoNotDamageProgressLine(t *testing.T) {
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
