package otel_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/adapters/otel"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// watched is a mailbox that is collected from, and what was sent of it.
type watched struct {
	t      *testing.T
	box    *inboundtest.Mailbox
	reader *sdkmetric.ManualReader
	spans  *tracetest.SpanRecorder
	config inbound.Config
}

// newWatched returns a mailbox with these accounts, which share it.
func newWatched(t *testing.T, options otel.Options, accounts ...string) *watched {
	w := &watched{t: t, box: inboundtest.NewMailbox(), reader: sdkmetric.NewManualReader(),
		spans: tracetest.NewSpanRecorder()}
	options.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(w.reader))
	options.TracerProvider = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(w.spans))
	telemetry, err := otel.New(&options)
	require.NoError(t, err)
	managers := memstore.NewManagers()
	managers.Put(assign.Manager{ID: "kim", Name: "Kim", Status: assign.Free}, "support")
	w.config = inbound.Config{Credentials: inboundtest.Password("test"), Store: memstore.New(),
		CustomerRepo: memstore.NewCustomers(), ManagerDirectory: managers, Notifier: silent{},
		Logger: slog.New(slog.DiscardHandler), SpoolDir: t.TempDir(), Observer: telemetry.Observer(),
		Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: w.box}}
	for _, id := range accounts {
		w.config.Accounts = append(w.config.Accounts, inbound.Account{ID: id, Shop: id, Protocol: inbound.IMAP,
			Host: "imap.example.com", Username: id + "@shop.example", NotifyManager: true, CreateCustomer: true,
			ManagerGroup: "support"})
	}
	return w
}

// silent is a Notifier.
type silent struct{}

func (silent) Notify(context.Context, notify.Notification) error { return nil }

func (w *watched) deliver(subjects ...string) {
	for _, subject := range subjects {
		w.box.Deliver([]byte("From: Iris <iris@example.com>\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject +
			"@example.com>\r\n\r\nHello\r\n"))
	}
}

func (w *watched) syncer() *inbound.Syncer {
	w.t.Helper()
	s, err := inbound.New(w.config)
	require.NoError(w.t, err)
	return s
}

// run runs a Syncer until the returned func is called.
func (w *watched) run() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended, s := make(chan error), w.syncer()
	go func() { ended <- s.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(w.t, <-ended)
	}
}

// series is one series of a metric.
type series struct {
	kind, unit string
	set        attribute.Set
	value      int64 // of a histogram: how often something was measured
}

// collect returns all series by the name of the metric.
func (w *watched) collect() map[string][]series {
	w.t.Helper()
	var data metricdata.ResourceMetrics
	require.NoError(w.t, w.reader.Collect(w.t.Context(), &data))
	all := make(map[string][]series)
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			add := func(kind string, set attribute.Set, value int64) {
				all[m.Name] = append(all[m.Name], series{kind, m.Unit, set, value})
			}
			switch d := m.Data.(type) {
			case metricdata.Histogram[float64]:
				for _, p := range d.DataPoints {
					add("histogram", p.Attributes, int64(p.Count))
				}
			case metricdata.Gauge[int64]:
				for _, p := range d.DataPoints {
					add("gauge", p.Attributes, p.Value)
				}
			case metricdata.Sum[int64]:
				kind := "updowncounter"
				if d.IsMonotonic {
					kind = "counter"
				}
				for _, p := range d.DataPoints {
					add(kind, p.Attributes, p.Value)
				}
			default:
				w.t.Fatalf("%s is a %T", m.Name, m.Data)
			}
		}
	}
	return all
}

// valuesOf returns the values of a metric, with their attributes: "account=shop,state=ok".
func valuesOf(all []series) map[string]int64 {
	values := make(map[string]int64)
	for _, s := range all {
		values[s.set.Encoded(attribute.DefaultEncoder())] = s.value
	}
	return values
}

// documented is a row of the table in README.md.
type documented struct {
	kind, unit string
	attributes []string
}

