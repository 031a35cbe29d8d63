package progress

import (
	"context"
	"errors"
	"fmt"
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
	{ID: "shop", Name: "Main shop"}, {ID: "bj", Name: "北京店 上海店 广州店 深圳店"}, {ID: "wrong"},
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

// collect feeds a display with two passes: one that goes half-way, and one whose login
// is refused.
func collect(t *testing.T, d *Display) {
	o := d.Observer()
	for _, id := range []string{"shop", "wrong", "replayed by somebody"} {
		o.Progress(inbound.ProgressInfo{Account: id, Phase: inbound.PhaseLogin})
	}
	o.PassEnded(inbound.PassEndedInfo{Report: inbound.Report{Account: "wrong"}, Err: errors.New("log in: refused")})
	o.Progress(inbound.ProgressInfo{Account: "shop", Phase: inbound.PhaseInitialUpload, Total: 200})
	time.Sleep(10 * time.Second)
	o.Committed(inbound.CommittedInfo{Account: "shop", Outcomes: map[inbound.Outcome]int{inbound.Uploaded: 100}})
	o.Progress(inbound.ProgressInfo{Account: "shop", Phase: inbound.PhaseInitialUpload, Settled: 100, Total: 200,
		Bytes: 2_000_000})
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
		d := New(s, accounts, Options{Terminal: true})
		d.Start()
		collect(t, d)
		time.Sleep(time.Second)
		assert.Equal(t, strings.Join([]string{
			"Main shop      initial upload  [=====>      ]   100/200    9/s  11s left    2 MB",
			"北京店 上海店… waiting         [            ]",
			"wrong          failed          [            ]",
			"2 notifications delivered",
		}, "\n"), s.text())

		_, err := d.Write([]byte("a log line\n"))
		require.NoError(t, err)
		_, err = io.WriteString(s, "^C")
		require.NoError(t, err)
		time.Sleep(time.Second)
		assert.Equal(t, []string{"a log line", "Main"}, []string{strings.Split(s.text(), "\n")[0],
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
			"Main shop      interrupted     [=====>      ]   100/200   10/s    in 12s    2 MB",
			"北京店 上海店… waiting         [            ]",
			"wrong          failed          [            ]",
			"",
			"Main shop                 90 uploaded, 10 failed, 5 deleted from the server,",
			"                          1 customer created, 2 MB uploaded, interrupted",
			"北京店 上海店 广州店 深…  not begun",
			"wrong                     the pass failed",
			"all                       90 uploaded, 10 failed, 5 deleted from the server,",
			"                          1 customer created, 2 MB uploaded",
			"2 notifications delivered; time: 12s; interrupted; 1 account failed",
			"after the end",
		}, "\n"), s.text())
		for line := range strings.Lines(s.text()) {
			assert.LessOrEqual(t, runewidth.StringWidth(line), 80, line)
		}
		assert.Zero(t, s.colors)
	})
}

func TestDisplay_ErrorLinesAndColors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{t: t}
		d := New(s, accounts, Options{Terminal: true, Color: true,
			ErrorLine: func(id string, err error) string { return fmt.Sprint(id, ": ", err) }})
		d.Start()
		collect(t, d)
		finish(d, nil)
		d.Close()
		assert.True(t, strings.HasSuffix(s.text(), "; 1 account failed\nwrong: log in: refused"), s.text())
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
		done := "progress: Main shop: up to date 100/200 10/s in 1m0s 2 MB; 2 notifications delivered\n"
		assert.Equal(t, "progress: Main shop: waiting; 0 notifications delivered\n"+
			"progress: Main shop: initial upload 100/200 2/s 59s left 2 MB; 2 notifications delivered\n"+
			done+"log\n"+done, out.text()+"\n", "a line a minute, if something has changed")
	})
}
