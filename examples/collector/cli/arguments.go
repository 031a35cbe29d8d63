package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// arguments reads the arguments of one command.
type arguments struct {
	*flag.FlagSet
	command command
	config  *string // nil for commands without settings
}

// arguments returns the arguments of a command, to which it adds its flags.
func (p *app) arguments(name string) *arguments {
	a := &arguments{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError)}
	for _, c := range commands() {
		if c.name == name {
			a.command = c
		}
	}
	a.SetOutput(io.Discard) // errors are returned
	a.Usage = func() {}
	return a
}

// withConfig adds the flag -config, which most commands have.
func (a *arguments) withConfig() *arguments {
	a.config = a.String("config", "", "")
	return a
}

// read parses the flags, which may be before, between and after the other
// arguments, and returns the other arguments. There must be at least least and at
// most most of them; a most of -1 means any number.
func (a *arguments) read(p *app, args []string, least, most int) ([]string, error) {
	var rest []string
	for len(args) > 0 {
		if err := a.Parse(args); errors.Is(err, flag.ErrHelp) {
			fmt.Fprintf(p.stdout, "usage: %s\n%s\n", a.line(), a.command.summary)
			return nil, err
		} else if err != nil {
			return nil, a.wrong("%v", err)
		}
		left := a.Args()
		if n := len(args) - len(left); n > 0 && args[n-1] == "--" {
			rest = append(rest, left...) // names that begin with a hyphen
			break
		}
		if len(left) == 0 {
			break
		}
		rest = append(rest, left[0])
		args = left[1:]
	}
	switch {
	case a.config != nil && *a.config == "":
		return nil, a.wrong("-config is missing")
	case len(rest) < least:
		return nil, a.wrong("an argument is missing")
	case most >= 0 && len(rest) > most:
		return nil, a.wrong("%q is too much", strings.Join(rest[most:], " "))
	}
	return rest, nil
}

func (a *arguments) line() string { return "collector " + a.command.name + " " + a.command.usage }

// wrong returns an error that says what is wrong with the arguments and shows the
// usage.
func (a *arguments) wrong(format string, args ...any) error {
	return usagef("%s: %s; usage: %s", a.command.name, fmt.Sprintf(format, args...), a.line())
}
