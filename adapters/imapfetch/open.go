package imapfetch

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/adapters/imapfetch/internal/wire"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailauth"
	"github.com/postroom/postroom/internal/mailconn"
)

const (
	// loginBudget bounds what the server may send until the end of the login.
	loginBudget = 1 << 20
	// answerBudget bounds what it may send in answer to a command, apart from message
	// bodies and lists, which have their own limits.
	answerBudget = 4 << 20
)

// maxConnects is how many connections connect makes, to a server about which it
// learns something from each.
const maxConnects = 4

// connect opens a connection and logs in. Each step has its limit in the
// NetworkPolicy. An access token is fetched before the connection is made, which
// would have to wait for it.
func (f *Fetcher) connect(ctx context.Context, a inbound.Account, login inbound.Login) (*conn, error) {
	credential, err := mailauth.FromLogin(ctx, a, login)
	if err != nil {
		return nil, err
	}
	server := f.servers.Of(a)
	method := loginMethod(server.login.Load())
	for n := 1; ; n++ {
		transport, err := mailconn.Dial(ctx, a, f.network)
		if err != nil {
			return nil, err
		}
		c := &conn{transport: transport, wire: wire.New(transport), credential: credential, server: server,
			method: method, probeAfter: f.probeAfter}
		c.wire.LimitBodies(0) // until Fetch asks for some
		if err = c.establish(ctx, a, mailconn.LoginTimeout(f.network)); err == nil {
			server.login.Store(int32(c.method))
			return c, nil
		}
		c.close()
		if !c.again || n == maxConnects || ctx.Err() != nil {
			return nil, err
		}
		method = c.method
	}
}

// establish brings a new connection from the greeting to the authenticated state.
func (c *conn) establish(ctx context.Context, a inbound.Account, limit time.Duration) error {
	limited, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	defer cancel()
	defer c.transport.Bind(limited)()
	c.transport.Allow(loginBudget)
	greeting, err := c.greet()
	if err == nil && a.Security == inbound.StartTLS {
		greeting, err = c.startTLS(limited)
	}
	if err != nil {
		return c.connectError(limited, inbound.OpConnect, err)
	}
	c.transport.Replay(greeting + "\r\n")
	c.client = imapclient.New(c.wire, &imapclient.Options{
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Fetch: c.unsolicited},
	})
	if err := c.client.WaitGreeting(); err != nil {
		return c.connectError(limited, inbound.OpConnect, err)
	}
	if err := c.connectError(limited, inbound.OpLogin, c.logIn()); err != nil {
		return err
	}
	return c.connectError(limited, inbound.OpLogin, c.identify())
}

// connectError is failure for a connection that is closed after any error.
func (c *conn) connectError(ctx context.Context, op inbound.Op, err error) error {
	if e, _ := c.failure(ctx, op, err); e != nil {
		return e
	}
	return nil
}

// errSlow is the cause of the time limit of connect.
var errSlow = errors.New("the server takes too long to answer")
