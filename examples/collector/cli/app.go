// Package cli has the commands of the collector.
package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/examples/collector/suggest"
)

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2 // wrong usage or settings
)

// Main runs the command that args name, and returns the exit code. env is that of
// os.LookupEnv.
func Main(ctx context.Context, args []string, stdout, stderr *os.File, env func(string) (string, bool)) int {
	p := &app{stdout: bufio.NewWriterSize(stdout, 64<<10), stderr: stderr, env: env,
		columns: columnsOf(stdout), errorColumns: func() int { return columnsOf(stderr) }}
	return p.main(ctx, args)
}

// app is the environment of a command. Tests replace it.
type app struct {
	stdout *bufio.Writer
	stderr io.Writer
	env    func(name string) (value string, ok bool)
	// columns is the width of standard output where it is a terminal; 0 otherwise.
	columns int
	// errorColumns returns the width that standard error has now, in the same way.
	errorColumns func() int
}

// escapes reports whether lines of a terminal can be redrawn, and whether colors may be
// used on it (https://no-color.org).
func (p *app) escapes() (redraw, color bool) {
	kind, _ := p.env("TERM")
	no, _ := p.env("NO_COLOR")
	return kind != "dumb", kind != "dumb" && no == ""
}

// commands returns the commands, in the order of the help.
func (p *app) commands() []*urfave.Command {
	return []*urfave.Command{
		{Name: "run", Usage: "collect mail until SIGINT or SIGTERM", Action: p.collect,
			Description: "SIGHUP, which comes when the terminal is closed, ends it too where standard error is a" +
				" terminal.\nElsewhere the settings are read again: accounts, managers, fields, own" +
				" addresses and notify change while it runs,\nand the log names what needs a restart. A file with" +
				" problems changes nothing.",
			Flags: []urfave.Flag{
				configFlag(),
				&urfave.BoolFlag{Name: "once", Usage: "one pass of each account, then exit"},
				&urfave.StringFlag{Name: "http", Usage: "serve the health page at `ADDR`, such as 127.0.0.1:8080;" +
					" it replaces http: of the settings"},
				&urfave.BoolFlag{Name: "progress", Usage: "show how far the accounts have come"},
			}},
		{Name: "check", Usage: "try the settings: connect, log in, open the folders, count the messages",
			Action: p.check,
			Flags:  []urfave.Flag{configFlag(), accountFlag(false)}},
		{Name: "report", Usage: "sums of everything, as one JSON object", Action: p.report,
			Flags: []urfave.Flag{configFlag()}},
		{Name: "emails", Usage: "uploaded emails, a JSON object a line", Action: p.emails, Flags: []urfave.Flag{
			configFlag(), accountFlag(false),
			&urfave.IntFlag{Name: "limit", Config: urfave.IntegerConfig{Base: 10},
				Usage: "print at most `N` emails; 0: all"},
		}},
		{Name: "notifications", Usage: "notifications in the order of delivery, a JSON object a line",
			Action: p.notifications, Flags: []urfave.Flag{configFlag()}},
		{Name: "ledger", Usage: "what became of each message on the server, a JSON object a line",
			Action: p.ledger, Flags: []urfave.Flag{
				configFlag(), accountFlag(true),
				&urfave.StringFlag{Name: "outcome", Usage: "only messages with the outcome `WORD`, such as unmatched"},
			}},
		{Name: "raw", Usage: "the raw bytes of an uploaded email", ArgsUsage: "EMAIL_ID", Action: p.raw,
			Flags: []urfave.Flag{configFlag()}},
		{Name: "parse", Usage: "what is in message files, a JSON object a line", ArgsUsage: "FILE...",
			Action: p.parse},
		{Name: "explain", Usage: "what would become of a message file, and why; changes nothing",
			ArgsUsage: "FILE", Action: p.explain, Flags: []urfave.Flag{configFlag(), accountFlag(true)}},
		{Name: "reconcile", Usage: "compare server and ledger: counts, and every gap by name",
			Action: p.reconcile, Flags: []urfave.Flag{configFlag(), accountFlag(true)}},
		{Name: "quarantine", Usage: "list, retry or export the messages in quarantine",
			ArgsUsage: "list|retry|export [ID]", Action: unknown, Flags: []urfave.Flag{configFlag()},
			Commands: []*urfave.Command{
				{Name: "list", Usage: "the messages in quarantine, a JSON object a line", ArgsUsage: "[ID]",
					Action: p.quarantine((*app).quarantined, false)},
				{Name: "retry", Usage: "decide again, from the bytes that were kept", ArgsUsage: "[ID]",
					Action: p.quarantine((*app).release, false)},
				{Name: "export", Usage: "the raw bytes of a message", ArgsUsage: "ID",
					Action: p.quarantine((*app).export, true)},
			}},
		{Name: "replay", Usage: "create customers and upload the messages that were left unmatched",
			Action: p.replay, Description: "Without -from, it decides on all of them again, by the settings and the" +
				" customers as they are now.\nWith -from, it takes that sender, whatever the settings say.",
			Flags: []urfave.Flag{
				configFlag(), accountFlag(true),
				&urfave.StringFlag{Name: "from", Usage: "only the messages from `ADDRESS`"},
			}},
		{Name: "copy", Usage: "copy everything to another database, and verify it", Action: p.copyTo,
			Description: "DATABASE is sqlite:FILE, postgres://USER:PASSWORD@HOST/NAME or mysql://USER:PASSWORD@HOST/NAME;" +
				" in quotes,\n'${NAME}' in it takes an environment variable. It must be empty. Stop the collector" +
				" first.\nWhen it is interrupted, run the same command again: it goes on from there. At the end all" +
				" is read again and\ncompared. Then set database in the settings; nothing is uploaded again, and" +
				" nobody is notified again.",
			Flags: []urfave.Flag{configFlag(),
				requiredFlag{&urfave.StringFlag{Name: "to", Usage: "the new `DATABASE`"}}}},
		{Name: "settings", Usage: "every key of the settings file: type, default and meaning", Action: p.settings,
			Flags: []urfave.Flag{&urfave.BoolFlag{Name: "yaml", Usage: "print them as a settings file to fill in"}}},
	}
}

