package inbound

import "time"

const (
	// historySlice is how long history is read until new mail is looked for again, in all
	// folders. A large message may take longer.
	historySlice = 2 * time.Second
	// historyTurn is how long history is read until what is uploaded is deleted and marked.
	// In POP3 the session ends then, and the next one sees mail that has arrived.
	historyTurn = 2 * time.Minute

	// messageWorth is how many bytes a message counts for besides its own, when it is
	// estimated how many are read within a time.
	messageWorth = 16 << 10
	// firstRate is how many bytes a second are expected before any rate is measured.
	firstRate = 256 << 10
)

// turn is a time for which history is read, slice by slice. It says how many messages are
// read within a slice, by how long the last ones took.
type turn struct {
	ends   time.Time
	rate   float64   // bytes a second
	looked time.Time // when new mail was last looked for
}

func newTurn() turn {
	now := time.Now()
	return turn{ends: now.Add(historyTurn), rate: firstRate, looked: now}
}

func (t *turn) isOver() bool { return time.Now().After(t.ends) }

// cut returns the messages that are read until it is time to look for new mail, from the
// first on, or from the last; one at least.
func (t *turn) cut(refs []Ref, newest bool) []Ref {
	room := t.rate * max(0, historySlice-time.Since(t.looked)).Seconds()
	n := 0
	for ; n < len(refs); n++ {
		ref := refs[n]
		if newest {
			ref = refs[len(refs)-1-n]
		}
		if room -= weight(ref); room < 0 {
			break
		}
	}
	slice, _ := split(refs, max(n, 1), newest)
	return slice
}

// split takes off n messages, from the first on, or from the last.
func split(refs []Ref, n int, newest bool) (slice, rest []Ref) {
	if newest {
		return refs[len(refs)-n:], refs[:len(refs)-n]
	}
	return refs[:n], refs[n:]
}

// took takes note of how long messages took. The rate changes step by step: what is put
// into an empty pipeline tells nothing of the pace of the committer.
func (t *turn) took(refs []Ref, d time.Duration) {
	sum := 0.0
	for _, ref := range refs {
		sum += weight(ref)
	}
	t.rate = min(max(sum/max(d, time.Microsecond).Seconds(), t.rate/4), t.rate*4)
}

func weight(ref Ref) float64 { return float64(messageWorth + ref.expectedSize()) }
