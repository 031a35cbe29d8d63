package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
)

// failure says what failed, and what to do about it.
type failure struct {
	text string
	hint string // "" where there is nothing to do
}

// line returns the failure on one line.
func (f failure) line() string {
	if f.hint == "" || strings.Contains(f.text, f.hint) {
		return f.text
	}
	return strings.TrimSuffix(f.text, ".") + "; " + f.hint
}

// wrapped returns the failure for a terminal: the lines of the text with a hanging
// indent, and the hint on a line of its own. first begins the first line.
func (f failure) wrapped(columns int, first string) string {
	var b strings.Builder
	for line := range strings.Lines(f.text) {
		b.WriteString(terminal.Wrap(escaped(strings.TrimSpace(line)), columns, first, "  "))
		first = ""
	}
	if f.hint != "" && !strings.Contains(f.text, f.hint) {
		b.WriteString(terminal.Wrap(escaped(f.hint), columns, "  → ", "    "))
	}
	return b.String()
}

// failures are independent failures.
type failures []failure

func (f failures) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.line()
	}
	return strings.Join(lines, "\n")
}

// failuresOf returns the failures that err has joined, or err as a failure.
func failuresOf(err error) failures {
	if all, ok := err.(failures); ok {
		return all
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all failures
		for _, one := range joined.Unwrap() {
			all = append(all, failuresOf(one)...)
		}
		if all.Error() == err.Error() { // it adds no words
			return all
		}
	}
	return failures{{err.Error(), inbound.HintOf(err)}}
}

// showError prints an error on standard error.
func (p *app) showError(err error) {
	columns := p.errorColumns()
	for _, f := range failuresOf(err) {
		if columns == 0 {
			for line := range strings.Lines(f.line()) {
				fmt.Fprintln(p.stderr, escaped(strings.TrimSuffix(line, "\n")))
			}
			continue
		}
		fmt.Fprint(p.stderr, f.wrapped(columns, ""))
	}
}

// accountLine says what is wrong with an account and what to do about it.
func accountLine(id string, err error) failure {
	hint := inbound.HintOf(err)
	if hint == "" && errors.Is(err, inbound.ErrBusy) {
		hint = "another process collects from it, wait for that one to end or stop it"
	}
	return failure{"account " + id + ": " + textWithin(id, err), hint}
}

// textWithin returns the text of an error of an account, on one line and without the
// account's name.
func textWithin(id string, err error) string {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "inbound: ")
		parts = append(parts, strings.TrimPrefix(line, "account "+id+": "))
	}
	return strings.Join(parts, "; ")
}

// oneLine returns the text of an error on one line, even if the error joins several.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
