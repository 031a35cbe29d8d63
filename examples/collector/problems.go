package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// problem is something wrong in the settings file.
type problem struct {
	line int // 0: of the file as a whole
	text string
}

// settingsError is all that is wrong with a settings file.
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

// problems collects what is wrong.
type problems struct{ list []problem }

func (p *problems) add(line int, format string, args ...any) {
	p.list = append(p.list, problem{line, fmt.Sprintf(format, args...)})
}

// in returns everything wrong with a file as one error, or nil.
func (p *problems) in(file string) error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	return &settingsError{file: file, problems: p.list}
}
