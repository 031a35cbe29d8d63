package pop3fetch

import (
	"github.com/postroom/postroom/inbound"
)

// Options tunes a Fetcher. The zero value is what every account should need.
type Options struct {
	Network inbound.NetworkPolicy
	// Pipeline is how many commands may wait for their answers where the
	// server announces PIPELINING (RFC 2449, section 6.6): 0 means 256, more
	// than 256 means 256, negative means one at a time whatever it announces.
	Pipeline int
}

// defaultPipeline commands hide a round trip of 40 ms even at 200 MB/s. They are
// of 20 bytes at most, sent many at a time, so together they are about 5 KiB
// even under TLS: they always fit into the buffers between the two sides. So
// writing commands never waits for a server that is itself waiting for its
// answers to be read, which would be for ever.
const defaultPipeline = 256

// Fetcher opens POP3 maildrops. It is safe for concurrent use and keeps nothing
// between sessions.
type Fetcher struct {
	options Options
}

var _ inbound.Fetcher = (*Fetcher)(nil)

// New returns a Fetcher. Nil options mean the defaults.
func New(options *Options) *Fetcher {
	f := &Fetcher{}
	if options != nil {
		f.options = *options
	}
	return f
}

// pipeline returns how many commands may be under way at once.
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
