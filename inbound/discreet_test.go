package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// logRecords keeps what is logged, with the attributes as text.
type logRecords struct {
	mu   sync.Mutex
	list []map[string]string
}

func (l *logRecords) Enabled(context.Context, slog.Level) bool { return true }

func (l *logRecords) Handle(_ context.Context, r slog.Record) error {
	record := map[string]string{slog.MessageKey: r.Message, slog.LevelKey: r.Level.String()}
	r.Attrs(func(a slog.Attr) bool {
		record[a.Key] = a.Value.String()
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, record)
	return nil
}

func (l *logRecords) WithAttrs([]slog.Attr) slog.Handler {
	panic("records would lose their attributes")
}
func (l *logRecords) WithGroup(string) slog.Handler { panic("records would lose their group") }

// errTalkative is an error that says for whom something failed.
var errTalkative = fmt.Errorf(
	"not for Iris <iris@example.com>, \"iris smith\"@example.com or mailto:iris@example.com: %w", errUnsavable)

// troubledStore is a Store of which some calls fail.
type troubledStore struct {
	*memstore.Store
	release, due, health bool
	raw                  string // what is kept of each message; "": what was
}

func (s *troubledStore) Release(ctx context.Context, name, owner string) error {
	if s.release {
		return errTalkative
	}
	return s.Store.Release(ctx, name, owner)
}

func (s *troubledStore) Due(ctx context.Context, now time.Time, limit int) ([]notify.Entry, error) {
	if s.due {
		return nil, errTalkative
	}
	return s.Store.Due(ctx, now, limit)
}

func (s *troubledStore) SetHealth(ctx context.Context, account string, h inbound.Health) error {
	if s.health {
		return errTalkative
	}
	return s.Store.SetHealth(ctx, account, h)
}

func (s *troubledStore) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	if s.raw != "" {
		return io.NopCloser(strings.NewReader(s.raw)), nil
	}
	return s.Store.OpenRaw(ctx, id)
}

// Every failure is logged with its account and, where it is of one, the folder and the source
// id of the message; and no line above Debug says who wrote, or a password.
func TestLog_NamesAccountAndNoAddress(t *testing.T) {
	wrong := func(op inbound.Op, class error) error {
		return &inbound.Error{Op: op, Class: class, Err: errTalkative, Hint: "look at the server"}
	}
	for name, tc := range map[string]struct {
		set  func(h *host, store *troubledStore)
		says string
		has  []string // besides account
	}{
		"login": {func(h *host, _ *troubledStore) {
			h.box.OpenError = wrong(inbound.OpLogin, inbound.ErrTemporary)
		}, "pass failed", []string{"error", "hint", "failures", "next"}},
		"wrong password": {func(h *host, _ *troubledStore) {
			h.box.OpenError = wrong(inbound.OpLogin, inbound.ErrAuth)
		}, "account stopped", []string{"error", "hint"}},
		"folder": {func(h *host, _ *troubledStore) {
			h.account.Folders = []string{"INBOX", "Orders"}
			h.box.InterceptFolder = func(_, folder string) error {
				if folder == "Orders" {
					return wrong(inbound.OpList, inbound.ErrPermanent)
				}
				return nil
			}
		}, "part of a pass failed", []string{"error", "hint"}},
		"message": {func(h *host, _ *troubledStore) {
			h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
				create: func(context.Context, string) error { return errTalkative }}
		}, "message not committed; it will be tried again", []string{"folder", "source_id", "error"}},
		"managers": {func(h *host, _ *troubledStore) { h.config.ManagerDirectory = talkativeDirectory{h.managers} },
			"customers still wait for a manager", []string{"error"}},
		"manager": {func(h *host, _ *troubledStore) {
			h.manager("kim", assign.Free)
			h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
				attach: func(context.Context, string, string) error { return errTalkative }}
		}, "a customer could not be given to a manager; it is tried again", []string{"customer", "manager", "error"}},
		"renumbered": {func(h *host, _ *troubledStore) {
			h.box.Intercept = func(step string) error {
				if step == "fetch" {
					h.box.Renumber()
				}
				return nil
			}
		}, "the server has renumbered the folder; its mail is compared by content", []string{"folder", "was", "is"}},
		"damaged": {func(h *host, s *troubledStore) { h.account.DeleteUploaded, s.raw = true, "damaged" },
			"not deleted: the kept bytes are not those of the message; restore the store",
			[]string{"folder", "source_id", "email", "error"}},
		"slow": {func(h *host, _ *troubledStore) {
			h.box.Intercept = func(step string) error {
				if step == "list" {
					time.Sleep(5 * time.Minute)
				}
				return nil
			}
		}, "a step of the pass takes long", []string{"folder", "step", "since"}},
		"cut": {func(h *host, _ *troubledStore) {
			h.box.Push = true
			h.box.InterceptFolder = func(step, _ string) error {
				if step == "watch" {
					return errors.Join(errTalkative, inbound.ErrDirty)
				}
				return nil
			}
		}, "the connection that waits for new mail was lost", []string{"error"}},
		"lease": {func(_ *host, s *troubledStore) { s.release = true }, "lease not released; it will expire",
			[]string{"lease", "error"}},
		"health": {func(_ *host, s *troubledStore) { s.health = true }, "pass failed", []string{"error"}},
		"outbox": {func(_ *host, s *troubledStore) { s.due = true }, "notifications not dispatched", []string{"error"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, log := newHost(t), new(logRecords)
				store := &troubledStore{Store: h.store}
				h.config.Store, h.config.Logger = store, slog.New(log)
				h.box.Deliver(mail("Iris Smith <iris@example.com>", "first"), mail("iris@example.com", "second"))
				tc.set(h, store)
				stop := h.run(h.syncer())
				time.Sleep(20 * time.Minute)
				stop()
				said := false
				for _, record := range log.list {
					said = said || record[slog.MessageKey] == tc.says
					assert.Subset(t, keysOf(record), expectedKeys(record, tc.says, tc.has), record)
					if record[slog.LevelKey] == slog.LevelDebug.String() {
						continue
					}
					for key, text := range record {
						assert.NotRegexp(t, `(?i)iris@|iris smith"@|"test"`, text, key)
					}
					assert.NotContains(t, record, "from")
				}
				assert.True(t, said, "%v", log.list)
			})
		})
	}
}

// expectedKeys returns the attributes that a record must have.
func expectedKeys(record map[string]string, says string, has []string) (keys []string) {
	switch record[slog.MessageKey] {
	case "notifications not dispatched", "customers still wait for a manager": // they are of all accounts
	default:
		keys = append(keys, "account")
	}
	if record["lease"] != "" && !strings.Contains(record["lease"], "/") {
		keys = nil // nor is the lease of an account
	}
	if record[slog.MessageKey] == says {
		keys = append(keys, has...)
	}
	return keys
}

func keysOf(record map[string]string) (keys []string) {
	for key := range record {
		keys = append(keys, key)
	}
	return keys
}

// talkativeDirectory fails for every group.
type talkativeDirectory struct{ assign.ManagerDirectory }

func (talkativeDirectory) Group(context.Context, string) ([]assign.Manager, error) {
	return nil, errTalkative
}
