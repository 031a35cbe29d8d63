package inbound_test

import (
	"time"
)

// play is the history: events, each followed by what processes make of them, and
// a quiet end.
func (w *world) play() {
	for range 3 + w.rand.IntN(9) {
		for range 1 + w.rand.IntN(2) {
			w.locked(func() { w.event(w.rand) })
			w.share()
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

// end lets everything come to rest: first with what is wrong with single things
// only, which must delay nothing but itself, then without.
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

// undisturbedDay is a day's passes of all accounts. When strict, none may fail.
func (w *world) undisturbedDay(strict bool) {
	time.Sleep(26 * time.Hour)
	for _, a := range w.accounts {
		if a.Inactive {
			continue
		}
		for _, name := range []string{"sync", "redecide", "dispatch"} {
			p := w.newProcess(name, a, nil)
			if err := w.runAlone(p); err != nil && strict {
				w.blame("%s of %s fails though nothing disturbs: %v", name, a.ID, err)
			}
		}
	}
	w.judgeStep()
}
