package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error has all problems of a settings file.
type Error struct {
	File     string
	Problems []Problem // in the order of the file
}

// Problem is one problem of a settings file.
type Problem struct {
	Line int    // 0 if it is of the whole file
	Text string // the key, what is wrong with it, and what is wanted
}

// Error returns a line for each problem.
func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		at := e.File
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d", e.File, p.Line)
		}
		lines = append(lines, at+": "+p.Text)
	}
	return strings.Join(lines, "\n")
}

// place is where a value is in the file.
type place struct {
	line int
	name string // as problems show the path, such as accounts[shop].host
}

// problems collects the problems of a file. A path names a value, such as
// "accounts[0].host"; that of the whole file is "".
type problems struct {
	list     []Problem
	places   map[string]place // by path
	variable map[string]bool  // the paths with a value from the environment, also those above
	reported map[string]bool  // the paths that have a problem, and
	below    map[string]bool  // those above them
}

func newProblems() *problems {
	return &problems{places: map[string]place{"": {1, ""}}, variable: make(map[string]bool),
		reported: make(map[string]bool), below: make(map[string]bool)}
}

// report adds a problem of a line.
func (p *problems) report(line int, format string, args ...any) {
	p.list = append(p.list, Problem{line, fmt.Sprintf(format, args...)})
}

// add adds a problem of a value, unless one of that value, or of one above or below
// it, is there already: that one is the cause.
func (p *problems) add(path, format string, args ...any) {
	reported := p.reported[path] || p.below[path]
	for _, outer := range above(path) {
		reported = reported || p.reported[outer]
	}
	if reported {
		return
	}
	p.reported[path] = true
	mark(p.below, path)
	at := p.place(path)
	p.report(at.line, "%s: %s", at.name, fmt.Sprintf(format, args...))
}

// place returns the place of a value. That of a missing one is in the mapping that
// should have it.
func (p *problems) place(path string) place {
	if at, ok := p.places[path]; ok {
		return at
	}
	outer := above(path)[0]
	at := p.place(outer)
	return place{at.line, strings.TrimPrefix(at.name+path[len(outer):], ".")}
}

// above returns the paths of the values that the value at path is in, the nearest
// first. The last one is that of the file.
func above(path string) []string {
	var list []string
	for {
		i := strings.LastIndexAny(path, ".[")
		if i < 1 {
			return append(list, "")
		}
		path = path[:i]
		list = append(list, path)
	}
}

// mark marks the paths above a path.
func mark(paths map[string]bool, path string) {
	for _, outer := range above(path) {
		paths[outer] = true
	}
}

// err returns all problems as one error, or nil if there are none.
func (p *problems) err(file string) error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return &Error{File: file, Problems: p.list}
}
