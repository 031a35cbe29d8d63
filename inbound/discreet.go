package inbound

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
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
			text := err.Error()
			if discreet := withoutAddresses(text); discreet != text {
				a.Value = slog.StringValue(discreet)
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

// withoutAddresses returns a text without the addresses in it that are not among these names
// of an account: servers and hosts may name customers.
func withoutAddresses(text string, names ...string) string {
	return addressLike.ReplaceAllStringFunc(text, func(address string) string {
		own := func(name string) bool { return strings.EqualFold(name, strings.TrimRight(address, ".")) }
		if slices.ContainsFunc(names, own) {
			return address
		}
		return "[address]"
	})
}
