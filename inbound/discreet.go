package inbound

import (
	"context"
	"log/slog"
	"strings"
)

// discreetHandler writes log records without the addresses in their errors, unless they are
// of level Debug. Errors of a host or a server may say for whom something failed; who that was
// is in the ledger.
type discreetHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h discreetHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level <= slog.LevelDebug {
		return h.Handler.Handle(ctx, r)
	}
	discreet := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			if text := err.Error(); strings.Contains(text, "@") {
				a.Value = slog.StringValue(withoutAddresses(text))
			}
		}
		discreet.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, discreet)
}

// WithAttrs implements slog.Handler.
func (h discreetHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return discreetHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h discreetHandler) WithGroup(name string) slog.Handler {
	return discreetHandler{h.Handler.WithGroup(name)}
}

// withoutAddresses returns a text with "***" in place of what is before each "@".
func withoutAddresses(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "@")
		if !found {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(before[:localPart(before)])
		b.WriteString("***@")
		text = after
	}
}

// localPart returns where the local part begins that the text ends with. It may be quoted.
func localPart(text string) int {
	if quoted, ok := strings.CutSuffix(text, `"`); ok {
		if begin := strings.LastIndex(quoted, `"`); begin >= 0 {
			return begin
		}
	}
	return strings.LastIndexAny(text, " \t\r\n<>()[],;:\"") + 1
}
