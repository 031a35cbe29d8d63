package notifytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/notify"
)

// Channel is a notify.Notifier under test together with the receiver of its
// notifications: a mail server, a web server or a log, for example. The managers
// "1" and "2" can be notified. A manager "nobody" does not exist.
type Channel struct {
	Notifier notify.Notifier

	// Arrived returns the IDs of the notifications that the receiver has got
	// so far, in the order of arrival.
	Arrived func() []string

	// Break makes the receiver refuse notifications, as if it were down, until
	// Mend is called. If that is not possible, both are nil, and the tests that
	// need them are skipped.
	Break, Mend func()

	// Silence makes the receiver accept connections but never reply, until the test
	// ends. Whether Arrived then counts a notification does not matter. If that is
	// not possible, Silence is nil, and the tests that need it are skipped.
	Silence func()
}

// TestNotifier checks an implementation of notify.Notifier. For each test, open
// returns a Channel whose receiver has got no notifications. It registers its
// cleanup with t.Cleanup.
func TestNotifier(t *testing.T, open func(t *testing.T) Channel) {
	for name, test := range map[string]func(*channel){
		"DeliveredOnReturn":             deliveredOnReturn,
		"AnyText":                       anyText,
		"RepeatedID":                    repeatedID,
		"ConcurrentCalls":               concurrentCalls,
		"OutageIsAnError":               outageIsAnError,
		"SilentReceiver":                silentReceiver,
		"CanceledContextIsNotPermanent": canceledContext,
		"NoSuchManager":                 noSuchManager,
	} {
		t.Run(name, func(t *testing.T) { test(&channel{T: t, Channel: open(t)}) })
	}
}

type channel struct {
	*testing.T
	Channel
}

func about(id, manager string) notify.Notification {
	return notify.Notification{
		ID: id, Kind: notify.IncomingEmail, AccountID: "shop", Shop: "main", ManagerID: manager,
		CustomerID: "c1", EmailID: id, From: "anna@example.com", Subject: "Where is my order?", At: start,
	}
}

// deliver calls Notify, which must not fail.
func (c *channel) deliver(n notify.Notification) {
	c.Helper()
	if err := c.Notifier.Notify(c.Context(), n); err != nil {
		c.Errorf("Notify(%+v): %v", n, err)
	}
}

// times returns how often a notification has arrived.
func (c *channel) times(id string) (n int) {
	for _, arrived := range c.Arrived() {
		if arrived == id {
			n++
		}
	}
	return n
}

func deliveredOnReturn(c *channel) {
	n := about("incoming_email/e1", "1")
	assigned := n.As(notify.CustomerAssigned)
	var want []string
	second, third := about("incoming_email/e2", "2"), about("incoming_email/e3", "1")
	for _, n := range []notify.Notification{assigned, n, second, third} {
		c.deliver(n)
		want = append(want, n.ID)
		if got := c.Arrived(); !slices.Equal(got, want) {
			c.Fatalf("after Notify returned nil, %q has arrived; want %q: a crash loses what is only in transit",
				got, want)
		}
	}
}

// anyText uses senders and subjects of real mail. They have no control characters,
// since email.Parse removes those.
func anyText(c *channel) {
	texts := []string{
		"", " ", "Привет ☺ 你好 \U0001F4E6", `'"<script>alert(1)</script>&amp;`, "%s %d %!", "{{.Subject}} ${HOME}",
		"a=b, c: d", ".", "-- ", "From: x@example.com", `\n\r\0`, strings.Repeat("long ", 400),
		strings.Repeat("w", 2000), "\u2028\u00a0\ufeff\ufffd",
	}
	for i, text := range texts {
		n := about(fmt.Sprintf("incoming_email/e%d", i), "1")
		n.Subject = text
		c.deliver(n)
		if c.times(n.ID) != 1 {
			c.Errorf("the notification with the subject %.40q has arrived %d times, want once", text, c.times(n.ID))
		}
	}
	n := notify.Notification{ID: "incoming_email/bare", Kind: notify.IncomingEmail, ManagerID: "1"}
	c.deliver(n)
	n.ID, n.Kind = "x", "a kind of a later version"
	c.deliver(n)
	if c.times("incoming_email/bare") != 1 || c.times("x") != 1 {
		c.Errorf("%q has arrived; want also one that has only ID, kind and manager, and one of an unknown kind",
			c.Arrived())
	}
}

