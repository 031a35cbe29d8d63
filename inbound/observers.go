package inbound

import "sync"

// Observers returns an Observer that calls each of these, in their order. Any of them may be
// nil.
func Observers(list ...*Observer) *Observer {
	all := new(Observer)
	for _, o := range list {
		if o == nil {
			continue
		}
		all.PassEnded = both(all.PassEnded, o.PassEnded)
		all.Progress = both(all.Progress, o.Progress)
		all.StepEnded = both(all.StepEnded, o.StepEnded)
		all.Committed = both(all.Committed, o.Committed)
		all.Renumbered = both(all.Renumbered, o.Renumbered)
		all.SlowStep = both(all.SlowStep, o.SlowStep)
		all.SessionLost = both(all.SessionLost, o.SessionLost)
		all.RunnerChanged = both(all.RunnerChanged, o.RunnerChanged)
		all.Dispatched = both(all.Dispatched, o.Dispatched)
	}
	return all
}

// both returns a func that calls a and then b; nil if both are nil.
func both[E any](a, b func(E)) func(E) {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(e E) {
		a(e)
		b(e)
	}
}

// inOrder returns an Observer that passes the events of one account on to o one after the
// other.
func (o *Observer) inOrder() Observer {
	turns := new(turns)
	return Observer{
		PassEnded:     byTurns(turns, o.PassEnded, func(e *PassEndedInfo) string { return e.Report.Account }),
		Progress:      byTurns(turns, o.Progress, func(e *ProgressInfo) string { return e.Account }),
		StepEnded:     byTurns(turns, o.StepEnded, func(e *StepEndedInfo) string { return e.Account }),
		Committed:     byTurns(turns, o.Committed, func(e *CommittedInfo) string { return e.Account }),
		Renumbered:    byTurns(turns, o.Renumbered, func(e *RenumberingInfo) string { return e.Account }),
		SlowStep:      byTurns(turns, o.SlowStep, func(e *SlowStepInfo) string { return e.Account }),
		SessionLost:   byTurns(turns, o.SessionLost, func(e *SessionLostInfo) string { return e.Account }),
		RunnerChanged: byTurns(turns, o.RunnerChanged, func(e *RunnerChangedInfo) string { return e.Account }),
		Dispatched:    byTurns(turns, o.Dispatched, func(*DispatchedInfo) string { return "" }),
	}
}

// turns has a channel for each account, which holds a value while the Observer is told of an
// event of the account.
type turns struct{ byAccount sync.Map }

// byTurns returns a func that calls tell when no other event of the account is being told;
// nil if tell is nil.
func byTurns[E any](t *turns, tell func(E), account func(*E) string) func(E) {
	if tell == nil {
		return nil
	}
	return func(e E) {
		id := account(&e)
		known, ok := t.byAccount.Load(id)
		if !ok {
			known, _ = t.byAccount.LoadOrStore(id, make(chan struct{}, 1))
		}
		turn := known.(chan struct{})
		turn <- struct{}{}
		defer func() { <-turn }()
		tell(e)
	}
}
