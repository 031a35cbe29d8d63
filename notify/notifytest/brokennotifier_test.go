package notifytest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postroom/postroom/internal/mutant"
	"github.com/postroom/postroom/notify"
	"github.com/postroom/postroom/notify/notifytest"
)

// receiver is a correct Notifier and the receiver of its notifications.
type receiver struct {
	mu            sync.Mutex
	arrived       []string
	down, silence bool
}

func (r *receiver) Notify(ctx context.Context, n notify.Notification) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case n.ManagerID == "nobody":
		return fmt.Errorf("%w: no manager %q", notify.ErrPermanent, n.ManagerID)
	case r.silence:
		<-ctx.Done()
		return ctx.Err()
	case r.down:
		return errors.New("connection refused")
	}
	r.arrived = append(r.arrived, n.ID)
	return nil
}

func (r *receiver) set(down, silence bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down, r.silence = down, silence
}

func (r *receiver) ids() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.arrived...)
}

// notifyFunc is a Notifier as a function that can call a correct one.
type notifyFunc func(ctx context.Context, good *receiver, n notify.Notification) error

type spoiledNotifier struct {
	*receiver
	notify notifyFunc
}

func (s spoiledNotifier) Notify(ctx context.Context, n notify.Notification) error {
	return s.notify(ctx, s.receiver, n)
}

func channel(notify notifyFunc) func(*testing.T) notifytest.Channel {
	return func(*testing.T) notifytest.Channel {
		r := new(receiver)
		return notifytest.Channel{
			Notifier: spoiledNotifier{r, notify},
			Arrived:  r.ids,
			Break:    func() { r.set(true, false) },
			Mend:     func() { r.set(false, false) },
			Silence:  func() { r.set(false, true) },
		}
	}
}

func TestNotifier_PassesCorrectNotifier(t *testing.T) {
	notifytest.TestNotifier(t, channel(func(ctx context.Context, good *receiver, n notify.Notification) error {
		return good.Notify(ctx, n)
	}))
}

func TestNotifier_CatchesBrokenNotifiers(t *testing.T) {
	spoiled := func(notify notifyFunc, where, says string) mutant.Mutant {
		return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
			notifytest.TestNotifier(t, channel(notify))
		}}
	}
	mutant.Run(t, map[string]mutant.Mutant{
		"DeliversLater":           spoiled(deliversLater, "DeliveredOnReturn", "what is only in transit"),
		"DeliversTwice":           spoiled(deliversTwice, "DeliveredOnReturn", "after Notify returned nil"),
		"DropsOneKind":            spoiled(dropsOneKind, "DeliveredOnReturn", "after Notify returned nil"),
		"NeedsASubject":           spoiled(needsASubject, "AnyText", `with the subject "" has arrived 0 times`),
		"RefusesLongSubjects":     spoiled(refusesLongSubjects, "AnyText", "subject too long"),
		"RefusesUnknownKinds":     spoiled(refusesUnknownKinds, "AnyText", "and one of an unknown kind"),
		"RefusesRepeatedIDs":      spoiled(refusesRepeatedIDs, "RepeatedID", "already delivered"),
		"MixesConcurrentCalls":    spoiled(mixesConcurrentCalls(), "ConcurrentCalls", "want once"),
		"SwallowsErrors":          spoiled(swallowsErrors, "OutageIsAnError", "would count as delivered"),
		"GivesUpTooEarly":         spoiled(givesUpTooEarly, "OutageIsAnError", "would never be delivered"),
		"RemembersBeforeDelivery": spoiled(remembersBeforeDelivery(), "OutageIsAnError", "would count as delivered"),
		"WaitsForever":            spoiled(waitsForever, "SilentReceiver", "blocks every later notification"),
		"SilenceIsSuccess":        spoiled(silenceIsSuccess, "SilentReceiver", "Notify gave <nil>"),
		"StopIsPermanent":         spoiled(stopIsPermanent, "CanceledContextIsNotPermanent", "must not drop"),
		"StopIsSuccess":           spoiled(stopIsSuccess, "CanceledContextIsNotPermanent", "nothing has arrived"),
		"NobodyIsSuccess":         spoiled(nobodyIsSuccess, "NoSuchManager", "gave no error, and nothing has arrived"),
		"NobodyIsRetried":         spoiled(nobodyIsRetried, "NoSuchManager", "it would be retried for hours"),
		"NobodyBreaksTheNextCall": spoiled(nobodyBreaksTheNextCall(), "NoSuchManager", "connection lost"),
	})
}