func (p *app) root() *urfave.Command {
	root := &urfave.Command{
		Name:  "collector",
		Usage: "collect the mail of online stores into a database",
		Description: "FILE after -config has the settings, in YAML; ${NAME} in it is replaced by that\n" +
			"environment variable.",
		Commands:        p.commands(),
		Action:          unknown,
		HideHelpCommand: true,
		Writer:          p.stdout,
		ErrWriter:       p.stderr,
	}
	for _, c := range root.Commands {
		complete(c, "collector "+c.Name, nil)
	}
	root.UsageText, root.OnUsageError = "collector COMMAND [FLAGS]", usageErrorOf
	return root
}

// unknown is what happens when an argument is not one of the commands.
func unknown(ctx context.Context, c *urfave.Command) error {
	if c.Args().First() == "help" {
		return help(ctx, c, c.Args().Tail())
	}
	return unknownCommand(c, c.Args().First())
}

// help shows the help of the command that names lead to from c, or of c without names.
func help(ctx context.Context, c *urfave.Command, names []string) error {
	for len(names) > 1 && c.Command(names[0]) != nil {
		c, names = c.Command(names[0]), names[1:]
	}
	switch {
	case len(names) > 0 && c.Command(names[0]) == nil:
		return unknownCommand(c, names[0])
	case len(names) > 0:
		return urfave.ShowCommandHelp(ctx, c, names[0])
	case c.Root() == c:
		return urfave.ShowRootCommandHelp(c)
	}
	return urfave.ShowSubcommandHelp(c)
}

// unknownCommand says which commands there are below c.
func unknownCommand(c *urfave.Command, name string) error {
	var names []string
	for _, one := range c.Commands {
		names = append(names, one.Name)
	}
	list := strings.Join(names, ", ")
	switch near := suggest.Nearest(name, names); {
	case len(names) == 0:
		return usagef("%s: there is no command %q below it; usage: %s", c.FullName(), name, c.UsageText)
	case name == "":
		return usagef("%s: a command is missing; the commands are %s; -h says more", c.FullName(), list)
	case near == "":
		return usagef("%s: unknown command %q; the commands are %s", c.FullName(), name, list)
	default:
		return usagef("%s: unknown command %q; did you mean %s? The commands are %s", c.FullName(), name, near, list)
	}
}

// run runs the command that args name. An unknown one is reported before its flags.
func (p *app) run(ctx context.Context, args []string) error {
	root := p.root()
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "help" && root.Command(args[0]) == nil {
		return unknownCommand(root, args[0])
	}
	return root.Run(ctx, append([]string{"collector"}, args...))
}

// main runs the command that args name and returns the exit code.
func (p *app) main(ctx context.Context, args []string) int {
	err := p.run(ctx, args)
	if flushed := p.stdout.Flush(); err == nil && flushed != nil {
		err = fmt.Errorf("cannot write the output: %w", flushed)
	}
	if err == nil {
		return exitOK
	}
	if p.errorColumns() > 0 && errors.As(err, new(shownFailures)) {
		return exitFailure
	}
	p.showError(err)
	var usage *usageError
	var wrong *config.Error
	if errors.As(err, &usage) || errors.As(err, &wrong) {
		return exitUsage
	}
	return exitFailure
}
