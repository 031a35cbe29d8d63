package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/customer"
	ui "github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// printDetails prints what the screen sums up.
func printDetails(ctx context.Context, out io.Writer, store *sqlstore.Store, f *facts) error {
	if err := printPasses(out, f); err != nil {
		return err
	}
	emails := f.afterSecond.emails
	printNotifications(out, f)
	if err := printCustomers(ctx, out, store, f); err != nil {
		return err
	}
	printManagers(out, f)
	printAttachments(out, emails)
	printWarnings(out, emails)
	if err := printReply(ctx, out, store, emails); err != nil {
		return err
	}
	printLeft(out, f)
	fmt.Fprint(out, "\nIn the database, every message with its reason is in the table postroom_ledger,\n"+
		"the emails are in postroom_emails, their raw bytes in postroom_raw.\n\n")
	return nil
}

func heading(out io.Writer, text string) {
	fmt.Fprintf(out, "\n%s\n%s\n", text, strings.Repeat("-", columns(text)))
}

// table prints rows in columns, the first row in capitals.
func table(out io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for r, row := range rows {
		line := ""
		for i, cell := range row {
			if r == 0 {
				cell = strings.ToUpper(cell)
			}
			line += pad(cell, widths[i]+2)
		}
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

// printPasses prints the result of each pass, that of the killed one as it is in the
// ledger.
func printPasses(out io.Writer, f *facts) error {
	killed := make(map[inbound.Outcome]int)
	for _, e := range f.atKill.entries {
		killed[e.Outcome]++
	}
	name := "First pass"
	if f.killed {
		name = "Killed pass"
	}
	for _, pass := range []struct {
		name     string
		outcomes map[inbound.Outcome]int
	}{
		{name, killed},
		{"Resumed", f.first.pass.Outcomes},
		{"Second pass", f.second.pass.Outcomes},
	} {
		var outcomes []string
		for _, o := range inbound.Outcomes() {
			if n := pass.outcomes[o]; n > 0 {
				outcomes = append(outcomes, fmt.Sprintf("%d %s", n, o))
			}
		}
		if outcomes == nil {
			outcomes = []string{fmt.Sprintf("nothing new among %d messages", f.total)}
		}
		if _, err := fmt.Fprintf(out, "%-14s%s\n", pass.name+":", strings.Join(outcomes, ", ")); err != nil {
			return err
		}
	}
	return nil
}

// printNotifications prints the notifications as the managers got them.
func printNotifications(out io.Writer, f *facts) {
	managers := make(map[string]string)
	for _, m := range f.managers {
		managers[m.ID] = m.Name
	}
	heading(out, "Notifications, in the order of delivery")
	for _, n := range f.rung {
		fmt.Fprintf(out, "to %-6s %s\n", managers[n.ManagerID], printable(n.Title()))
	}
	fmt.Fprintf(out, "Delivered %d, failed %d.\n", f.first.delivered.Delivered,
		f.first.delivered.Failed+f.first.delivered.Dead)
}

// printCustomers prints the number of emails of each customer.
func printCustomers(ctx context.Context, out io.Writer, store *sqlstore.Store, f *facts) error {
	counts, verified := make(map[string]int), make(map[string]int)
	var senders []string // in the order in which they wrote
	for _, e := range f.afterSecond.emails {
		if counts[e.From]++; counts[e.From] == 1 {
			senders = append(senders, e.From)
		}
		if e.Verified {
			verified[e.From]++
		}
	}
	known := make(map[string]bool)
	for _, c := range knownCustomers() {
		known[c.Email] = true
	}
	managers := make(map[string]string)
	for _, m := range f.managers {
		managers[m.ID] = m.Name
	}
	names := senderNames(f.afterSecond.emails)
	rows := [][]string{{"customer", "address", "record", "mails", "verified", "manager"}}
	for _, sender := range senders {
		found, err := store.Customers().FindByEmail(ctx, shop, sender)
		if err != nil {
			return err
		}
		record, manager := "created", "nobody"
		if known[sender] {
			record = "known"
		}
		if id := found[0].ManagerID; id != "" {
			manager = managers[id]
		}
		name := names[sender]
		if name == "" {
			name = "(no name)"
		}
		rows = append(rows, []string{name, customer.Display(sender), record,
			fmt.Sprint(counts[sender]), fmt.Sprint(verified[sender]), manager})
	}
	heading(out, "Emails by customer")
	table(out, rows)
	fmt.Fprintf(out, "%d emails of %d customers, %d of them created. Verified: DMARC passed.\n",
		len(f.afterSecond.emails), len(senders), f.afterSecond.customers.Created)
	return nil
}

// printManagers prints the number of new customers of each manager.
func printManagers(out io.Writer, f *facts) {
	rows := [][]string{{"manager", "status", "new customers"}}
	for _, m := range f.managers {
		rows = append(rows, []string{m.Name, m.Status.String(), fmt.Sprint(f.afterSecond.assigned[m.ID])})
	}
	heading(out, "Who got the new customers")
	table(out, rows)
}

// printAttachments lists the files that came with the emails.
func printAttachments(out io.Writer, emails []inbound.Email) {
	rows := [][]string{{"file", "type", "bytes", "from"}}
	for _, e := range emails {
		for _, a := range e.Attachments {
			rows = append(rows, []string{printable(a.Name), printable(a.Type), fmt.Sprint(a.Size),
				customer.Display(e.From)})
		}
	}
	heading(out, "Attachments")
	table(out, rows)
}

// printWarnings lists broken messages, which are uploaded nevertheless.
func printWarnings(out io.Writer, emails []inbound.Email) {
	rows := [][]string{{"email", "warning"}}
	for _, e := range emails {
		for _, warning := range e.Warnings {
			rows = append(rows, []string{printable(e.Subject), printable(warning)})
		}
	}
	heading(out, "Broken, but uploaded nevertheless")
	table(out, rows)
}

// printReply prints the new text of a reply. It reads the bytes in the store.
func printReply(ctx context.Context, out io.Writer, store *sqlstore.Store, emails []inbound.Email) error {
	for _, e := range emails {
		if e.InReplyTo == "" || e.Class != email.ClassPersonal {
			continue
		}
		raw, err := store.OpenRaw(ctx, e.ID)
		if err != nil {
			return err
		}
		defer raw.Close()
		m, err := email.Parse(raw, email.Limits{})
		if err != nil {
			return err
		}
		heading(out, "What is new in \""+printable(e.Subject)+"\"")
		for line := range strings.Lines(strings.TrimSpace(m.ReplyText())) {
			fmt.Fprintln(out, printable(strings.TrimRight(line, "\r\n")))
		}
		return nil
	}
	return nil
}

// printLeft lists the messages that were not uploaded, with the reasons. They are
// still on the server, and so are the uploaded ones: the account does not delete.
func printLeft(out io.Writer, f *facts) {
	heading(out, "Not uploaded, and why")
	for _, e := range f.afterSecond.entries {
		if e.Outcome == inbound.Uploaded {
			continue
		}
		fmt.Fprintf(out, "UID %-3s %-12s %s\n", e.SourceID, e.Outcome, printable(e.Subject))
		for reason := range strings.SplitSeq(e.Reason, "; ") {
			fmt.Fprint(out, ui.Wrap(unicodeAddresses(printable(reason)), usualWidth, "  ", "    "))
		}
	}
}
