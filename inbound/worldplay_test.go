package inbound_test

import (
	"time"
)

// play plays the history: events, each followed by processes, and an undisturbed
// end.
func (w *world) play() {
	for range 3 + w.rand.IntN(9) {
		for range 1 + w.rand.IntN(2) {
			w.locked(func() { w.event(w.rand) })
			w.forbidSharedDeletion()
			time.Sleep(5 * time.Second)
		}
		w.phase()
		w.judgeStep()
		if len(w.problems) > 0 {
			return
		}
	}
	w.end()
}

// locked calls fn while no process can see the world.
func (w *world) locked(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fn()
}

// end repairs first what affects everything, then the faults of single customers and
// folders, which must delay nothing but themselves.
func (w *world) end() {
	w.locked(func() { w.repair(w.rand, true) })
	if w.singleFaults() {
		for range 4 {
			w.undisturbedDay(false)
		}
		w.judgeOthers()
	}
	w.locked(func() { w.repair(w.rand, false) })
	for day := range 6 {
		w.undisturbedDay(true)
		if day < 3 {
			w.replayWanted()
		}
	}
	if len(w.problems) == 0 {
		w.judgeEnd()
	}
}

// undisturbedDay makes a day's passes of all accounts. With strict, none may fail.
func (w *world) undisturbedDay(strict bool) {
	time.Sleep(26 * time.Hour)
	for _, a := range w.accounts {
		if a.Inactive {
			continue
		}
		for _, name := range []string{"sync", "redecide", "dispatch"} {
			p := w.newProcess(name, a, nil)
			if err := w.runAlone(p); err != nil && strict {
				w.blame("%s of %s fails without a fault: %v", name, a.ID, err)
			}
		}
	}
	w.judgeStep()
}
