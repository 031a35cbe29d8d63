package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/postroom/postroom/assign"
	ui "github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// minExample is the fewest columns for which a subject is cut.
const minExample = 16

// printScreen prints what a newcomer has to see, on 22 lines: a terminal of 24
// lines then still shows the command that was typed, and the next prompt. A terminal of
// fewer than 80 columns needs more lines.
func printScreen(t *terminal, f *facts, path string, verbose bool) {
	line := func(parts ...string) { fmt.Fprintln(t.out, strings.Join(parts, "")) }
	narrow := t.width < usualWidth

	t.heading(fmt.Sprintf("A sample mailbox got %d messages. What became of them", f.total),
		" (all stay on the server):")
	for _, row := range outcomeRows(f) {
		head := fmt.Sprintf("  %2d %-12s ", row.count, row.outcome)
		if narrow {
			t.hanging(green, head, row.reason+row.example)
			continue
		}
		reason := truncate(row.reason, t.width-len(head))
		example := truncate(row.example, t.width-len(head)-columns(reason))
		if example != row.example && columns(example) < minExample {
			example = "" // so little of it says nothing
		}
		line(t.paint(green, head), reason, t.paint(faint, example))
	}
	line()
	others, got := managersByStatus(f)
	t.heading(fmt.Sprintf("Who got the %d new customers", f.afterSecond.customers.Created), others+":")
	for _, m := range got {
		customers := newCustomers(f, m.ID)
		head := fmt.Sprintf("  %2d %s ", len(customers), pad(m.Name+", "+m.Status.String(), 12))
		line(t.paint(green, head), join(customers, t.width-columns(head)))
	}
	line()
	for _, sentence := range sentences(f) {
		switch {
		case sentence.err != nil:
			line(t.paint(red, "✗ "+truncate(sentence.err.Error(), t.width-2)))
		case narrow:
			t.hanging(green, "✓ ", sentence.text)
		default:
			line(t.paint(green, "✓ "), t.paint(bold, sentence.text))
		}
	}
	line()
	line(t.paint(bold, "Now your own mailbox:"))
	for _, command := range commands(runtime.GOOS) {
		line(commandText(command, t.width, runtime.GOOS))
	}
	last := "Database: " + path
	if !verbose {
		last = "Details: -v   " + last
	}
	if narrow || columns(last) <= t.width { // else it takes two lines
		line()
	}
	if narrow {
		last = strings.TrimSuffix(ui.Wrap(last, t.width, "", "  "), "\n")
	}
	line(t.paint(faint, last))
}

// heading prints a heading with a remark.
func (t *terminal) heading(text, remark string) {
	if columns(text+remark) > t.width {
		fmt.Fprint(t.out, t.paint(bold, ui.Wrap(text+remark, t.width, "", "  ")))
		return
	}
	fmt.Fprintln(t.out, t.paint(bold, text)+t.paint(faint, remark))
}

// hanging prints a text beside a head, broken between words.
func (t *terminal) hanging(s style, head, text string) {
	wrapped := ui.Wrap(text, t.width, head, strings.Repeat(" ", columns(head)))
	fmt.Fprint(t.out, t.paint(s, head)+strings.TrimPrefix(wrapped, head))
}

// commandText breaks a command into lines of at most that many columns, as the shell of
// the system takes them. It does not break within quotes, nor a comment.
func commandText(command string, width int, system string) string {
	const indent = "  "
	if columns(indent+command) <= width || strings.Contains(command, "'") {
		return indent + command
	}
	more := " \\\n"
	if system == "windows" {
		more = " `\n" // PowerShell
	}
	command, comment, commented := strings.Cut(command, "#")
	text := strings.TrimSuffix(ui.Wrap(command, width-2, indent, indent+indent), "\n")
	text = strings.ReplaceAll(text, "\n", more)
	if commented {
		text += more + indent + indent + "#" + comment
	}
	return text
}

// outcomeRow is a line about the messages with one outcome.
type outcomeRow struct {
	outcome inbound.Outcome
	count   int
	reason  string
	example string // the subject of the first message; "" where the reason needs none
}

