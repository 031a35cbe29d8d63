package progress

import (
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

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
		words := []string{r.phase}
		for _, word := range []string{r.count, r.rate, r.left, r.size} {
			if word != "" {
				words = append(words, word)
			}
		}
		parts = append(parts, a.label+": "+strings.Join(words, " "))
	}
	return "progress: " + strings.Join(append(parts, plural(d.delivered, "notification")+" delivered"), "; ")
}

// sum says what became of everything: a paragraph for each account and one for all.
func (d *Display) sum(now time.Time) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var b, errs strings.Builder
	all := account{label: "all", sum: inbound.Report{Outcomes: make(map[inbound.Outcome]int)}, state: succeeded}
	left := runewidth.StringWidth(all.label)
	for _, id := range d.ids {
		left = max(left, min(runewidth.StringWidth(d.accounts[id].label), 24))
	}
	broken, stopped := 0, false
	for _, id := range d.ids {
		a := d.accounts[id]
		stopped = stopped || a.state == running || a.state == interrupted
		b.WriteString(paragraph(a.label, left, a.became()))
		all.passEnded(inbound.PassEndedInfo{Report: a.sum}, now)
		if a.state == failed {
			broken++
			if d.opts.ErrorLine != nil {
				errs.WriteString(d.opts.ErrorLine(id, a.err) + "\n")
			}
		}
	}
	if len(d.ids) > 1 {
		b.WriteString(paragraph(all.label, left, all.became()))
	}
	fmt.Fprintf(&b, "%s delivered; time: %s", plural(d.delivered, "notification"), durationText(now.Sub(d.begun)))
	if stopped {
		b.WriteString("; interrupted")
	}
	if broken > 0 {
		fmt.Fprintf(&b, "; %s failed", plural(broken, "account"))
	}
	return b.String() + "\n" + errs.String()
}

// became lists what became of the messages of the account's passes.
func (a *account) became() []string {
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
	if len(list) == 0 && a.state == succeeded {
		list = append(list, "nothing new")
	}
	add(a.sum.Deleted, fmt.Sprintf("%d deleted from the server", a.sum.Deleted))
	add(a.sum.CustomersCreated, plural(a.sum.CustomersCreated, "customer")+" created")
	add(int(min(a.sum.Bytes, 1)), terminal.Size(a.sum.Bytes)+" uploaded")
	switch a.state {
	case notBegun:
		list = append(list, "not begun")
	case failed:
		list = append(list, "the pass failed")
	case running, interrupted:
		list = append(list, "interrupted")
	}
	return list
}

// paragraph returns a list beside a label that is left columns wide, in lines of at
// most 80 columns.
func paragraph(label string, left int, list []string) string {
	var b strings.Builder
	b.WriteString(runewidth.FillRight(runewidth.Truncate(label, left, "…"), left))
	column := left
	for i, item := range list {
		if i < len(list)-1 {
			item += ","
		}
		if width := runewidth.StringWidth(item) + 2; column+width > narrow && i > 0 {
			b.WriteString("\n" + strings.Repeat(" ", left))
			column = left
		}
		separator := " "
		if column == left {
			separator = "  "
		}
		b.WriteString(separator + item)
		column += len(separator) + runewidth.StringWidth(item)
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
