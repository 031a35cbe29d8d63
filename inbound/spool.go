package inbound

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/postroom/postroom/internal/fair"
)

const (
	// spoolInMemory is the largest message that stays in memory; larger ones
	// go to a temporary file, so that one of them does not delay the others.
	spoolInMemory = 4 << 20
	// spoolUnknown is the memory for a message whose size the server did not list, and for
	// the copying into files.
	spoolUnknown = 64 << 10
	// slowMessage is how long a message may take to arrive before it makes room for others
	// that wait for some.
	slowMessage = 2 * time.Second
)

// errSpool reports a temporary file that cannot be written. Only messages that need one
// are concerned.
var errSpool = errors.New("no temporary file can be written")

// spooler takes messages off the wire. Together they never hold more than its
// memory, whatever the number of accounts: a message without room waits, and
// one that arrives slowly moves to a file as long as others wait. A Syncer that has less than its
// share because others give nothing back does not wait for them: its messages go to files.
type spooler struct {
	dir    string
	user   userID                  // of the memory
	remove func(name string) error // os.Remove, but in tests
	*memory
}

// memory is the room for messages.
type memory struct {
	budget  *fair.Semaphore[userID]
	total   int64
	waiting atomic.Int64 // messages that wait for room
	spare   spareBuffers
}

// newMemory returns room for so many bytes.
func newMemory(bytes int64) *memory {
	return &memory{budget: fair.NewSemaphore[userID](bytes), total: bytes, spare: spareBuffers{total: bytes}}
}

func newSpooler(dir string, m *memory, user userID) *spooler {
	return &spooler{dir: dir, user: user, remove: os.Remove, memory: m}
}

// take reads r to its end, but keeps no more than limit bytes of it (0 means no
// limit) and then says that it cut. The size is a hint, r is the truth. Where
// memory is short, it waits for room, or else uses a file. After an error that wraps
// errSpool, the rest of r is unread.
func (s *spooler) take(ctx context.Context, r io.Reader, size, limit int64,
	wait bool) (raw *spooled, cut bool, err error) {
	want := int64(spoolUnknown)
	if size > 0 && size <= spoolInMemory {
		want = size + 1 // one more, so that the end is seen without growing
	}
	raw = &spooled{spooler: s, class: bufferClass(want)}
	raw.reserved = int((want + raw.partSize() - 1) / raw.partSize())
	inFile := size > spoolInMemory
	weight := min(int64(raw.reserved)*raw.partSize(), s.total)
	switch {
	case s.budget.TryAcquire(s.user, weight):
		raw.weight = weight
	case wait:
		switch room, err := s.await(ctx, weight); {
		case err != nil:
			return nil, false, err
		case room:
			raw.weight = weight
		default:
			inFile = true
		}
	default:
		inFile = true
	}
	defer func() {
		if err != nil {
			raw.Close()
			raw = nil
		}
	}()
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	if err = raw.fill(r, inFile); err != nil {
		return raw, false, err
	}
	if limit > 0 && raw.size > limit {
		raw.size, cut = limit, true
	}
	return raw, cut, nil
}

// await waits for room. It reports false if there is none after slowMessage, although this Syncer
// would not have more than its share with it.
func (s *spooler) await(ctx context.Context, weight int64) (room bool, err error) {
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	for {
		patient, cancel := context.WithTimeout(ctx, slowMessage)
		err := s.budget.Acquire(patient, s.user, weight)
		cancel()
		if err == nil {
			return true, nil
		}
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		if held, users := s.budget.Held(s.user); held+weight <= s.total/int64(max(1, users)) {
			return false, nil
		}
	}
}
