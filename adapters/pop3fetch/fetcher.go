package pop3fetch

import (
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// Options are the settings of a Fetcher. The zero value is the default.
type Options struct {
	// Network says which servers may be connected to, and how long to wait. The
	// zero value admits public addresses and verified TLS only, and waits 30 s for a
	// connection and for TLS, 90 s for greeting and login, and 2 min for each next byte
	// of an answer. An answer that comes by less than 200 bytes a second ends sooner; see
	// the package.
	Network inbound.NetworkPolicy
	// Pipeline is how many commands may wait for their replies where the server
	// announces PIPELINING (RFC 2449, section 6.6): 0 means 256, more than 256
	// means 256, negative means one at a time on every server.
	Pipeline int
	// ListMemory is how many bytes the lists of all maildrops that are read at a time take in
	// memory, besides 256 KiB each: 16 to 24 bytes and the unique-id for each message. 0 means
	// 40 MiB, for a million messages. A session waits while there is no room for its list; a
	// maildrop whose list takes more alone is refused.
	ListMemory int64
}

// defaultPipeline commands hide a round trip of 40 ms even at 200 MB/s. Each has at
// most 20 bytes, and many are sent at a time, so that all take about 5 KiB even
// under TLS and always fit into the buffers between the two sides. Otherwise
// writing commands could wait for a server that itself waits for its replies to be
// read: a deadlock.
const defaultPipeline = 256

// Fetcher opens POP3 maildrops. It is safe for concurrent use. Between sessions it keeps
// nothing but what it has learned of a server: whether it can be asked for its
// capabilities, whether it takes commands together, and whether it has TOP.
type Fetcher struct {
	options  Options
	patience time.Duration // with the answer to what is tried
	servers  mailconn.Servers[quirks]
	lists    *listMemory
}

var _ inbound.Fetcher = (*Fetcher)(nil)

// New returns a Fetcher. Nil options mean the defaults.
func New(options *Options) *Fetcher {
	f := &Fetcher{patience: capabilityPatience}
	if options != nil {
		f.options = *options
	}
	f.lists = newListMemory(f.options.ListMemory)
	return f
}

// pipeline returns how many commands may be in flight.
func (f *Fetcher) pipeline() int {
	switch n := f.options.Pipeline; {
	case n < 0:
		return 1
	case n == 0 || n > defaultPipeline:
		return defaultPipeline
	default:
		return n
	}
}
