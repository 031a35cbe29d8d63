package inbound

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// discreetHandler removes the addresses from the errors in log records above level Debug.
// Errors of a host or a server may say for whom something failed; who that was is in the
// ledger.
type discreetHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h discreetHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level <= slog.LevelDebug {
		return h.Handler.Handle(ctx, r)
	}
	discreet := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			text := err.Error()
			if without := withoutAddresses(text); without != text {
				a.Value = slog.StringValue(without)
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

// addressLike is what may be an email address in the text of a server or a host.
var addressLike = regexp.MustCompile(`("[^"]*"|[^\s<>"'()\[\],;:]+)@[^\s<>"'()\[\],;:]+`)

// withoutAddresses replaces the addresses in a text, since servers and hosts may name
// customers. Those that are among the names of an account stay.
func withoutAddresses(text string, names ...string) string {
	return addressLike.ReplaceAllStringFunc(text, func(address string) string {
		own := func(name string) bool { return strings.EqualFold(name, strings.TrimRight(address, ".")) }
		if slices.ContainsFunc(names, own) {
			return address
		}
		return "[address]"
	})
}
