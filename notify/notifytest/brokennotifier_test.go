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

// line is a good Notifier and its other end.
type line struct {
	mu            sync.Mutex
	arrived       []string
	down, silence bool
}

func (l *line) Notify(ctx context.Context, n notify.Notification) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case n.ManagerID == "nobody":
		return fmt.Errorf("%w: no manager %q", notify.ErrPermanent, n.ManagerID)
	case l.silence:
		<-ctx.Done()
		return ctx.Err()
	case l.down:
		return errors.New("connection refused")
	}
	l.arrived = append(l.arrived, n.ID)
	return nil
}

func (l *line) set(down, silence bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down, l.silence = down, silence
}

func (l *line) ids() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.arrived...)
}

// teller is a Notifier as a function, in front of a good one.
type teller func(ctx context.Context, good *line, n notify.Notification) error

type spoiledNotifier struct {
	*line
	tell teller
}

func (s spoiledNotifier) Notify(ctx context.Context, n notify.Notification) error {
	return s.tell(ctx, s.line, n)
}

func channel(tell teller) func(*testing.T) notifytest.Channel {
	return func(*testing.T) notifytest.Channel {
		l := new(line)
		return notifytest.Channel{Notifier: spoiledNotifier{l, tell}, Arrived: l.ids,
			Break: func() { l.set(true, false) }, Mend: func() { l.set(false, false) }, Silence: func() { l.set(false, true) }}
	}
}

func TestNotifierSuitePassesAGoodOne(t *testing.T) {
	notifytest.TestNotifier(t, channel(func(ctx context.Context, good *line, n notify.Notification) error {
		return good.Notify(ctx, n)
	}))
}

func TestSuiteCatchesBrokenNotifiers(t *testing.T) {
	spoiled := func(tell teller, where, says string) mutant.Mutant {
		return mutant.Mutant{Where: where, Says: says,
			Suite: func(t *testing.T) { notifytest.TestNotifier(t, channel(tell)) }}
	}
	mutant.Run(t, map[string]mutant.Mutant{
		"TellsLater":             spoiled(tellsLater, "ToldWhenItReturns", "what is on its way only is lost in a crash"),
		"TellsTwice":             spoiled(tellsTwice, "ToldWhenItReturns", "when Notify has returned nil"),
		"DropsOneKind":           spoiled(dropsOneKind, "ToldWhenItReturns", "when Notify has returned nil"),
		"NeedsASubject":          spoiled(needsASubject, "AnyText", `with the subject "" has arrived 0 times`),
		"RefusesLongSubjects":    spoiled(refusesLongSubjects, "AnyText", "subject too long"),
		"RefusesUnknownKinds":    spoiled(refusesUnknownKinds, "AnyText", "and one of an unknown kind"),
		"RefusesTheSameAgain":    spoiled(refusesTheSameAgain, "ToldAgain", "told already"),
		"MixesConcurrentCalls":   spoiled(mixesConcurrentCalls(), "ConcurrentCalls", "want once"),
		"SwallowsErrors":         spoiled(swallowsErrors, "OutageIsAnError", "would count as delivered"),
		"GivesUpTooEarly":        spoiled(givesUpTooEarly, "OutageIsAnError", "would never be told"),
		"RemembersBeforeItTells": spoiled(remembersBeforeItTells(), "OutageIsAnError", "would count as delivered"),
		"WaitsForEver":           spoiled(waitsForEver, "SilenceEndsWithContext", "delays every later notification"),
		"SilenceIsSuccess":       spoiled(silenceIsSuccess, "SilenceEndsWithContext", "gave the error <nil>"),
		"StoppingIsForGood": spoiled(stoppingIsForGood, "EndedContextIsNotForGood",
			"a stop of the program does not drop the notification"),
		"StoppingIsSuccess":       spoiled(stoppingIsSuccess, "EndedContextIsNotForGood", "nothing has arrived"),
		"NobodyIsTold":            spoiled(nobodyIsTold, "NoSuchManager", "gave no error, and nothing has arrived"),
		"NobodyIsTriedForHours":   spoiled(nobodyIsTriedForHours, "NoSuchManager", "it would be tried for hours"),
		"NobodyBreaksTheNextCall": spoiled(nobodyBreaksTheNextCall(), "NoSuchManager", "connection lost"),
	})
}