func deliversLater(ctx context.Context, good *receiver, n notify.Notification) error {
	go func() {
		time.Sleep(time.Minute)
		_ = good.Notify(ctx, n)
	}()
	return nil
}

func deliversTwice(ctx context.Context, good *receiver, n notify.Notification) error {
	return errors.Join(good.Notify(ctx, n), good.Notify(ctx, n))
}

func dropsOneKind(ctx context.Context, good *receiver, n notify.Notification) error {
	if n.Kind == notify.CustomerAssigned {
		return nil
	}
	return good.Notify(ctx, n)
}

func needsASubject(ctx context.Context, good *receiver, n notify.Notification) error {
	if n.Subject == "" && n.From != "" {
		return nil
	}
	return good.Notify(ctx, n)
}

func refusesLongSubjects(ctx context.Context, good *receiver, n notify.Notification) error {
	if len(n.Subject) > 998 {
		return errors.New("subject too long")
	}
	return good.Notify(ctx, n)
}

func refusesUnknownKinds(ctx context.Context, good *receiver, n notify.Notification) error {
	if n.Kind != notify.CustomerAssigned && n.Kind != notify.IncomingEmail {
		return fmt.Errorf("%w: kind %q", notify.ErrPermanent, n.Kind)
	}
	return good.Notify(ctx, n)
}

func refusesRepeatedIDs(ctx context.Context, good *receiver, n notify.Notification) error {
	for _, id := range good.ids() {
		if id == n.ID {
			return errors.New("already delivered")
		}
	}
	return good.Notify(ctx, n)
}

// mixesConcurrentCalls stores the notification in a variable that the next caller
// overwrites.
func mixesConcurrentCalls() notifyFunc {
	var mu sync.Mutex
	var current notify.Notification
	calls := 0
	return func(ctx context.Context, good *receiver, n notify.Notification) error {
		mu.Lock()
		if calls++; calls%7 != 0 {
			current = n
		}
		mixed := current
		mu.Unlock()
		return good.Notify(ctx, mixed)
	}
}

func swallowsErrors(ctx context.Context, good *receiver, n notify.Notification) error {
	_ = good.Notify(ctx, n)
	return nil
}

func givesUpTooEarly(ctx context.Context, good *receiver, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil {
		return fmt.Errorf("%w: %w", notify.ErrPermanent, err)
	}
	return nil
}

// remembersBeforeDelivery remembers an ID before its delivery has succeeded.
func remembersBeforeDelivery() notifyFunc {
	delivered := make(map[string]bool)
	return func(ctx context.Context, good *receiver, n notify.Notification) error {
		if delivered[n.ID] {
			return nil
		}
		delivered[n.ID] = true
		return good.Notify(ctx, n)
	}
}

func waitsForever(ctx context.Context, good *receiver, n notify.Notification) error {
	return good.Notify(context.WithoutCancel(ctx), n)
}

func silenceIsSuccess(ctx context.Context, good *receiver, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func stopIsPermanent(ctx context.Context, good *receiver, n notify.Notification) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", notify.ErrPermanent, err)
	}
	return good.Notify(ctx, n)
}

func stopIsSuccess(ctx context.Context, good *receiver, n notify.Notification) error {
	if ctx.Err() != nil {
		return nil
	}
	return good.Notify(ctx, n)
}

func nobodyIsSuccess(ctx context.Context, good *receiver, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil && !errors.Is(err, notify.ErrPermanent) {
		return err
	}
	return nil
}

func nobodyIsRetried(ctx context.Context, good *receiver, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), notify.ErrPermanent.Error()))
	}
	return nil
}

func nobodyBreaksTheNextCall() notifyFunc {
	lost := false
	return func(ctx context.Context, good *receiver, n notify.Notification) error {
		if lost {
			return errors.New("connection lost")
		}
		err := good.Notify(ctx, n)
		lost = err != nil
		return err
	}
}
