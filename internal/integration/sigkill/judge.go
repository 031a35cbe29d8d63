package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/postroom/postroom/internal/mailgen"
)

// printed is a line that a command of the collector prints.
type printed struct {
	ID, Kind, State, Customer, Email string
}

// ask runs a command and calls each with every line that it prints.
func (s *scene) ask(ctx context.Context, name string, each func(printed)) error {
	text, err := s.command(ctx, name).Output()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p printed
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		each(p)
	}
	return lines.Err()
}

// askOutbox records which notifications are delivered according to the outbox. The
// first process may have been killed before it created the database.
func (s *scene) askOutbox(ctx context.Context) error {
	err := s.ask(ctx, "notifications", func(p printed) {
		if p.State == "delivered" {
			s.confirmed[p.ID] = true
		}
	})
	if len(s.confirmed) == 0 {
		return nil
	}
	return err
}

// judge runs a collector to its end and checks the result.
func (s *scene) judge(ctx context.Context, out io.Writer) error {
	var said bytes.Buffer
	last := s.command(ctx, "run", "-once")
	last.Stderr = &said
	if err := last.Run(); err != nil {
		return fmt.Errorf("the last run: %w\n%s", err, said.Bytes())
	}
	problems := []error{s.readLog(said.Bytes())}
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }

	wanted, left := s.expected()
	uploaded, customers, ids := make(map[string]int), make(map[string]bool), []string{}
	if err := s.ask(ctx, "emails", func(p printed) {
		ids = append(ids, p.ID)
		customers[p.Customer] = true
	}); err != nil {
		return err
	}
	for _, id := range ids {
		raw, err := s.command(ctx, "raw", id).Output()
		if err != nil {
			return fmt.Errorf("raw %s: %w", id, err)
		}
		sum := sha256.Sum256(raw)
		uploaded[hex.EncodeToString(sum[:])]++
	}
	for sum := range wanted {
		if uploaded[sum] != 1 {
			problem("message %s was uploaded %d times", sum, uploaded[sum])
		}
	}
	for sum := range uploaded {
		if !wanted[sum] {
			problem("message %s was uploaded, but should not have been", sum)
		}
	}
	there, err := s.server.Checksums(mailbox, "INBOX")
	if err != nil {
		return err
	}
	for _, sum := range there {
		if i := slices.Index(left, sum); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		problem("message %s is uploaded, but still on the server", sum)
	}
	for _, sum := range left {
		problem("message %s is not uploaded, but deleted from the server", sum)
	}

	notified := make(map[string]bool)
	if err := s.ask(ctx, "notifications", func(p printed) {
		notified[p.ID] = true
		if p.State != "delivered" || s.logged[p.ID] == 0 {
			problem("notification %s: %s, logged %d times", p.ID, p.State, s.logged[p.ID])
		}
	}); err != nil {
		return err
	}
	for _, id := range ids {
		if !notified["incoming_email/"+id] {
			problem("no manager was notified of email %s", id)
		}
	}
	for id := range customers {
		if !notified["customer_assigned/"+id] {
			problem("no manager was notified of customer %s", id)
		}
	}
	if len(notified) != len(ids)+len(customers) {
		problem("%d notifications for %d emails and %d customers", len(notified), len(ids), len(customers))
	}
	again := 0
	for _, n := range s.logged {
		again += n - 1
	}
	fmt.Fprintf(out, "%d messages delivered: %d uploaded and deleted, %d left on the server; %d customers;"+
		" %d notifications, %d of them logged again because of a kill\n",
		len(s.delivered), len(ids), len(there), len(customers), len(notified), again)
	return errors.Join(problems...)
}

// expected applies the rules: a person who writes becomes a customer. Messages of
// programs are uploaded if they come from a customer, and stay on the server
// otherwise.
func (s *scene) expected() (wanted map[string]bool, left []string) {
	wanted = make(map[string]bool)
	known := make(map[string]bool)
	for _, d := range s.delivered {
		if !known[d.truth.From] && d.truth.Class != mailgen.Personal {
			left = append(left, d.sum)
			continue
		}
		known[d.truth.From] = true
		wanted[d.sum] = true
	}
	return wanted, left
}