func repeatedID(c *channel) {
	n := about("incoming_email/e1", "1")
	c.deliver(n)
	c.deliver(about("incoming_email/e2", "1"))
	c.deliver(n) // as after a crash before the delivery was recorded
	first, second := c.times("incoming_email/e1"), c.times("incoming_email/e2")
	if first < 1 || first > 2 || second != 1 || len(c.Arrived()) != first+second {
		c.Errorf("%q has arrived; want e1, for which Notify was called twice, once or twice, and e2 once", c.Arrived())
	}
}

func concurrentCalls(c *channel) {
	const callers, each = 8, 5
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for j := range each {
				c.deliver(about(fmt.Sprintf("incoming_email/e%d-%d", i, j), fmt.Sprint(1+i%2)))
			}
		})
	}
	wg.Wait()
	arrived := c.Arrived()
	for i := range callers {
		last := -1
		for j := range each {
			id := fmt.Sprintf("incoming_email/e%d-%d", i, j)
			place := slices.Index(arrived, id)
			if n := c.times(id); n != 1 {
				c.Errorf("%s has arrived %d times, want once", id, n)
			} else if place < last {
				c.Errorf("%s has arrived before one that the same caller delivered earlier", id)
			}
			last = place
		}
	}
}

func outageIsAnError(c *channel) {
	if c.Break == nil {
		c.Skip("this channel cannot be broken")
	}
	c.deliver(about("incoming_email/e1", "1"))
	c.Break()
	n := about("incoming_email/e2", "1")
	for range 2 {
		err := c.Notifier.Notify(c.Context(), n)
		if err == nil {
			c.Fatal("Notify gave no error while the receiver refuses: the notification would count as delivered")
		}
		if errors.Is(err, notify.ErrPermanent) {
			c.Errorf("Notify gave %v while the receiver is down: the notification would never be delivered", err)
		}
	}
	c.Mend()
	c.deliver(n)
	if c.times(n.ID) != 1 || c.times("incoming_email/e1") != 1 {
		c.Errorf("%q has arrived after the outage, want each once", c.Arrived())
	}
}

func silentReceiver(c *channel) {
	if c.Silence == nil {
		c.Skip("this channel cannot be silenced")
	}
	c.Silence()
	ctx, cancel := context.WithTimeout(c.Context(), 100*time.Millisecond)
	defer cancel()
	returned := make(chan error, 1)
	go func() { returned <- c.Notifier.Notify(ctx, about("incoming_email/e1", "1")) }()
	select {
	case err := <-returned:
		if err == nil || errors.Is(err, notify.ErrPermanent) {
			c.Errorf("Notify gave %v when its context ended before an answer; want one that is not permanent",
				err)
		}
	case <-time.After(10 * time.Second):
		c.Error("Notify has not returned 10 s after its context ended: it blocks every later notification")
	}
}

func canceledContext(c *channel) {
	ctx, cancel := context.WithCancel(c.Context())
	cancel()
	n := about("incoming_email/e1", "1")
	err := c.Notifier.Notify(ctx, n)
	if errors.Is(err, notify.ErrPermanent) {
		c.Errorf("Notify with a canceled context gave %v: a stop of the program must not drop the notification", err)
	}
	if err == nil && c.times(n.ID) != 1 {
		c.Error("Notify with a canceled context gave no error, and nothing has arrived")
	}
}

func noSuchManager(c *channel) {
	n := about("incoming_email/e1", "nobody")
	if err := c.Notifier.Notify(c.Context(), n); err == nil && c.times(n.ID) != 1 {
		c.Error("Notify of a manager who does not exist gave no error, and nothing has arrived")
	} else if err != nil && !errors.Is(err, notify.ErrPermanent) {
		c.Errorf("Notify of a manager who does not exist gave %v, want ErrPermanent: it would be retried for hours",
			err)
	}
	c.deliver(about("incoming_email/e2", "1"))
}
