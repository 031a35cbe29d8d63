package progress

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/cupwriter"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// Options are the options of New. The zero value is for an output that is no terminal.
type Options struct {
	Columns func() int // the width that the terminal has now; nil: the output is none
	Color   bool       // use colors on it
	// Note, where it is not nil, returns a sentence for the closing sum that says what
	// to do about an account, given the sums of its passes; "" is none.
	Note func(account string, sum inbound.Report) string
}

// Display shows the progress of accounts, between Start and Close. It is safe for
// concurrent use.
type Display struct {
	out  io.Writer
	opts Options

	mu        sync.Mutex // of the fields below; nothing is drawn or written while it is held
	begun     time.Time
	ids       []string // of the accounts, in display order
	accounts  map[string]*account
	delivered int // notifications

	writing sync.Mutex    // one writer at a time, and none while the bars end
	bars    *mpb.Progress // nil: there are none
	drawn   []*mpb.Bar
	count   *mpb.Bar      // the line that counts notifications
	stop    chan struct{} // closed to end the printing of lines; nil on a terminal
	printed sync.WaitGroup
}

// every is how often a line is printed where there is no terminal.
const every = time.Minute

// New returns a Display of the active accounts for the output w.
func New(w io.Writer, accounts []inbound.Account, opts Options) *Display {
	d := &Display{out: w, opts: opts, begun: time.Now(), accounts: make(map[string]*account)}
	d.SetAccounts(accounts)
	return d
}

// SetAccounts replaces the accounts that the lines show by the active ones of these. What is
// known of an account stays. Bars that are drawn stay as they are.
func (d *Display) SetAccounts(accounts []inbound.Account) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ids = nil
	for _, a := range accounts {
		if a.Inactive {
			continue
		}
		d.ids = append(d.ids, a.ID)
		if d.accounts[a.ID] == nil {
			d.accounts[a.ID] = newAccount(a.ID)
		}
	}
}

// Start begins to draw or print. It is called once, before the first pass.
func (d *Display) Start() {
	if d.opts.Columns != nil {
		d.draw()
		return
	}
	d.stop = make(chan struct{})
	d.printed.Go(d.printLines)
}

// Observer returns the Observer that keeps the display up to date.
func (d *Display) Observer() *inbound.Observer {
	return &inbound.Observer{
		Progress: func(e inbound.ProgressInfo) {
			d.with(e.Account, func(a *account) { a.progress(e, time.Now()) })
		},
		Committed: func(e inbound.CommittedInfo) {
			d.with(e.Account, func(a *account) { a.committed(e) })
		},
		SlowStep: func(e inbound.SlowStepInfo) {
			d.with(e.Account, func(a *account) { a.slow = e.Step })
		},
		PassEnded: func(e inbound.PassEndedInfo) {
			d.with(e.Report.Account, func(a *account) { a.passEnded(e, time.Now()) })
		},
	}
}

func (d *Display) with(id string, fn func(*account)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.accounts[id]; a != nil {
		fn(a)
	}
}

// Notifier returns a Notifier that delivers by next and counts what is delivered.
func (d *Display) Notifier(next notify.Notifier) notify.Notifier { return &counter{d, next} }

type counter struct {
	display *Display
	next    notify.Notifier
}

// Notify implements notify.Notifier.
func (c *counter) Notify(ctx context.Context, n notify.Notification) error {
	err := c.next.Notify(ctx, n)
	if err == nil {
		c.display.mu.Lock()
		defer c.display.mu.Unlock()
		c.display.delivered++
	}
	return err
}

// Write implements io.Writer, for a log. On a terminal, the text appears above the bars.
// It has to consist of whole lines.
func (d *Display) Write(p []byte) (int, error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	if d.bars != nil {
		if n, err := d.bars.Write(p); err == nil {
			return n, nil
		}
	}
	return d.out.Write(p)
}

// Close ends the bars or lines, which stay visible. Below bars it prints the closing
// sum, with further facts about all accounts. It is called once, when no pass goes on
// any more.
func (d *Display) Close(facts ...string) {
	if d.stop != nil {
		close(d.stop)
		d.printed.Wait()
		_, _ = d.Write([]byte(d.line(time.Now()) + "\n"))
		return
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	for _, bar := range d.drawn {
		bar.Abort(false) // or Wait would never return
	}
	d.count.Abort(true) // the closing sum has it
	d.bars.Wait()
	d.bars = nil
	_, _ = io.WriteString(d.out, "\n"+d.sum(time.Now(), facts))
}

// draw begins to draw a bar for each account, and a line for the notifications.
func (d *Display) draw() {
	screen := cupwriter.New(fromLeft{d.out}, true)
	if f, ok := d.out.(*os.File); ok {
		screen.SetTermFd(int(f.Fd())) // where the size of the terminal is read
	}
	d.bars = mpb.New(mpb.WithConsoleWriter(console{screen}), mpb.WithAutoRefresh())
	for _, id := range d.ids {
		d.drawn = append(d.drawn, d.addBar(d.accounts[id]))
	}
	d.count = d.bars.New(0, mpb.NopStyle(), mpb.BarFillerTrim(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return d.notified() })))
}

// fromLeft is a terminal on which each text begins in the first column: keys that are
// typed, such as ^C, have moved the cursor.
type fromLeft struct{ io.Writer }

func (w fromLeft) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(append([]byte("\r"), p...))
	return max(n-1, 0), err
}

// addBar adds the bar of an account.
func (d *Display) addBar(a *account) *mpb.Bar {
	filler := mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		r := a.row(time.Now())
		paint := func(text string) string { return d.colored(r.state, text) }
		_, err := io.WriteString(w, newLayout(s.AvailableWidth, d.idWidth()).text(a.id, r, paint))
		return err
	})
	bar, _ := d.bars.Add(0, filler, mpb.BarFillerTrim()) // without an error before Wait
	return bar
}

// idWidth returns the width of the longest ID.
func (d *Display) idWidth() int {
	width := 0
	for _, id := range d.ids {
		width = max(width, len(id))
	}
	return width
}

// colored returns a text in the color of a state.
func (d *Display) colored(s state, text string) string {
	color, ok := map[state]int{succeeded: 32, stopped: 31, failed: 31, interrupted: 33}[s]
	if !ok || !d.opts.Color {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", color, text)
}

// notified says how many notifications were delivered.
func (d *Display) notified() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return plural(d.delivered, "notification") + " delivered"
}
