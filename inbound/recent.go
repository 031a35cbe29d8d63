package inbound

// maxRecent is more than the pipeline holds.
const maxRecent = 8 * batchMessages

// recent remembers the messages that were last put into the pipeline, which may have no
// record yet when a feed repeats them. Recorded twice in one batch, they would fail it in a
// database. Its memory is bounded: what was put before has been committed.
type recent struct{ now, before map[SourceID]bool }

func (r *recent) has(id SourceID) bool { return r.now[id] || r.before[id] }

func (r *recent) add(id SourceID) {
	if r.now == nil || len(r.now) >= maxRecent {
		r.now, r.before = make(map[SourceID]bool), r.now
	}
	r.now[id] = true
}