// table reads the table in README.md.
func table(t *testing.T) map[string]documented {
	t.Helper()
	doc, err := os.ReadFile("README.md")
	require.NoError(t, err)
	rows := make(map[string]documented)
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 || strings.Contains(line, "---") || strings.TrimSpace(cells[1]) == "metric" {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		row := documented{kind: cells[2], unit: cells[3]}
		for name := range strings.SplitSeq(cells[4], ", ") {
			switch name {
			case "account":
				row.attributes = append(row.attributes, "postroom.account.id")
			case "messaging.operation.*":
				row.attributes = append(row.attributes, "messaging.operation.name", "messaging.operation.type")
			default:
				row.attributes = append(row.attributes, name)
			}
		}
		rows[cells[1]] = row
	}
	require.NotEmpty(t, rows)
	return rows
}

// refusal is an error of a login that has an address in its text.
func refusal(class error) error {
	return &inbound.Error{Op: inbound.OpLogin, Class: class, Err: errors.New("no, iris@example.com")}
}

// live lives through everything that is measured, until the returned func is called.
func (w *watched) live() (stop func()) {
	w.box.Push = true
	opens, lists, watches := 0, 0, 0
	w.box.Intercept = func(step string) error {
		switch step {
		case "open":
			if opens++; opens == 1 {
				return refusal(inbound.ErrTemporary)
			}
		case "list":
			if lists++; lists == 1 {
				time.Sleep(3 * time.Minute)
			}
		case "watch":
			if watches++; watches == 1 {
				return fmt.Errorf("%w: cut", inbound.ErrDirty)
			}
		}
		return nil
	}
	w.deliver("one", "two")
	stop = w.run()
	time.Sleep(30 * time.Minute)
	w.box.Renumber()
	w.deliver("three")
	time.Sleep(time.Hour)
	return stop
}

// What the documentation says is sent is sent, and nothing else is.
func TestMetrics_AsDocumented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, otel.Options{}, "shop")
		defer w.live()()
		rows, sent := table(t), w.collect()
		assert.ElementsMatch(t, slices.Collect(maps.Keys(rows)), slices.Collect(maps.Keys(sent)))
		for name, all := range sent {
			row, seen := rows[name], make(map[string]bool)
			for _, s := range all {
				assert.Equal(t, []string{row.kind, row.unit}, []string{s.kind, s.unit}, name)
				for _, a := range s.set.ToSlice() {
					seen[string(a.Key)] = true
					assert.NotContains(t, a.Value.String(), "iris")
				}
			}
			if neverFails[name] {
				seen["error.type"] = true
			}
			assert.ElementsMatch(t, row.attributes, slices.Collect(maps.Keys(seen)), name)
		}
	})
}

// neverFails are metrics with an error.type of which nothing fails in live.
var neverFails = map[string]bool{"messaging.process.duration": true, "postroom.dispatch.duration": true}

func TestMetrics_Values(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, otel.Options{}, "shop")
		stop := w.live()
		sent := w.collect()
		assert.Equal(t, map[string]int64{
			"postroom.account.id=shop,postroom.outcome=uploaded":  3,
			"postroom.account.id=shop,postroom.outcome=duplicate": 2,
		}, valuesOf(sent["postroom.messages"]), "after the renumbering, two are read once more")
		assert.Equal(t, map[string]int64{"messaging.operation.name=read,messaging.system=imap," +
			"postroom.account.id=shop,server.address=imap.example.com": 5},
			valuesOf(sent["messaging.client.consumed.messages"]))
		assert.Equal(t, map[string]int64{"error.type=unavailable,postroom.account.id=shop": 1},
			valuesOf(sent["postroom.login.failures"]))
		assert.Equal(t, map[string]int64{"postroom.account.id=shop,postroom.session.loss=cut": 1},
			valuesOf(sent["postroom.sessions.lost"]))
		assert.Equal(t, map[string]int64{"postroom.account.id=shop,postroom.account.state=ok": 1},
			valuesOf(sent["postroom.accounts"]), "one state of an account at a time")
		assert.Equal(t, map[string]int64{"postroom.notification.result=delivered": 4},
			valuesOf(sent["postroom.notifications"]), "one for the customer, and three for the mail")
		assert.Equal(t, map[string]int64{
			"postroom.notification.state=dead": 0, "postroom.notification.state=pending": 0,
		}, valuesOf(sent["postroom.outbox.depth"]))
		for _, name := range []string{"settled", "total"} {
			assert.Equal(t, map[string]int64{"postroom.account.id=shop": 2},
				valuesOf(sent["postroom.initial_upload."+name]))
		}
		stop()
		assert.Empty(t, w.collect()["postroom.accounts"], "nobody collects from it now")
	})
}

