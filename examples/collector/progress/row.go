package progress

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// How many columns the parts of a row take.
const (
	maxID      = 24
	phaseWidth = len("initial upload")
	minBar     = 10
	maxBar     = 40
	countWidth = len("99999/99999")
	rateWidth  = len("9999/s")
	leftWidth  = len("59m59s left")
	sizeWidth  = len("999 bytes")
)

// layout says how the rows are laid out. It depends on the terminal and on the IDs and
// not on what the accounts do, so that the bars keep their place.
type layout struct {
	columns, id, bar int
	rate, left, size bool // shown
}

// newLayout lays rows out on a terminal. Where there is too little room for a bar, it
// leaves out rate, size and time, in this order.
func newLayout(columns, id int) layout {
	l := layout{columns: columns, id: min(id, maxID), rate: true, left: true, size: true}
	for _, part := range []*bool{&l.rate, &l.size, &l.left} {
		if l.room() >= minBar {
			break
		}
		*part = false
	}
	l.bar = max(min(l.room(), maxBar), minBar)
	return l
}

// room returns how many columns are left for a bar.
func (l layout) room() int {
	left := l.columns - (l.id + 2 + phaseWidth + 1 + 1 + countWidth)
	for _, f := range l.figures(row{}) {
		left -= 1 + f.width
	}
	return left
}

// figure is a text that is aligned to the right.
type figure struct {
	width int
	text  string
}

// figures returns the figures that are shown besides the count.
func (l layout) figures(r row) []figure {
	var shown []figure
	if l.rate {
		shown = append(shown, figure{rateWidth, r.rate})
	}
	if l.left {
		shown = append(shown, figure{leftWidth, r.left})
	}
	if l.size {
		shown = append(shown, figure{sizeWidth, r.size})
	}
	return shown
}

// text returns a row on at most as many columns as the terminal has. paint colors the
// word for the state.
func (l layout) text(id string, r row, paint func(string) string) string {
	phase := fmt.Sprintf("%-*s", phaseWidth, r.phase)
	before := fit(id, l.id) + "  "
	after := " " + l.middle(r)
	for _, f := range l.figures(r) {
		after += fmt.Sprintf(" %*s", f.width, f.text)
	}
	after = strings.TrimRight(after, " ")
	if whole := before + phase + after; runewidth.StringWidth(whole) > l.columns {
		return runewidth.Truncate(whole, l.columns, "…")
	}
	return before + paint(phase) + after
}

// middle returns the bar and the count or, where a pass has failed, the reason.
func (l layout) middle(r row) string {
	count := fmt.Sprintf(" %*s", countWidth, r.count)
	switch {
	case r.reason != "" && r.count == "":
		return fit(r.reason, l.bar+len(count))
	case r.reason != "":
		return fit(r.reason, l.bar) + count
	}
	s := decor.Statistics{AvailableWidth: l.bar, RequestedWidth: l.bar,
		Current: int64(r.settled), Total: int64(r.total)}
	if r.state == succeeded && r.total == 0 {
		s.Current, s.Total = 1, 1
	}
	s.Completed = s.Total > 0 && s.Current == s.Total
	var b strings.Builder
	_ = mpb.BarStyle().Padding(" ").Build().Fill(&b, s) // a Builder does not fail
	return b.String() + count
}

// fit cuts a text to a width, or fills it with spaces.
func fit(text string, width int) string {
	return runewidth.FillRight(runewidth.Truncate(text, width, "…"), width)
}
