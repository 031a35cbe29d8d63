package inbound

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"net/netip"
	"sync"
)

// checkTrace records what happens on the network while a check connects. It is an
// httptrace.ClientTrace in the context of Fetcher.Open: net.Dialer and net/http report
// to it, so that a Fetcher that uses them needs no code for it.
type checkTrace struct {
	mu     sync.Mutex
	paused bool
	result CheckResult
}

// fetcher returns a Fetcher that records while it opens a session.
func (t *checkTrace) fetcher(f Fetcher) Fetcher { return tracedFetcher{f, t} }

type tracedFetcher struct {
	Fetcher
	trace *checkTrace
}

// Open implements Fetcher. The request for an access token is not recorded, since it
// goes to a different server.
func (f tracedFetcher) Open(ctx context.Context, a Account, login Login) (Session, error) {
	return f.Fetcher.Open(httptrace.WithClientTrace(ctx, f.trace.hooks()), a,
		func(ctx context.Context) (Credential, error) {
			f.trace.pause(true)
			defer f.trace.pause(false)
			return login(ctx)
		})
}

func (t *checkTrace) pause(paused bool) {
	t.mu.Lock()
	t.paused = paused
	t.mu.Unlock()
}

// seen returns what was recorded. An attempt to connect that lost to a different one
// may still record something later.
func (t *checkTrace) seen() CheckResult {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.result
}

// record changes the result.
func (t *checkTrace) record(change func(r *CheckResult)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.paused {
		change(&t.result)
	}
}

func (t *checkTrace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone: func(done httptrace.DNSDoneInfo) {
			t.record(func(r *CheckResult) {
				if len(r.Addresses) > 0 {
					return
				}
				for _, found := range done.Addrs {
					if address, ok := netip.AddrFromSlice(found.IP); ok {
						r.Addresses = append(r.Addresses, address.Unmap().WithZone(found.Zone))
					}
				}
			})
		},
		ConnectDone: func(_, address string, err error) {
			if err == nil {
				t.record(func(r *CheckResult) { r.connected(address) })
			}
		},
		GotConn: func(got httptrace.GotConnInfo) { // net/http may use an earlier connection again
			t.record(func(r *CheckResult) {
				r.connected(got.Conn.RemoteAddr().String())
				if conn, ok := got.Conn.(*tls.Conn); ok {
					r.shookHands(conn.ConnectionState(), nil)
				}
			})
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			t.record(func(r *CheckResult) { r.shookHands(state, err) })
		},
	}
}
