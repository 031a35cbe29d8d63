package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/postroom/postroom/inbound"
)

// newLog returns a log of text records.
func newLog(out io.Writer) *slog.Logger {
	return slog.New(accountErrors{slog.NewTextHandler(out, nil)})
}

// accountErrors is a Handler whose records name the account of an error only once, in
// the attribute account.
type accountErrors struct{ slog.Handler }

// Handle implements slog.Handler.
func (h accountErrors) Handle(ctx context.Context, r slog.Record) error {
	account, err := failureIn(r)
	if account == "" || err == nil {
		return h.Handler.Handle(ctx, r)
	}
	short := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "error":
			a.Value = slog.StringValue(textWithin(account, err))
		case "hint":
			a.Value = slog.StringValue(hintOf(r, a))
		}
		short.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, short)
}

// WithAttrs implements slog.Handler.
func (h accountErrors) WithAttrs(attrs []slog.Attr) slog.Handler {
	return accountErrors{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h accountErrors) WithGroup(name string) slog.Handler {
	return accountErrors{h.Handler.WithGroup(name)}
}

// failureIn returns the account and the error that a record has.
func failureIn(r slog.Record) (account string, err error) {
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "account":
			account = a.Value.String()
		case "error":
			err, _ = a.Value.Any().(error)
		}
		return true
	})
	return account, err
}

// hintOf returns the hint of a record. A running collector does not try again an account
// that it has stopped.
func hintOf(r slog.Record, hint slog.Attr) string {
	text := hint.Value.String()
	if r.Message == "account stopped" && text != "" {
		text += "; then restart the collector"
	}
	return text
}

// screenLog is a Handler that writes records for a person who watches a terminal:
// wrapped, with the hint on a line of its own. While an account keeps failing for the
// same reason, only the first of these records is written.
type screenLog struct {
	out     io.Writer
	columns func() int
	attrs   []slog.Attr // of each record
	group   string      // before the keys of a record

	failing *failingAccounts
}

// failingAccounts has the last failure of each account that fails.
type failingAccounts struct {
	mu   sync.Mutex
	last map[string]string
}

func newScreenLog(out io.Writer, columns func() int) *screenLog {
	return &screenLog{out: out, columns: columns, failing: &failingAccounts{last: make(map[string]string)}}
}

// passEnded takes note of a pass that succeeded.
func (h *screenLog) passEnded(e inbound.PassEndedInfo) {
	if e.Err == nil {
		h.failing.mu.Lock()
		defer h.failing.mu.Unlock()
		delete(h.failing.last, e.Report.Account)
	}
}

// isNew reports whether an account's failure differs from the one before.
func (f *failingAccounts) isNew(account, failure string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, ok := f.last[account]
	f.last[account] = failure
	return !ok || last != failure
}

// Enabled implements slog.Handler.
func (h *screenLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// WithAttrs implements slog.Handler.
func (h *screenLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	for _, a := range attrs {
		a.Key = h.group + a.Key
		with.attrs = append(with.attrs[:len(with.attrs):len(with.attrs)], a)
	}
	return &with
}

// WithGroup implements slog.Handler.
func (h *screenLog) WithGroup(name string) slog.Handler {
	with := *h
	with.group += name + "."
	return &with
}

// Handle implements slog.Handler.
func (h *screenLog) Handle(_ context.Context, r slog.Record) error {
	account, err := failureIn(r)
	ofAccount := h.group == "" && account != "" && err != nil
	text, rest := r.Message, ""
	if ofAccount {
		what := strings.TrimPrefix(strings.TrimPrefix(r.Message, "account "), "pass ") // stopped, failed
		text = "account " + account + ": " + what + ": " + textWithin(account, err)
	}
	hint := ""
	add := func(a slog.Attr) bool {
		switch {
		case a.Key == "hint":
			hint = hintOf(r, a)
		case ofAccount && (a.Key == "account" || a.Key == "error" || a.Key == "failures"):
		default:
			rest += fmt.Sprintf(" %s=%s", a.Key, a.Value)
		}
		return true
	}
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(func(a slog.Attr) bool {
		a.Key = h.group + a.Key
		return add(a)
	})
	if ofAccount && !h.failing.isNew(account, r.Message+rest+kindOf(err)) {
		return nil
	}
	_, err = io.WriteString(h.out, failure{text + rest, hint}.wrapped(h.columns(), r.Time.Format("15:04:05 ")))
	return err
}

// kindOf returns what is the same in all errors of a kind. The text of an error may have
// a port or a time that is different each time.
func kindOf(err error) string {
	if e, ok := err.(*inbound.Error); ok {
		return fmt.Sprint(e.Op, e.Folder, e.Ref, inbound.CauseOf(err))
	}
	return err.Error()
}
