package otel

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/messagingconv"

	"github.com/postroom/postroom/inbound"
)

var (
	// stepBounds are those of the conventions and, above them, some for steps that take minutes.
	stepBounds = metric.WithExplicitBucketBoundaries(
		0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300)
	// passBounds go up to an initial upload of days.
	passBounds = metric.WithExplicitBucketBoundaries(
		0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 4*3600, 24*3600, 7*24*3600)
)

// metrics are the instruments of the package's documentation.
type metrics struct {
	omitAccount bool
	accounts    *accounts

	operations messagingconv.ClientOperationDuration
	processing messagingconv.ProcessDuration
	consumed   messagingconv.ClientConsumedMessages

	passes, dispatches metric.Float64Histogram

	messages, uploaded, customers, loginFailures metric.Int64Counter
	sessionsLost, renumberings, slowSteps        metric.Int64Counter
	notifications                                metric.Int64Counter
	outbox                                       metric.Int64Gauge
}

func newMetrics(meter metric.Meter, omitAccount bool) (*metrics, error) {
	m := &metrics{omitAccount: omitAccount, accounts: newAccounts(omitAccount)}
	var problems []error
	check := func(err error) { problems = append(problems, err) }
	var err error
	m.operations, err = messagingconv.NewClientOperationDuration(meter, stepBounds)
	check(err)
	m.processing, err = messagingconv.NewProcessDuration(meter, stepBounds)
	check(err)
	m.consumed, err = messagingconv.NewClientConsumedMessages(meter)
	check(err)
	m.passes, err = meter.Float64Histogram("postroom.pass.duration", metric.WithUnit("s"), passBounds,
		metric.WithDescription("Duration of a pass of an account."))
	check(err)
	m.dispatches, err = meter.Float64Histogram("postroom.dispatch.duration", metric.WithUnit("s"), stepBounds,
		metric.WithDescription("Duration of the delivery of all notifications that were due."))
	check(err)
	m.outbox, err = meter.Int64Gauge("postroom.outbox.depth", metric.WithUnit("{notification}"),
		metric.WithDescription("Notifications in the outbox that are not delivered."))
	check(err)
	for _, c := range []struct {
		counter                 *metric.Int64Counter
		name, unit, description string
	}{
		{&m.messages, "postroom.messages", "{message}", "Messages by what became of them."},
		{&m.uploaded, "postroom.uploaded.size", "By", "Bytes of uploaded messages."},
		{&m.customers, "postroom.customers.created", "{customer}", "Customers created for unknown senders."},
		{&m.loginFailures, "postroom.login.failures", "{login}", "Logins that failed, by cause."},
		{&m.sessionsLost, "postroom.sessions.lost", "{session}", "Kept sessions that were cut or blind."},
		{&m.renumberings, "postroom.renumberings", "{folder}", "Folders whose server has renumbered its messages."},
		{&m.slowSteps, "postroom.steps.slow", "{report}", "Reports of steps that take minutes."},
		{&m.notifications, "postroom.notifications", "{notification}", "Attempts to deliver notifications."},
	} {
		*c.counter, err = meter.Int64Counter(c.name, metric.WithUnit(c.unit), metric.WithDescription(c.description))
		check(err)
	}
	check(m.accounts.register(meter))
	return m, errors.Join(problems...)
}

// with returns these attributes, and that of the account unless it is left out.
func (m *metrics) with(account string, attributes ...attribute.KeyValue) metric.MeasurementOption {
	if !m.omitAccount {
		attributes = append(attributes, accountID(account))
	}
	return metric.WithAttributes(attributes...)
}

func (m *metrics) progress(e inbound.ProgressInfo) {
	if e.Phase == inbound.PhaseInitialUpload {
		m.accounts.progressed(e.Account, int64(e.Settled), int64(e.Total))
	}
}

func (m *metrics) stepEnded(ctx context.Context, e inbound.StepEndedInfo) {
	attributes, took := metric.WithAttributes(operation(e)...), e.Took.Seconds()
	if e.Op == inbound.OpCommit {
		m.processing.Inst().Record(ctx, took, attributes)
		return
	}
	m.operations.Inst().Record(ctx, took, attributes)
	switch {
	case e.Op == inbound.OpRead && e.Messages > 0:
		m.consumed.Inst().Add(ctx, int64(e.Messages), m.with(e.Account,
			semconv.MessagingSystemKey.String(string(e.Protocol)), semconv.MessagingOperationName(string(e.Op)),
			semconv.ServerAddress(e.Host)))
	case e.Op == inbound.OpLogin && e.Err != nil && !errors.Is(e.Err, context.Canceled):
		m.loginFailures.Add(ctx, 1, m.with(e.Account, errorAttributes(e.Err)...))
	}
}

func (m *metrics) passEnded(ctx context.Context, e inbound.PassEndedInfo) {
	m.passes.Record(ctx, e.Took.Seconds(), metric.WithAttributes(errorAttributes(e.Err)...))
	m.customers.Add(ctx, int64(e.Report.CustomersCreated), m.with(e.Report.Account))
	if e.Health.State != inbound.HealthNew {
		m.accounts.changed(e.Report.Account, e.Health.State.String())
	}
}

func (m *metrics) committed(ctx context.Context, e inbound.CommittedInfo) {
	for outcome, n := range e.Outcomes {
		m.messages.Add(ctx, int64(n), m.with(e.Account, attribute.String("postroom.outcome", string(outcome))))
	}
	m.uploaded.Add(ctx, e.Bytes, m.with(e.Account))
}

func (m *metrics) slowStep(ctx context.Context, e inbound.SlowStepInfo) {
	if e.Step.Op != "" {
		m.slowSteps.Add(ctx, 1, m.with(e.Account, semconv.MessagingOperationName(string(e.Step.Op))))
	}
}

func (m *metrics) sessionLost(e inbound.SessionLostInfo) {
	how := "cut"
	if e.Blind {
		how = "blind"
	}
	m.sessionsLost.Add(context.Background(), 1, m.with(e.Account, attribute.String("postroom.session.loss", how)))
}

func (m *metrics) runnerChanged(e inbound.RunnerChangedInfo) {
	switch e.State {
	case inbound.RunnerWaiting:
		m.accounts.changed(e.Account, inbound.HealthWaiting.String())
	case inbound.RunnerEnded:
		m.accounts.forget(e.Account)
	default:
		m.accounts.changed(e.Account, inbound.HealthNew.String())
	}
}

func (m *metrics) dispatched(e inbound.DispatchedInfo) {
	ctx := context.Background()
	for result, n := range map[string]int{
		"delivered": e.Report.Delivered, "failed": e.Report.Failed, "dead": e.Report.Dead,
	} {
		if n > 0 {
			m.notifications.Add(ctx, int64(n),
				metric.WithAttributes(attribute.String("postroom.notification.result", result)))
		}
	}
	if e.Report.Delivered+e.Report.Failed+e.Report.Dead > 0 || e.Err != nil {
		m.dispatches.Record(ctx, e.Took.Seconds(), metric.WithAttributes(errorAttributes(e.Err)...))
	}
	if !e.CountedAt.IsZero() {
		for state, n := range map[string]int{"pending": e.Pending, "dead": e.Dead} {
			m.outbox.Record(ctx, int64(n),
				metric.WithAttributes(attribute.String("postroom.notification.state", state)))
		}
	}
}
