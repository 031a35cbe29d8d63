package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// most is a limit that no listing of the sample mailbox reaches.
const most = 1000

func heading(out io.Writer, text string) {
	fmt.Fprintf(out, "\n%s\n%s\n", text, strings.Repeat("-", len(text)))
}

// table prints rows in columns, the first row in capitals.
func table(out io.Writer, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, row := range rows {
		line := strings.Join(row, "\t")
		if i == 0 {
			line = strings.ToUpper(line)
		}
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

// printPass prints the result of a pass.
func printPass(out io.Writer, name string, r inbound.Report) {
	var outcomes []string
	for _, o := range inbound.Outcomes() {
		if n := r.Outcomes[o]; n > 0 {
			outcomes = append(outcomes, fmt.Sprintf("%d %s", n, o))
		}
	}
	if outcomes == nil {
		outcomes = []string{fmt.Sprintf("nothing new among %d messages", r.Listed)}
	}
	fmt.Fprintf(out, "%-13s%s\n", name+":", strings.Join(outcomes, ", "))
}

// report prints what is in the store.
func report(ctx context.Context, out io.Writer, store *sqlstore.Store, path string) error {
	emails, err := store.ListEmails(ctx, inbound.EmailFilter{}, "", most)
	if err != nil {
		return err
	}
	for _, section := range []func() error{
		func() error { return printCustomers(ctx, out, store, emails) },
		func() error { return printManagers(ctx, out, store) },
		func() error { return printAttachments(out, emails) },
		func() error { return printWarnings(out, emails) },
		func() error { return printReply(ctx, out, store, emails) },
		func() error { return printLeft(ctx, out, store) },
	} {
		if err := section(); err != nil {
			return err
		}
	}
	heading(out, "The database")
	fmt.Fprintln(out, path)
	fmt.Fprintln(out, "Every message with its reason is in the table postroom_ledger, the emails in")
	fmt.Fprintln(out, "postroom_emails, their raw bytes in postroom_raw.")
	return nil
}

// printCustomers prints the number of emails of each customer.
func printCustomers(ctx context.Context, out io.Writer, store *sqlstore.Store, emails []inbound.Email) error {
	counts, verified := make(map[string]int), make(map[string]int)
	var senders []string // in the order in which they wrote
	for _, e := range emails {
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
	rows := [][]string{{"customer", "record", "emails", "verified", "manager"}}
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
			m, err := store.Managers().Manager(ctx, id)
			if err != nil {
				return err
			}
			manager = fmt.Sprintf("%s (%s)", m.Name, m.Status)
		}
		rows = append(rows, []string{
			sender, record, fmt.Sprint(counts[sender]), fmt.Sprint(verified[sender]), manager,
		})
	}
	all, err := store.Customers().Counts(ctx)
	if err != nil {
		return err
	}
	heading(out, "Emails by customer")
	if err := table(out, rows); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d emails of %d customers, %d of them created. Verified: DMARC passed.\n",
		len(emails), len(senders), all.Created)
	return nil
}

// printManagers prints the number of new customers of each manager.
func printManagers(ctx context.Context, out io.Writer, store *sqlstore.Store) error {
	members, err := store.Managers().Group(ctx, team)
	if err != nil {
		return err
	}
	assigned, err := store.Customers().Assignments(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"manager", "status", "new customers"}}
	for _, m := range members {
		rows = append(rows, []string{m.Name, m.Status.String(), fmt.Sprint(assigned[m.ID])})
	}
	heading(out, "Who got the new customers")
	return table(out, rows)
}

// printAttachments lists the files that came with the emails.
func printAttachments(out io.Writer, emails []inbound.Email) error {
	rows := [][]string{{"file", "type", "bytes", "from"}}
	for _, e := range emails {
		for _, a := range e.Attachments {
			rows = append(rows, []string{a.Name, a.Type, fmt.Sprint(a.Size), e.From})
		}
	}
	heading(out, "Attachments")
	return table(out, rows)
}

// printWarnings lists broken messages, which are uploaded nevertheless.
func printWarnings(out io.Writer, emails []inbound.Email) error {
	rows := [][]string{{"email", "warning"}}
	for _, e := range emails {
		for _, warning := range e.Warnings {
			rows = append(rows, []string{e.Subject, warning})
		}
	}
	heading(out, "Broken, but uploaded nevertheless")
	return table(out, rows)
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
		heading(out, "What is new in \""+e.Subject+"\"")
		fmt.Fprintln(out, strings.TrimSpace(m.ReplyText()))
		return nil
	}
	return nil
}

// printLeft lists the messages that were not uploaded, with the reasons. They are
// still on the server, and so are the uploaded ones: the account does not delete.
func printLeft(ctx context.Context, out io.Writer, store *sqlstore.Store) error {
	heading(out, "Not uploaded, and why")
	entries, err := store.Entries(ctx, "juniper-inbox", "", inbound.SourceID{}, most)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Outcome == inbound.Uploaded {
			continue
		}
		fmt.Fprintf(out, "UID %-3s %-12s %s\n", e.SourceID, e.Outcome, e.Subject)
		for reason := range strings.SplitSeq(e.Reason, "; ") {
			fmt.Fprintf(out, "  %s\n", reason)
		}
	}
	return nil
}