// outcomeRows counts the messages by outcome, the most frequent ones first. The reason
// is that of the first message, as it is in the ledger, unless it can be said for all.
func outcomeRows(f *facts) []outcomeRow {
	var rows []outcomeRow
	for _, outcome := range inbound.Outcomes() {
		var reasons []string
		row := outcomeRow{outcome: outcome}
		for _, e := range f.afterSecond.entries {
			if e.Outcome != outcome {
				continue
			}
			if row.count++; row.count == 1 {
				row.example = ": \"" + printable(e.Subject) + "\""
			}
			reasons = append(reasons, unicodeAddresses(printable(e.Reason)))
		}
		if row.count == 0 {
			continue
		}
		switch outcome {
		case inbound.Uploaded:
			row.example = ""
			row.reason = fmt.Sprintf("and bound to their %d customers, %d of them new",
				countCustomers(f.afterSecond.emails), f.afterSecond.customers.Created)
		case inbound.Unmatched:
			row.example = ""
			row.reason = "no customer: " + strings.Join(kindsOfMail(reasons), ", ")
		case inbound.Duplicate:
			row.reason, _, _ = strings.Cut(reasons[0], " as email ")
		default:
			row.reason = reasons[0]
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b outcomeRow) int { return b.count - a.count })
	return rows
}

// kindsOfMail names the kinds of mail that the reasons for not creating a customer
// speak of.
func kindsOfMail(reasons []string) []string {
	all := strings.Join(reasons, "\n")
	var kinds []string
	for _, kind := range []struct{ word, name string }{
		{"list mail", "newsletters"}, {"auto_reply mail", "auto-replies"}, {"bounce mail", "bounces"},
		{"spam mail", "spam"}, {"no-reply address", "no-reply mail"},
	} {
		if strings.Contains(all, kind.word) {
			kinds = append(kinds, kind.name)
		}
	}
	return kinds
}

func countCustomers(emails []inbound.Email) int {
	ids := make(map[string]bool)
	for _, e := range emails {
		ids[e.CustomerID] = true
	}
	return len(ids)
}

// managersByStatus returns the managers who got new customers, and says why the
// others got none.
func managersByStatus(f *facts) (others string, got []assign.Manager) {
	var without []string
	for _, m := range f.managers {
		if f.afterSecond.assigned[m.ID] > 0 {
			got = append(got, m)
		} else {
			without = append(without, fmt.Sprintf("%s: %s", m.Name, m.Status))
		}
	}
	if len(without) == 0 {
		return "", got
	}
	return " (not " + strings.Join(without, ", ") + ")", got
}

// newCustomers lists the new customers of a manager in the order of their
// assignment: by name, or by address where the mail has no name.
func newCustomers(f *facts, managerID string) []string {
	names := senderNames(f.afterSecond.emails)
	var customers []string
	for _, n := range f.rung {
		if n.Kind == notify.CustomerAssigned && n.ManagerID == managerID {
			customers = append(customers, nameOrAddress(names, n.From))
		}
	}
	return customers
}

// sentence is a promise. It is kept if err is nil.
type sentence struct {
	text string
	err  error
}

// sentences returns the promises that the program has checked.
func sentences(f *facts) []sentence {
	outcome := sentence{err: f.withoutOutcome(),
		text: fmt.Sprintf("Each of the %d messages has an outcome; a second pass changed nothing.", f.total)}
	if outcome.err == nil {
		outcome.err = f.changed()
	}
	kill := sentence{err: f.lost(), text: "Nothing lost, nothing twice. (It was finished before it could be killed.)"}
	if kill.err == nil {
		kill.err = f.twice()
	}
	if done := len(f.atKill.entries); f.killed && done < f.total {
		kill.text = fmt.Sprintf("Process killed after %d of %d messages, resumed: nothing lost, nothing twice.",
			done, f.total)
	}
	return []sentence{outcome, kill}
}

// commands are those that collect from a mailbox of the reader.
func commands(system string) []string {
	password := "export SHOP_PASSWORD='the app password'"
	if system == "windows" {
		password = "$env:SHOP_PASSWORD = 'the app password'" // PowerShell
	}
	return []string{
		"go run ./examples/collector settings -yaml > shop.yaml   # fill it in",
		password,
		"go run ./examples/collector check -config shop.yaml",
		"go run ./examples/collector run -once -progress -config shop.yaml",
	}
}