func tellsLater(ctx context.Context, good *line, n notify.Notification) error {
	go func() {
		time.Sleep(time.Minute)
		_ = good.Notify(ctx, n)
	}()
	return nil
}

func tellsTwice(ctx context.Context, good *line, n notify.Notification) error {
	return errors.Join(good.Notify(ctx, n), good.Notify(ctx, n))
}

func dropsOneKind(ctx context.Context, good *line, n notify.Notification) error {
	if n.Kind == notify.CustomerAssigned {
		return nil
	}
	return good.Notify(ctx, n)
}

func needsASubject(ctx context.Context, good *line, n notify.Notification) error {
	if n.Subject == "" && n.From != "" {
		return nil
	}
	return good.Notify(ctx, n)
}

func refusesLongSubjects(ctx context.Context, good *line, n notify.Notification) error {
	if len(n.Subject) > 998 {
		return errors.New("subject too long")
	}
	return good.Notify(ctx, n)
}

func refusesUnknownKinds(ctx context.Context, good *line, n notify.Notification) error {
	if n.Kind != notify.CustomerAssigned && n.Kind != notify.IncomingEmail {
		return fmt.Errorf("%w: kind %q", notify.ErrPermanent, n.Kind)
	}
	return good.Notify(ctx, n)
}

func refusesTheSameAgain(ctx context.Context, good *line, n notify.Notification) error {
	for _, id := range good.ids() {
		if id == n.ID {
			return errors.New("told already")
		}
	}
	return good.Notify(ctx, n)
}

// mixesConcurrentCalls keeps what it is about to tell where the next caller
// overwrites it.
func mixesConcurrentCalls() teller {
	var mu sync.Mutex
	var current notify.Notification
	calls := 0
	return func(ctx context.Context, good *line, n notify.Notification) error {
		mu.Lock()
		if calls++; calls%7 != 0 {
			current = n
		}
		told := current
		mu.Unlock()
		return good.Notify(ctx, told)
	}
}

func swallowsErrors(ctx context.Context, good *line, n notify.Notification) error {
	_ = good.Notify(ctx, n)
	return nil
}

func givesUpTooEarly(ctx context.Context, good *line, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil {
		return fmt.Errorf("%w: %w", notify.ErrPermanent, err)
	}
	return nil
}

// remembersBeforeItTells takes the second call for one that was delivered.
func remembersBeforeItTells() teller {
	told := make(map[string]bool)
	return func(ctx context.Context, good *line, n notify.Notification) error {
		if told[n.ID] {
			return nil
		}
		told[n.ID] = true
		return good.Notify(ctx, n)
	}
}

func waitsForEver(ctx context.Context, good *line, n notify.Notification) error {
	return good.Notify(context.WithoutCancel(ctx), n)
}

func silenceIsSuccess(ctx context.Context, good *line, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func stoppingIsForGood(ctx context.Context, good *line, n notify.Notification) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", notify.ErrPermanent, err)
	}
	return good.Notify(ctx, n)
}

func stoppingIsSuccess(ctx context.Context, good *line, n notify.Notification) error {
	if ctx.Err() != nil {
		return nil
	}
	return good.Notify(ctx, n)
}

func nobodyIsTold(ctx context.Context, good *line, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil && !errors.Is(err, notify.ErrPermanent) {
		return err
	}
	return nil
}

func nobodyIsTriedForHours(ctx context.Context, good *line, n notify.Notification) error {
	if err := good.Notify(ctx, n); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), notify.ErrPermanent.Error()))
	}
	return nil
}

func nobodyBreaksTheNextCall() teller {
	lost := false
	return func(ctx context.Context, good *line, n notify.Notification) error {
		if lost {
			return errors.New("connection lost")
		}
		err := good.Notify(ctx, n)
		lost = err != nil
		return err
	}
}
