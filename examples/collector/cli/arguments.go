package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/suggest"
)

// requiredFlag is a flag that must be given. operands checks that together with the
// other arguments; the library would report it alone.
type requiredFlag struct{ *urfave.StringFlag }

// configFlag is the flag of commands that need the settings.
func configFlag() urfave.Flag {
	return requiredFlag{&urfave.StringFlag{Name: "config", Usage: "the settings `FILE`"}}
}

func accountFlag(required bool) urfave.Flag {
	f := &urfave.StringFlag{Name: "account", Usage: "the `ID` of an account of the settings"}
	if required {
		return requiredFlag{f}
	}
	return f
}

// flagsOf returns the flags of a command and of those that it is below.
func flagsOf(c *urfave.Command) []urfave.Flag {
	var flags []urfave.Flag
	for _, one := range c.Lineage() {
		flags = append(flags, one.Flags...)
	}
	return flags
}

func isRequired(f urfave.Flag) bool {
	_, ok := f.(requiredFlag)
	return ok
}

// operands returns the arguments that are not flags. There must be at least least
// and at most most of them; a most of -1 means any number. Flags and arguments that
// are given must not be empty: an empty one comes from a variable that is not set.
// The error has all problems, also those that the caller found.
func operands(c *urfave.Command, least, most int, found ...string) ([]string, error) {
	var problems []string
	for _, f := range flagsOf(c) {
		switch name := f.Names()[0]; {
		case isRequired(f) && !f.IsSet():
			problems = append(problems, "-"+name+" is missing")
		case f.IsSet() && f.Get() == "":
			problems = append(problems, "-"+name+" is empty")
		}
	}
	problems = append(problems, found...)
	args := c.Args().Slice()
	switch {
	case len(args) < least:
		problems = append(problems, "an argument is missing")
	case most >= 0 && len(args) > most:
		problems = append(problems, fmt.Sprintf("%q is too much", strings.Join(args[most:], " ")))
	}
	if slices.Contains(args, "") {
		problems = append(problems, "an argument is empty")
	}
	if len(problems) > 0 {
		return nil, wrongUsage(c, strings.Join(problems, ", "))
	}
	return args, nil
}

// usageErrorOf says in our words what the library finds wrong with the flags.
func usageErrorOf(_ context.Context, c *urfave.Command, err error, _ bool) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		var names []string
		for _, f := range flagsOf(c) {
			names = append(names, f.Names()[0])
		}
		text = "unknown flag -" + plainText(name)
		if near := suggest.Nearest(name, names); near != "" {
			text += "; did you mean -" + near + "?"
		}
		return wrongUsage(c, text)
	}
	if m := invalidValue.FindStringSubmatch(text); m != nil {
		value, name, reason := m[1], m[2], m[3]
		text = "-" + name + " " + value + " is neither true nor false"
		if strings.HasSuffix(reason, strconv.ErrRange.Error()) {
			text = "-" + name + " " + value + " is too large a number"
		} else if _, ok := c.Value(name).(int); ok {
			text = "-" + name + " " + value + " is not a whole number"
		}
	}
	return wrongUsage(c, text)
}

// invalidValue matches what the library says of the value of a flag.
var invalidValue = regexp.MustCompile(`^invalid value (".*") for flag -(\w+): (.*)$`)

// complete sets what the library wants to know of a command, and of those below it:
// how it is called, such as "collector raw -config FILE EMAIL_ID", and how problems
// are told.
func complete(c *urfave.Command, name string, inherited []urfave.Flag) {
	flags := append(slices.Clip(inherited), c.Flags...)
	words := []string{name}
	for _, f := range flags {
		word := "-" + f.Names()[0]
		if d, ok := f.(urfave.DocGenerationFlag); ok && d.TakesValue() {
			word += " " + strings.Split(d.GetUsage(), "`")[1] // each usage has the name of the value in backquotes
		}
		if !isRequired(f) {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	if c.ArgsUsage != "" {
		words = append(words, c.ArgsUsage)
	}
	c.UsageText, c.OnUsageError = strings.Join(words, " "), usageErrorOf
	for _, below := range c.Commands {
		complete(below, name+" "+below.Name, flags)
	}
}

// usageError reports wrong use of the command line.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// wrongUsage says what is wrong with the arguments of a command and how to call it.
func wrongUsage(c *urfave.Command, problem string) error {
	return usagef("%s: %s; usage: %s", c.Name, problem, c.UsageText)
}
