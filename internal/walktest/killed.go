package walktest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// TestKilled kills the Syncer at every nth step, where n is stride, repeats the
// operation with a new Syncer, and compares the final state with that of an
// undisturbed run.
func TestKilled(t *testing.T, open func(t *testing.T) Host, stride int) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) {
			want, _ := killed(t, open, protocol, 0)
			for at := stride; !t.Failed(); at += stride {
				got, where := killed(t, open, protocol, at)
				if where == "" {
					t.Logf("killed at %d steps", at/stride-1)
					return
				}
				for _, line := range want {
					if !slices.Contains(got, line) {
						t.Errorf("killed at step %d (%s): missing: %s", at, where, line)
					}
				}
				for i, line := range got {
					if !slices.Contains(want, line) || i > 0 && line == got[i-1] {
						t.Errorf("killed at step %d (%s): too much: %s", at, where, line)
					}
				}
			}
		})
	}
}

// killed runs the history and kills the Syncer at a step (0 means never). It returns
// the final state, one line for each fact, and the name of the step.
func killed(
	t *testing.T, open func(t *testing.T) Host, protocol inbound.Protocol, at int,
) (lines []string, where string) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, open, protocol)
		points := &inboundtest.Failpoints{At: at}
		w.do = func(name string, run func(ctx context.Context, s *inbound.Syncer) error) {
			err := run(t.Context(), w.syncer(points))
			if step, reached := points.Reached(); reached {
				where, points = name+": "+step, &inboundtest.Failpoints{}
				err = run(t.Context(), w.syncer(points))
			}
			if err != nil {
				t.Fatalf("killed at step %d (%s): %s: %v", at, where, name, err)
			}
			time.Sleep(time.Minute)
		}
		w.history()
		lines = w.facts()
	})
	return lines, where
}

// facts describes the state, without what may differ from run to run: which manager
// has a customer, and how often a notification was repeated.
func (w *world) facts() (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	subjects := make(map[string]string)
	for _, e := range w.emails() {
		subjects[e.ID] = e.Subject
		add("email %s of account %s, has a manager: %v", e.Subject, e.AccountID, e.ManagerID != "")
	}
	shares := map[string]int{"m1": 0, "m2": 0}
	for _, c := range w.customers() {
		shares[c.ManagerID]++
		add("customer %s has a manager: %v", c.Email, c.ManagerID != "")
	}
	if d := shares["m1"] - shares["m2"]; d < -1 || d > 1 {
		add("uneven shares: %v", shares)
	}
	seen, managers := make(map[string]bool), make(map[string]string)
	for _, n := range w.notified.list {
		if seen[n.ID] {
			continue
		}
		seen[n.ID] = true
		subject := ""
		if n.Kind == notify.IncomingEmail {
			subject = subjects[n.EmailID]
		}
		add("notification %s of %s %s", n.Kind, n.From, subject)
		if before := managers[n.From]; before != "" && before != n.ManagerID {
			add("two managers are notified of %s", n.From)
		}
		managers[n.From] = n.ManagerID
	}
	for id, box := range w.boxes {
		rows, err := w.host.Store.Entries(w.t.Context(), id, "", inbound.SourceID{}, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, row := range rows {
			add("message %s %s of account %s: %s, to be marked: %v",
				row.Folder, row.SourceID, id, row.Outcome, row.Unmarked)
		}
		add("mailbox %s: read %v, open sessions %d", id, box.Seen(), box.Sessions())
	}
	slices.Sort(lines)
	return lines
}
