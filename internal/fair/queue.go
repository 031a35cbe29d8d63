package fair

import "slices"

// queue is who waits.
type queue[K comparable] struct {
	users   map[K][]*waiter[K] // in the order in which they came
	waiting int                // of all users
	served  map[K]uint64       // when users were last served, counted in events
	events  uint64
}

type waiter[K comparable] struct {
	user  K
	units int64
	came  uint64
	ready chan struct{} // closed when it is served
}

func (q *queue[K]) add(user K, units int64) *waiter[K] {
	if q.users == nil {
		q.users = make(map[K][]*waiter[K])
	}
	q.events++
	q.waiting++
	w := &waiter[K]{user, units, q.events, make(chan struct{})}
	q.users[user] = append(q.users[user], w)
	return w
}

// remove reports whether somebody still waited.
func (q *queue[K]) remove(w *waiter[K]) bool {
	list := q.users[w.user]
	at := slices.Index(list, w)
	switch {
	case at < 0:
		return false
	case len(list) == 1:
		delete(q.users, w.user)
	default:
		q.users[w.user] = slices.Delete(list, at, at+1)
	}
	q.waiting--
	return true
}

// next returns who is next, or nil: of the users who hold the fewest, the one who was served
// longest ago, or else came first.
func (q *queue[K]) next(held func(K) int64) (best *waiter[K]) {
	var least int64
	for user, list := range q.users {
		w, has := list[0], held(user)
		switch {
		case best == nil || has < least:
		case has > least:
			continue
		case q.served[user] > q.served[best.user]:
			continue
		case q.served[user] == q.served[best.user] && w.came > best.came:
			continue
		}
		best, least = w, has
	}
	return best
}

// maxServed bounds how many users are remembered: those of a process are far fewer.
const maxServed = 100_000

// note takes note that a user is served.
func (q *queue[K]) note(user K) {
	if q.served == nil || len(q.served) > maxServed {
		q.served = make(map[K]uint64)
	}
	q.events++
	q.served[user] = q.events
}
