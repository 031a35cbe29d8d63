package progress

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// screen is a terminal that is high enough for all output. It obeys what the display
// uses: carriage return, cursor up, erase to the end, and colors, which it counts.
type screen struct {
	t *testing.T

	mu     sync.Mutex
	lines  [][]rune
	row    int
	column int
	colors int
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := []rune(string(p))
	for i := 0; i < len(text); i++ {
		switch r := text[i]; r {
		case '\r':
			s.column = 0
		case '\n':
			s.row, s.column = s.row+1, 0
		case '\x1b':
			i = s.command(text, i)
		default:
			s.put(r)
		}
	}
	return len(p), nil
}

// command obeys the command that begins at i, and returns where it ends.
func (s *screen) command(text []rune, i int) int {
	n := 0
	for i += 2; text[i] >= '0' && text[i] <= '9'; i++ {
		n = n*10 + int(text[i]-'0')
	}
	switch text[i] {
	case 'A':
		s.row = max(s.row-n, 0)
	case 'J':
		s.lines = s.lines[:min(len(s.lines), s.row+1)]
		if s.row < len(s.lines) {
			s.lines[s.row] = s.lines[s.row][:min(len(s.lines[s.row]), s.column)]
		}
	case 'm':
		s.colors++
	default:
		require.Fail(s.t, "unknown command", "%q", string(text[i]))
	}
	return i
}

// put writes a character. A wide one takes one element of the line here, since the
// cursor is only ever moved to the first column.
func (s *screen) put(r rune) {
	for len(s.lines) <= s.row {
		s.lines = append(s.lines, nil)
	}
	line := s.lines[s.row]
	if s.column < len(line) {
		line[s.column] = r
	} else {
		s.lines[s.row] = append(line, r)
	}
	s.column++
}

// text returns what the screen shows.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, line := range s.lines {
		lines = append(lines, strings.TrimRight(string(line), " "))
	}
	return strings.Join(lines, "\n")
}
