package progress

import (
	"bytes"
	"math"

	"github.com/vbauerster/cupwriter"
)

// console is a terminal that shows the last of the bars if it has fewer lines than
// there are bars. Without it, the bars that do not fit would scroll up with each
// redraw; the library counts such bars wrongly.
type console struct{ *cupwriter.Writer }

// The size that a terminal without one is taken to have, such as that of a container.
const (
	usualColumns = 80
	usualLines   = 24
)

// GetTermSize is called by the library. It leaves it to Flush to look at the height.
func (c console) GetTermSize() (columns, lines int, err error) {
	columns, _, err = c.Writer.GetTermSize()
	if err != nil || columns <= 0 {
		columns = usualColumns
	}
	return columns, math.MaxInt16, nil
}

// eraseBelow ends the text that moves the cursor back to the first bar.
var eraseBelow = []byte("\x1b[J")

// Flush writes the buffer, whose last lines are the bars.
func (c console) Flush(lines int) error {
	_, height, err := c.Writer.GetTermSize()
	if err != nil || height <= 0 {
		height = usualLines
	}
	// One line is for the cursor. If the bars had all the others, a terminal might
	// save the erased ones in its history.
	if most := max(height-2, 1); lines > most {
		rows := bytes.SplitAfter(bytes.Clone(c.Bytes()), []byte("\n"))
		first := max(len(rows)-1-lines, 0) // the last row is what follows the last newline
		c.Reset()
		for _, row := range rows[:first] {
			_, _ = c.Write(row)
		}
		if end := bytes.LastIndex(rows[first], eraseBelow); end >= 0 {
			_, _ = c.Write(rows[first][:end+len(eraseBelow)])
		}
		for _, row := range rows[len(rows)-1-most:] {
			_, _ = c.Write(row)
		}
		lines = most
	}
	return c.Writer.Flush(lines)
}
