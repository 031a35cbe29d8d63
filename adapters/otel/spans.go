package otel

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/postroom/postroom/inbound"
)

// spans makes a span of each pass, and of each step.
type spans struct {
	tracer trace.Tracer
	mu     sync.Mutex
	passes map[string]context.Context // of the passes that are under way, by account
}

func newSpans(tracer trace.Tracer) *spans {
	return &spans{tracer: tracer, passes: make(map[string]context.Context)}
}

// of returns the context of the pass of an account that is under way, if there is one.
func (s *spans) of(account string) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx, ok := s.passes[account]; ok {
		return ctx
	}
	return context.Background()
}

// beginPass begins the span of a pass.
func (s *spans) beginPass(account string) {
	ctx, _ := s.tracer.Start(context.Background(), "postroom.pass", trace.WithAttributes(accountID(account)))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passes[account] = ctx
}

// endPass ends the span of a pass, and returns its context. A pass that never began has no span.
func (s *spans) endPass(e inbound.PassEndedInfo) context.Context {
	ctx := s.of(e.Report.Account)
	s.mu.Lock()
	delete(s.passes, e.Report.Account)
	s.mu.Unlock()
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(
		attribute.Int("postroom.messages.listed", e.Report.Listed),
		attribute.Int("postroom.messages.uploaded", e.Report.Outcomes[inbound.Uploaded]),
		attribute.Int("postroom.messages.deleted", e.Report.Deleted))
	end(span, e.Err)
	return ctx
}

// stepEnded makes the span of a step, and returns the context of the step.
func (s *spans) stepEnded(e inbound.StepEndedInfo) context.Context {
	name, attributes := string(e.Op), append(operation(e), accountID(e.Account))
	if e.Folder != "" {
		name += " " + e.Folder
		attributes = append(attributes, semconv.MessagingDestinationName(e.Folder))
	}
	if e.Messages > 0 {
		attributes = append(attributes, semconv.MessagingBatchMessageCount(e.Messages))
	}
	if e.Bytes > 0 {
		attributes = append(attributes, semconv.MessagingMessageBodySize(int(e.Bytes)))
	}
	kind := trace.SpanKindClient
	if e.Op == inbound.OpCommit {
		kind = trace.SpanKindConsumer
	}
	ctx, span := s.tracer.Start(s.of(e.Account), name, trace.WithTimestamp(e.Began), trace.WithSpanKind(kind),
		trace.WithAttributes(attributes...))
	end(span, e.Err, trace.WithTimestamp(e.Began.Add(e.Took)))
	return ctx
}

// end ends a span. The text of the error is left out: it may contain addresses.
func end(span trace.Span, err error, options ...trace.SpanEndOption) {
	if err != nil {
		span.SetAttributes(errorAttributes(err)...)
		span.SetStatus(codes.Error, errorType(err))
	}
	span.End(options...)
}
