package progress

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vbauerster/cupwriter"
)

// A terminal of unknown size counts as one of 24 lines.
func TestConsole_ShowsTheLastBarsThatFit(t *testing.T) {
	s := &screen{}
	c := console{cupwriter.New(s, true)}
	columns, _, err := c.GetTermSize()
	require.NoError(t, err)
	assert.Equal(t, 80, columns)
	for frame := range 3 {
		if frame == 1 {
			fmt.Fprintln(c, "a record of the log")
		}
		for bar := range 40 {
			fmt.Fprintln(c, "frame", frame, "bar", bar)
		}
		require.NoError(t, c.Flush(40))
	}
	lines := strings.Split(strings.TrimRight(s.text(), "\n"), "\n")
	require.Len(t, lines, 1+22)
	assert.Equal(t, "a record of the log", lines[0])
	assert.Equal(t, "frame 2 bar 18", lines[1])
	assert.Equal(t, "frame 2 bar 39", lines[22])
}
