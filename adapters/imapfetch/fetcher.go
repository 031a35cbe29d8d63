package imapfetch

import (
	"context"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// Fetcher opens IMAP mailboxes. It is safe for concurrent use. What it learns of a
// server it keeps, by host and port.
type Fetcher struct {
	network inbound.NetworkPolicy
	servers mailconn.Servers[server]

	probeAfter time.Duration
}

// Options are the settings of a Fetcher. The zero value is the default.
type Options struct {
	// Network says which servers may be connected to, and how long to wait. The
	// zero value admits public addresses and verified TLS only, and waits 30 s for a
	// connection and for TLS, 90 s for greeting and login, and 2 min for each next byte
	// of an answer. An answer that comes by less than 200 bytes a second ends sooner; see
	// the package.
	Network inbound.NetworkPolicy
}

var (
	_ inbound.Fetcher        = (*Fetcher)(nil)
	_ inbound.Session        = (*session)(nil)
	_ inbound.Marker         = (*session)(nil)
	_ inbound.Watcher        = (*session)(nil)
	_ inbound.Informer       = (*session)(nil)
	_ inbound.FolderInformer = (*session)(nil)
)

// New returns a Fetcher. Nil options mean the defaults.
func New(opts *Options) *Fetcher {
	if opts == nil {
		opts = &Options{}
	}
	return &Fetcher{network: opts.Network, probeAfter: probeAfter}
}

// Open connects, encrypts and logs in. See [inbound.Fetcher].
func (f *Fetcher) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	l, err := f.connect(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return &session{fetcher: f, account: a, login: login, conn: l}, nil
}

// hasControl reports whether text would end or break a command line.
func hasControl(s string) bool { return strings.ContainsAny(s, "\x00\r\n") }
