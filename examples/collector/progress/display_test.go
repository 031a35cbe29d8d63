package progress

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

var accounts = []inbound.Account{
	{ID: "shop", Name: "Main shop"}, {ID: "beijing"}, {ID: "wrong"},
	{ID: "off", Inactive: true},
}

// nobody is a Notifier. It refuses the notifications of one manager.
type nobody struct{}

func (nobody) Notify(_ context.Context, n notify.Notification) error {
	if n.ManagerID == "away" {
		return errors.New("refused")
	}
	return nil
}

var errRefused = &inbound.Error{Account: "wrong", Op: inbound.OpLogin, Class: inbound.ErrAuth, Err: errors.New("no")}

// wide is a terminal of 80 columns.
var wide = Options{Columns: func() int { return 80 }}

// collect feeds a display with two passes: one that goes half-way, and one whose login
// is refused.
func collect(t *testing.T, d *Display) {
	o := d.Observer()
	for _, id := range []string{"shop", "wrong", "replayed by somebody"} {
		o.Progress(inbound.ProgressInfo{Account: id, Phase: inbound.PhaseLogin})
	}
	o.PassEnded(inbound.PassEndedInfo{Report: inbound.Report{Account: "wrong"}, Err: errRefused})
	o.Progress(inbound.ProgressInfo{Account: "shop", Phase: inbound.PhaseInitialUpload, Total: 200})
	time.Sleep(10 * time.Second)
	o.Committed(inbound.CommittedInfo{Account: "shop", Outcomes: map[inbound.Outcome]int{inbound.Uploaded: 100}})
	o.Progress(inbound.ProgressInfo{Account: "shop", Phase: inbound.PhaseInitialUpload, Settled: 100, Total: 200,
		Bytes: 2_000_000, ETA: 11 * time.Second})
	for _, manager := range []string{"m1", "away", "m2"} {
		err := d.Notifier(nobody{}).Notify(t.Context(), notify.Notification{ManagerID: manager})
		assert.Equal(t, manager == "away", err != nil)
	}
}

func finish(d *Display, err error) {
	d.Observer().PassEnded(inbound.PassEndedInfo{Err: err, Report: inbound.Report{Account: "shop", Bytes: 2_000_000,
		Outcomes: map[inbound.Outcome]int{inbound.Uploaded: 90, inbound.Failed: 10}, CustomersCreated: 1, Deleted: 5}})
}

// A bubble ends only when no goroutine is left.
func TestDisplay_BarsAndClosingSum(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(s, accounts, wide)
		d.Start()
		collect(t, d)
		time.Sleep(time.Second)
		assert.Equal(t, strings.Join([]string{
			"shop     initial upload [======>      ]     100/200    9/s    11s left      2 MB",
			"beijing  waiting        [             ]",
			"wrong    stopped        login refused",
			"2 notifications delivered",
		}, "\n"), s.text())

		_, err := d.Write([]byte("a log line\n"))
		require.NoError(t, err)
		_, err = io.WriteString(s, "^C")
		require.NoError(t, err)
		time.Sleep(time.Second)
		assert.Equal(t, []string{"a log line", "shop"}, []string{strings.Split(s.text(), "\n")[0],
			strings.Split(s.text(), "\n")[1][:4]}, "the log is above the bars")

		finish(d, context.Canceled)
		_, err = d.Write([]byte("last words\n"))
		require.NoError(t, err)
		d.Close()
		_, err = d.Write([]byte("after the end\n"))
		require.NoError(t, err)
		assert.Equal(t, strings.Join([]string{
			"a log line",
			"last words",
			"shop     initial upload [======>      ]     100/200   10/s      in 12s      2 MB",
			"beijing  waiting        [             ]",
			"wrong    stopped        login refused",
			"",
			"shop     90 uploaded, 10 failed, 5 deleted from the server, 1 customer created,",
			"         2 MB uploaded, not finished (100 left)",
			"beijing  not begun",
			"wrong    stopped (login refused)",
			"all      90 uploaded, 10 failed, 5 deleted from the server, 1 customer created,",
			"         2 MB uploaded",
			"2 notifications delivered; time: 12s; 1 account stopped",
			"after the end",
		}, "\n"), s.text())
		for line := range strings.Lines(s.text()) {
			assert.LessOrEqual(t, runewidth.StringWidth(line), 80, line)
		}
		assert.Zero(t, s.colors)
	})
}

func TestDisplay_NotesFactsAndColors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(s, accounts, Options{Columns: func() int { return 60 }, Color: true,
			Note: func(id string, sum inbound.Report) string {
				if sum.Outcomes[inbound.Failed] == 0 {
					return ""
				}
				return id + " has messages that failed; this is a note that says what to do about them"
			}})
		d.Start()
		collect(t, d)
		finish(d, nil)
		d.Close("45 customers wait for a manager")
		assert.Contains(t, s.text(), `
shop     90 uploaded, 10 failed, 5 deleted from the server,
         1 customer created, 2 MB uploaded
         → shop has messages that failed; this is a note
           that says what to do about them
beijing  not begun
`)
		assert.True(t, strings.HasSuffix(s.text(), `
2 notifications delivered; 45 customers wait for a manager;
  time: 10s; 1 account stopped`), s.text())
		assert.Positive(t, s.colors)
	})
}

func TestDisplay_LinesWithoutTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &screen{t: t}
		d := New(out, accounts[:1], Options{})
		d.Start()
		time.Sleep(59 * time.Second)
		assert.Empty(t, out.text())
		time.Sleep(2 * time.Second)
		collect(t, d) // 10 seconds
		time.Sleep(50 * time.Second)
		finish(d, nil)
		time.Sleep(10 * time.Minute)
		_, err := d.Write([]byte("log\n"))
		require.NoError(t, err)
		d.Close()
		done := "progress: shop: up to date 100/200 10/s in 1m0s 2 MB; 2 notifications delivered\n"
		assert.Equal(t, "progress: shop: waiting; 0 notifications delivered\n"+
			"progress: shop: initial upload 100/200 2/s 11s left 2 MB; 2 notifications delivered\n"+
			done+"log\n"+done, out.text()+"\n", "a line a minute, if something has changed")
	})
}