// A process that waits for another one says so.
func TestMetrics_WaitingForLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, otel.Options{}, "shop")
		_, err := w.config.Store.Acquire(t.Context(), "run/shop", "another process", time.Hour)
		require.NoError(t, err)
		defer w.run()()
		time.Sleep(time.Minute)
		assert.Equal(t, map[string]int64{"postroom.account.id=shop,postroom.account.state=waiting_for_lease": 1},
			valuesOf(w.collect()["postroom.accounts"]))
	})
}

// Without accounts, the metrics are sums.
func TestMetrics_OmitAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t, otel.Options{OmitAccount: true}, "one", "two")
		w.deliver("first")
		defer w.run()()
		time.Sleep(time.Minute)
		sent := w.collect()
		for name, all := range sent {
			for _, s := range all {
				assert.False(t, s.set.HasValue("postroom.account.id"), name)
			}
		}
		assert.Equal(t, map[string]int64{"postroom.account.state=ok": 2}, valuesOf(sent["postroom.accounts"]))
		assert.Equal(t, map[string]int64{"": 2}, valuesOf(sent["postroom.initial_upload.total"]))
		assert.Equal(t, map[string]int64{"postroom.outcome=uploaded": 2}, valuesOf(sent["postroom.messages"]))
	})
}

// A pass is a span, with a child for each step.
func TestSpans_OfAPass(t *testing.T) {
	w := newWatched(t, otel.Options{}, "shop")
	w.deliver("one")
	s := w.syncer()
	_, err := s.Sync(t.Context(), "shop")
	require.NoError(t, err)
	w.box.OpenError = refusal(inbound.ErrAuth)
	_, err = s.Sync(t.Context(), "shop")
	require.Error(t, err)

	names := make(map[string]int)
	var passes []sdktrace.ReadOnlySpan
	for _, span := range w.spans.Ended() {
		names[span.Name()]++
		if span.Name() == "postroom.pass" {
			passes = append(passes, span)
		}
		assert.Contains(t, span.Attributes(), attribute.String("postroom.account.id", "shop"), span.Name())
		assert.NotContains(t, fmt.Sprint(span.Attributes(), span.Status(), span.Events()), "iris")
	}
	for _, name := range []string{"log in", "list INBOX", "read INBOX", "commit"} {
		assert.Positive(t, names[name], name)
	}
	require.Len(t, passes, 2)
	for i, span := range w.spans.Ended() {
		if span.Name() != "postroom.pass" {
			parent := passes[0]
			if i > slices.Index(w.spans.Ended(), passes[0]) {
				parent = passes[1]
			}
			assert.Equal(t, parent.SpanContext().SpanID(), span.Parent().SpanID(), span.Name())
		}
	}
	assert.Equal(t, codes.Unset, passes[0].Status().Code)
	assert.Equal(t, sdktrace.Status{Code: codes.Error, Description: "credentials"}, passes[1].Status())
}

// The global providers are used unless others are given.
func TestNew_Defaults(t *testing.T) {
	telemetry, err := otel.New(nil)
	require.NoError(t, err)
	w := newWatched(t, otel.Options{}, "shop")
	w.config.Observer = inbound.Observers(telemetry.Observer(), w.config.Observer)
	w.deliver("one")
	_, err = w.syncer().Sync(t.Context(), "shop")
	require.NoError(t, err)
	assert.NotEmpty(t, w.collect())
}
