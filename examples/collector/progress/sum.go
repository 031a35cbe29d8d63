package progress

import (
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
)

// printLines prints a line every minute in which something has changed.
func (d *Display) printLines() {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	last := ""
	for {
		select {
		case <-d.stop:
			return
		case now := <-ticker.C:
			if line := d.line(now); line != last {
				last = line
				_, _ = d.Write([]byte(line + "\n"))
			}
		}
	}
}

// line describes all accounts in one line.
func (d *Display) line(now time.Time) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var parts []string
	for _, id := range d.ids {
		a := d.accounts[id]
		r := a.row(now)
		words := []string{withReason(r.phase, r.reason)}
		for _, word := range []string{r.count, r.rate, r.left, r.size} {
			if word != "" {
				words = append(words, word)
			}
		}
		parts = append(parts, a.id+": "+strings.Join(words, " "))
	}
	return "progress: " + strings.Join(append(parts, plural(d.delivered, "notification")+" delivered"), "; ")
}

// sum says what became of everything: a paragraph for each account, one for all, and
// the facts about all.
func (d *Display) sum(now time.Time, facts []string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	columns := d.opts.Columns()
	var b strings.Builder
	all := newAccount("all")
	left := min(max(d.idWidth(), len(all.id)), maxID)
	count := make(map[state]int)
	for _, id := range d.ids {
		a := d.accounts[id]
		count[a.state]++
		b.WriteString(paragraph(a.id, left, a.became(), columns))
		if d.opts.Note != nil {
			if note := d.opts.Note(id, a.sum); note != "" {
				indent := strings.Repeat(" ", left+2)
				b.WriteString(terminal.Wrap(note, columns, indent+"→ ", indent+"  "))
			}
		}
		all.passEnded(inbound.PassEndedInfo{Report: a.sum}, now)
	}
	if list := all.did(); len(d.ids) > 1 && len(list) > 0 {
		b.WriteString(paragraph(all.id, left, list, columns))
	}
	facts = append([]string{plural(d.delivered, "notification") + " delivered"}, facts...)
	facts = append(facts, "time: "+durationText(now.Sub(d.begun)))
	for _, s := range []struct {
		state
		word string
	}{{stopped, stoppedWord}, {failed, failedWord}} {
		if n := count[s.state]; n > 0 {
			facts = append(facts, plural(n, "account")+" "+s.word)
		}
	}
	b.WriteString(terminal.Wrap(strings.Join(facts, "; "), columns, "", "  "))
	return b.String()
}

// did lists what the account's passes have done.
func (a *account) did() []string {
	var list []string
	add := func(n int, what string) {
		if n > 0 {
			list = append(list, what)
		}
	}
	for _, outcome := range inbound.Outcomes() {
		n := a.sum.Outcomes[outcome]
		add(n, fmt.Sprintf("%d %s", n, outcome))
	}
	add(a.sum.Deleted, fmt.Sprintf("%d deleted from the server", a.sum.Deleted))
	add(a.sum.CustomersCreated, plural(a.sum.CustomersCreated, "customer")+" created")
	add(int(min(a.sum.Bytes, 1)), terminal.Size(a.sum.Bytes)+" uploaded")
	return list
}

// became lists what the account's passes have done, and how the last one ended.
func (a *account) became() []string {
	list := a.did()
	switch a.state {
	case notBegun:
		list = append(list, "not begun")
	case succeeded:
		if len(list) == 0 {
			list = append(list, "nothing new")
		}
	case stopped, failed:
		list = append(list, withReason(a.word, a.reason))
	case running, interrupted:
		rest := ""
		if n := a.pass.Total - a.pass.Settled; n > 0 {
			rest = fmt.Sprintf("%d left", n)
		}
		list = append(list, withReason("not finished", rest))
	}
	return list
}

// paragraph returns a list beside a label that is left columns wide, in lines that are
// broken between the items.
func paragraph(label string, left int, list []string, columns int) string {
	var b strings.Builder
	b.WriteString(fit(label, left))
	column := left
	for i, item := range list {
		if i < len(list)-1 {
			item += ","
		}
		if column+1+len(item) > columns && i > 0 {
			b.WriteString("\n" + strings.Repeat(" ", left))
			column = left
		}
		separator := " "
		if column == left {
			separator = "  "
		}
		b.WriteString(separator + item)
		column += len(separator + item)
	}
	b.WriteString("\n")
	return b.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
