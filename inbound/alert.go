package inbound

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/postroom/postroom/internal/escape"
	"github.com/postroom/postroom/notify"
)

// alertAfter is how long trouble that may pass lasts before operators are notified. It is
// the longest pause between two attempts: by then, Run has tried some seven times, and most
// outages and restarts of servers are over.
const alertAfter = maxPause

// healthRecorder records the health of accounts. In the transaction that records that an
// account is broken, or works again, it adds the notifications of the operators.
type healthRecorder struct {
	store     Store
	operators []string // may be empty: nobody is notified
	dispatch  signal
}

// record replaces the health of an account after a pass, and sets AlertedAt.
func (r healthRecorder) record(ctx context.Context, f fence, a Account, h Health) error {
	now := time.Now()
	kind, due := h.alert(now)
	due = due && len(r.operators) > 0
	var alerts []notify.Notification
	if due {
		if kind == notify.AccountBroken {
			h.AlertedAt = now
		}
		alerts = alertsOf(a, h, kind, r.operators, now)
		if kind == notify.AccountRecovered {
			h.AlertedAt = time.Time{}
		}
	}
	err := f.fenced(ctx, func(ctx context.Context) error {
		if due {
			if err := r.store.Add(ctx, alerts); err != nil {
				return err
			}
		}
		return r.store.SetHealth(ctx, a.ID, h)
	})
	if err != nil {
		return fmt.Errorf("inbound: record health: %w", err)
	}
	if due {
		r.dispatch.send()
	}
	return nil
}

// alert says what operators are to be notified of: that the account is broken, if somebody
// has to act, or if other trouble lasts for alertAfter, or will before anything is tried
// again; that it has recovered, if they were notified that it is broken. It is due once for
// each: AlertedAt says which of them was the last.
func (h *Health) alert(now time.Time) (kind notify.Kind, due bool) {
	if !h.AlertedAt.IsZero() {
		return notify.AccountRecovered, h.State.works()
	}
	until := now
	if h.NextAttempt.After(until) {
		until = h.NextAttempt
	}
	lasting := h.State.fails() && until.Sub(h.TroubleSince) >= alertAfter
	return notify.AccountBroken, h.State.waitsForSomebody() || lasting
}

// alertsOf returns a notification for each operator. The IDs of both kinds contain AlertedAt,
// which distinguishes one breakdown from the next.
func alertsOf(a Account, h Health, kind notify.Kind, operators []string, now time.Time) []notify.Notification {
	subject := ""
	if kind == notify.AccountBroken {
		failure := strings.TrimPrefix(strings.TrimPrefix(h.LastError, "inbound: "), "account "+a.ID+": ")
		if subject = h.State.String() + ": " + failure; h.Hint != "" {
			subject += "; " + h.Hint
		}
	}
	var all []notify.Notification
	for _, operator := range operators {
		all = append(all, notify.Notification{
			ID:   fmt.Sprintf("%s/%s/%d/%s", kind, a.ID, h.AlertedAt.UnixMicro(), operator),
			Kind: kind, AccountID: a.ID, Shop: a.Shop, ManagerID: operator,
			Subject: escape.Text(subject, maxText), At: now,
		})
	}
	return all
}
