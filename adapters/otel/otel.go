package otel

import (
	"context"
	"errors"

	global "go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/messagingconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/postroom/postroom/inbound"
)

// scope is the name of the instrumentation.
const scope = "github.com/postroom/postroom/adapters/otel"

// Options tune a Telemetry. The zero value is the defaults.
type Options struct {
	MeterProvider  metric.MeterProvider // nil: otel.GetMeterProvider
	TracerProvider trace.TracerProvider // nil: otel.GetTracerProvider
	// OmitAccount leaves postroom.account.id out of the metrics, which are sums over all
	// accounts then. The spans have it in any case.
	OmitAccount bool
}

// Telemetry sends metrics and spans. It is safe for concurrent use, and may observe several
// Syncers, as long as they collect from different accounts.
type Telemetry struct {
	metrics *metrics
	spans   *spans
}

// New returns a Telemetry. A nil Options is the defaults. It fails if the MeterProvider refuses
// an instrument.
func New(o *Options) (*Telemetry, error) {
	if o == nil {
		o = new(Options)
	}
	meters, tracers := o.MeterProvider, o.TracerProvider
	if meters == nil {
		meters = global.GetMeterProvider()
	}
	if tracers == nil {
		tracers = global.GetTracerProvider()
	}
	m, err := newMetrics(meters.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL)), o.OmitAccount)
	if err != nil {
		return nil, err
	}
	return &Telemetry{m, newSpans(tracers.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL)))}, nil
}

// Observer returns the Observer that feeds the Telemetry, for inbound.Config.Observer.
func (t *Telemetry) Observer() *inbound.Observer {
	m, s := t.metrics, t.spans
	return &inbound.Observer{
		Progress: func(e inbound.ProgressInfo) {
			if e.Phase == inbound.PhaseLogin {
				s.beginPass(e.Account)
			}
			m.progress(e)
		},
		StepEnded: func(e inbound.StepEndedInfo) {
			if e.Op != inbound.OpWatch {
				m.stepEnded(s.stepEnded(e), e)
			}
		},
		PassEnded:     func(e inbound.PassEndedInfo) { m.passEnded(s.endPass(e), e) },
		Committed:     func(e inbound.CommittedInfo) { m.committed(s.of(e.Account), e) },
		Renumbered:    func(e inbound.RenumberingInfo) { m.renumberings.Add(s.of(e.Account), 1, m.with(e.Account)) },
		SlowStep:      func(e inbound.SlowStepInfo) { m.slowStep(s.of(e.Account), e) },
		SessionLost:   m.sessionLost,
		RunnerChanged: m.runnerChanged,
		Dispatched:    m.dispatched,
	}
}

// errorType returns the kind of an error, of which there is a bounded number; "" for nil.
func errorType(err error) string {
	switch cause := inbound.CauseOf(err); {
	case err == nil:
		return ""
	case errors.Is(err, context.Canceled):
		return "canceled"
	case cause != inbound.CauseUnknown:
		return string(cause)
	}
	return string(messagingconv.ErrorTypeOther)
}

// errorAttributes returns the attribute error.type; none for nil.
func errorAttributes(err error) []attribute.KeyValue {
	if err == nil {
		return nil
	}
	return []attribute.KeyValue{semconv.ErrorTypeKey.String(errorType(err))}
}

// operation returns the attributes of a step that the conventions have.
func operation(e inbound.StepEndedInfo) []attribute.KeyValue {
	attributes := append(errorAttributes(e.Err),
		semconv.MessagingSystemKey.String(string(e.Protocol)), semconv.MessagingOperationName(string(e.Op)))
	if kind, ok := operationTypes[e.Op]; ok {
		attributes = append(attributes, semconv.MessagingOperationTypeKey.String(string(kind)))
	}
	if e.Op != inbound.OpCommit && e.Host != "" {
		attributes = append(attributes, semconv.ServerAddress(e.Host))
	}
	return attributes
}

// operationTypes are the types of the steps that have one.
var operationTypes = map[inbound.Op]messagingconv.OperationTypeAttr{
	inbound.OpList:     messagingconv.OperationTypeReceive,
	inbound.OpRead:     messagingconv.OperationTypeReceive,
	inbound.OpCommit:   messagingconv.OperationTypeProcess,
	inbound.OpDelete:   messagingconv.OperationTypeSettle,
	inbound.OpMarkSeen: messagingconv.OperationTypeSettle,
}

func accountID(id string) attribute.KeyValue { return attribute.String("postroom.account.id", id) }
