package inbound

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/internal/traffic"
)

const (
	// stepCheck is how often the watch looks at the step.
	stepCheck = 10 * time.Second
	// stepLong is after what time a step takes long that has completed nothing, unless it
	// comes at the rate of stepRate, in bytes a second.
	stepLong = time.Minute
	stepRate = 16 << 10
	// stepRepeat is how often a step that still takes long is reported again.
	stepRepeat = 5 * time.Minute

	// leastRate is how many bytes a second a server has to send in the long run while it
	// lists or delivers messages; each message and each page of a listing counts as
	// stepWorth of time besides. A session that is behind by behindLimit ends. A line of
	// 64 kbit/s carries 8 KB/s: with it, 50 MiB take 2 hours.
	leastRate   = 4 << 10
	stepWorth   = 10 * time.Second
	behindLimit = 10 * time.Minute
)

// errSlowServer ends a step of a server that is behind by behindLimit.
var errSlowServer error = slowServer{}

type slowServer struct{}

func (slowServer) Error() string {
	return "in the long run, the server sends less than 4 KiB a second, or a message in 10 seconds"
}

// Timeout says that the next attempt may take as long.
func (slowServer) Timeout() bool { return true }

// Unwrap says that the session is of no more use.
func (slowServer) Unwrap() error { return ErrDirty }

// stepWatch watches the steps of a pass that wait for the server. It reports a step that
// takes long, and ends one of a server that delivers too slowly in the long run.
// Only the time counts in which the pass waits for the server.
type stepWatch struct {
	meter  *traffic.Meter
	read   atomic.Int64                // messages that the server was asked for and has begun to send
	report func(context.Context, Step) // takes a step that takes long; the zero Step when it no longer does

	mu     sync.Mutex
	op     Op // "": none is under way
	folder string
	cancel context.CancelCauseFunc
	begun  time.Time     // or when something was complete
	before int64         // bytes of the meter until then
	from   time.Time     // since when the server is waited for; zero: it is not
	waited time.Duration // since begun, until from

	behind time.Duration // of leastRate
	seen   int64         // bytes of the meter that are accounted for in behind
	due    time.Time     // since when waiting is not accounted for
}

// watchSteps returns a watch, and the context in which the pass has to run. stop ends the
// watch, and says whether a step is still reported as taking long.
func watchSteps(ctx context.Context, report func(context.Context, Step)) (
	w *stepWatch, watched context.Context, stop func() (reported bool)) {
	w = &stepWatch{meter: new(traffic.Meter), report: report}
	ctx = traffic.With(ctx, w.meter)
	watching, cancel := context.WithCancel(ctx)
	var reported Step
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for sleep(watching, stepCheck) == nil {
			now := time.Now()
			long := w.look(now, reported)
			switch {
			case long.Op == "" && reported.Op == "":
				continue
			case long.Op == reported.Op && long.Since.Equal(reported.Since) && now.Sub(reported.At) < stepRepeat:
				continue
			}
			report(watching, long)
			if long.Op != "" || watching.Err() == nil { // else it may not be written
				reported = long
			}
		}
	}()
	return w, ctx, func() bool {
		cancel()
		<-ended
		return reported.Op != ""
	}
}

// look returns the step if it takes long, and ends it if the server is too far behind. One
// that was reported takes long until something is complete, also when the rate rises.
func (w *stepWatch) look(now time.Time, reported Step) Step {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.op == "" {
		return Step{}
	}
	if w.account(now); w.behind >= behindLimit && w.hasRate() {
		w.cancel(errSlowServer)
	}
	waited, bytes := w.waited, w.meter.Bytes()-w.before
	if !w.from.IsZero() {
		waited += now.Sub(w.from)
	}
	known := reported.Op == w.op && reported.Since.Equal(w.begun)
	if !known && (waited < stepLong || float64(bytes) >= stepRate*waited.Seconds()) {
		return Step{}
	}
	step := Step{Op: w.op, Folder: w.folder, Since: w.begun, Bytes: bytes, At: now}
	if bytes > 0 {
		step.LastByte = w.meter.Last()
	}
	return step
}

// account brings behind up to date. w.mu is locked.
func (w *stepWatch) account(now time.Time) {
	bytes := w.meter.Bytes()
	came := bytes - w.seen
	w.seen = bytes
	var waited time.Duration
	if !w.from.IsZero() {
		waited, w.due = now.Sub(w.due), now
	}
	if w.hasRate() {
		w.behind = max(0, w.behind+waited-time.Duration(float64(came)/leastRate*float64(time.Second)))
	}
}

// hasRate reports whether the step has to come at leastRate: listings do where the
// connection counts what comes. Other steps have time limits of their own. w.mu is locked.
func (w *stepWatch) hasRate() bool { return w.op == OpRead || w.op == OpList && w.meter.Bound() }

// beginSession forgets how far the server was behind in the session before.
func (w *stepWatch) beginSession() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.behind, w.seen = 0, w.meter.Bytes()
}

// begin begins a step, and waiting for the server. end ends it; its error says that the
// watch has ended the step.
func (w *stepWatch) begin(ctx context.Context, op Op, folder string) (step context.Context, end func() error) {
	step, cancel := context.WithCancelCause(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.op, w.folder, w.cancel = op, folder, cancel
	w.restart(time.Now())
	return step, func() error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.account(time.Now())
		w.op, w.from, w.cancel = "", time.Time{}, nil
		ended := ctx.Err() == nil && context.Cause(step) == errSlowServer
		cancel(nil)
		if ended {
			return errSlowServer
		}
		return nil
	}
}

// restart begins to wait for the next message. w.mu is locked.
func (w *stepWatch) restart(now time.Time) {
	w.begun, w.before, w.from, w.due, w.waited = now, w.meter.Bytes(), now, now, 0
}

// pause says that the pass is busy by itself until resume.
func (w *stepWatch) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.from.IsZero() {
		return
	}
	now := time.Now()
	w.account(now)
	w.waited += now.Sub(w.from)
	w.from = time.Time{}
}

// resume says that the pass waits for the server again.
func (w *stepWatch) resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.from = time.Now()
	w.due = w.from
}

// completed says that a message or a page is complete, and that the pass waits for the next.
func (w *stepWatch) completed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.account(now)
	w.behind = max(0, w.behind-stepWorth)
	w.restart(now)
}
