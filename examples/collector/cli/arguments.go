package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v3"
)

// configFlag is the flag of commands that need the settings.
func configFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "config", Required: true, Usage: "the settings `FILE`"}
}

func accountFlag(required bool) urfave.Flag {
	return &urfave.StringFlag{Name: "account", Required: required, Usage: "the `ID` of an account of the settings"}
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
	r, ok := f.(urfave.RequiredFlag)
	return ok && r.IsRequired()
}

// operands returns the arguments that are not flags. There must be at least least
// and at most most of them; a most of -1 means any number. It refuses required flags
// that are empty.
func operands(c *urfave.Command, least, most int) ([]string, error) {
	for _, f := range flagsOf(c) {
		if name := f.Names()[0]; isRequired(f) && c.String(name) == "" {
			return nil, wrongUsage(c, "-%s is empty", name)
		}
	}
	args := c.Args().Slice()
	switch {
	case len(args) < least:
		return nil, wrongUsage(c, "an argument is missing")
	case most >= 0 && len(args) > most:
		return nil, wrongUsage(c, "%q is too much", strings.Join(args[most:], " "))
	}
	return args, nil
}

// usageErrorOf says in our words what the library finds wrong with the flags.
func usageErrorOf(_ context.Context, c *urfave.Command, err error, _ bool) error {
	flags := flagsOf(c)
	if strings.HasPrefix(err.Error(), "Required flag") {
		for _, f := range flags {
			if isRequired(f) && !f.IsSet() {
				return wrongUsage(c, "-%s is missing", f.Names()[0])
			}
		}
	}
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return wrongUsage(c, "%v", err)
	}
	text := "unknown flag -" + name
	if near := strings.TrimLeft(urfave.SuggestFlag(flags, name, true), "-"); near != "" {
		text += "; did you mean -" + near + "?"
	}
	return wrongUsage(c, "%s", text)
}

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
func wrongUsage(c *urfave.Command, format string, args ...any) error {
	return usagef("%s: %s; usage: %s", c.Name, fmt.Sprintf(format, args...), c.UsageText)
}
