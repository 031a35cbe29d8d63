// Package cli has the commands of the collector.
package cli

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/postroom/postroom/inbound"
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
	p := &app{stdout: bufio.NewWriterSize(stdout, 64<<10), stderr: stderr, env: env, terminal: isTerminal(stderr),
		columns: columnsOf(stdout)}
	return p.main(ctx, args)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// app is the environment of a command. Tests replace it.
type app struct {
	stdout *bufio.Writer
	stderr io.Writer
	env    func(name string) (value string, ok bool)
	// terminal says that stderr is a terminal, on which a line can be redrawn.
	terminal bool
	// columns is the width of standard output where it is a terminal; 0 otherwise.
	columns int
}

// command is one of the collector's commands.
type command struct {
	name    string
	usage   string // what follows the name
	summary string
	run     func(p *app, ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		{"run", "-config FILE [-once] [-progress]",
			"collect mail; -once: one pass of each account", (*app).collect},
		{"report", "-config FILE", "sums of everything, as one JSON object", (*app).report},
		{"emails", "-config FILE [-account ID] [-limit N]",
			"uploaded emails, a JSON object a line", (*app).emails},
		{"notifications", "-config FILE",
			"notifications in the order of delivery, a JSON object a line", (*app).notifications},
		{"ledger", "-config FILE -account ID [-outcome WORD]",
			"what became of each message on the server, a JSON object a line", (*app).ledger},
		{"raw", "-config FILE EMAIL_ID", "the raw bytes of an uploaded email", (*app).raw},
		{"parse", "FILE...", "what is in message files, a JSON object a line", (*app).parse},
		{"explain", "-config FILE -account ID FILE",
			"what would become of a message file, and why; changes nothing", (*app).explain},
		{"check", "-config FILE [-account ID]",
			"try the settings: connect, log in, open the folders, count the messages", (*app).check},
		{"reconcile", "-config FILE -account ID",
			"compare server and ledger: counts, and every gap by name", (*app).reconcile},
		{"quarantine", "-config FILE list|retry|export [ID]",
			"list, retry or export the messages in quarantine", (*app).quarantine},
		{"replay", "-config FILE -account ID -from ADDRESS",
			"create the customer and upload the unmatched messages from that address", (*app).replay},
	}
}

// announced are commands that do not exist yet, but whose names are reserved.
var announced = []string{"discover"}

// main runs the command that args name and returns the exit code.
func (p *app) main(ctx context.Context, args []string) int {
	err := p.dispatch(ctx, args)
	if flushed := p.stdout.Flush(); err == nil && flushed != nil {
		err = fmt.Errorf("cannot write the output: %w", flushed)
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if errors.Is(err, errShown) {
		return exitFailure
	}
	text := err.Error()
	if hint := inbound.HintOf(err); hint != "" && !strings.Contains(text, hint) {
		text += "; " + hint
	}
	fmt.Fprintln(p.stderr, text)
	var usage *usageError
	var wrong *settingsError
	if errors.As(err, &usage) || errors.As(err, &wrong) {
		return exitUsage
	}
	return exitFailure
}

func (p *app) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return &usageError{overview()}
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help", "help":
		fmt.Fprintln(p.stdout, overview())
		return nil
	}
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c.run(p, ctx, args[1:])
		}
		names = append(names, c.name)
	}
	for _, later := range announced {
		if later == name {
			return usagef("the command %s is not there yet; the commands are %s", name, strings.Join(names, ", "))
		}
	}
	return usagef("unknown command %q; the commands are %s", name, strings.Join(names, ", "))
}

func overview() string {
	var b strings.Builder
	b.WriteString("usage: collector COMMAND [FLAGS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %s %s\n        %s\n", c.name, c.usage, c.summary)
	}
	b.WriteString("\nFILE after -config has the settings, in YAML." +
		" ${NAME} in it is replaced by that environment variable.")
	return b.String()
}

// usageError reports wrong use of the command line.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// oneLine returns the text of an error on one line, even if the error joins several.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
