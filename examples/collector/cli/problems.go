package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// problem is one problem of the settings file.
type problem struct {
	line int // 0 if the problem is of the whole file
	text string
}

// settingsError reports all problems of a settings file.
type settingsError struct {
	file     string
	problems []problem
}

// Error returns a line for each problem, in the order of the file.
func (e *settingsError) Error() string {
	var b strings.Builder
	for i, p := range e.problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.file)
		if p.line > 0 {
			fmt.Fprintf(&b, ":%d", p.line)
		}
		b.WriteString(": " + p.text)
	}
	return b.String()
}

// problems collects problems.
type problems struct{ list []problem }

func (p *problems) add(line int, format string, args ...any) {
	p.list = append(p.list, problem{line, fmt.Sprintf(format, args...)})
}

// in returns all problems of a file as one error, or nil if there are none.
func (p *problems) in(file string) error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	return &settingsError{file: file, problems: p.list}
}
