package inbound

import "sync"

// Observers returns an Observer that tells each of these, in their order. One may be nil.
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

// both returns what calls a and then b; nil if there is neither.
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

// inOrder returns an Observer that tells o of the events of one account one after the other.
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

// turns has a channel for each account, which holds a value while an event of it is told.
type turns struct{ byAccount sync.Map }

// byTurns returns a func that tells of an event when it is the turn of its account; nil if
// tell is.
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
