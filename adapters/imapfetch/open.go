package imapfetch

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/mailconn"
)

// answerBudget bounds what the server may send in answer to a command, apart
// from message bodies and the lists that have limits of their own.
const answerBudget = 4 << 20

// connect opens a connection and logs in. Connecting, TLS, and greeting with
// log-in take at most the DialTimeout each.
func (f *Fetcher) connect(ctx context.Context, a inbound.Account) (*link, error) {
	login, err := prepareLogin(ctx, a)
	if err != nil {
		return nil, err
	}
	conn, err := mailconn.Dial(ctx, a, f.network)
	if err != nil {
		return nil, err
	}
	l := &link{conn: conn, heard: &listener{Conn: conn}, secret: login.secret()}
	if err := l.welcome(ctx, a, login, f.loginTimeout()); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (f *Fetcher) loginTimeout() time.Duration {
	if f.network.DialTimeout > 0 {
		return f.network.DialTimeout
	}
	return 20 * time.Second
}

// welcome takes a new connection from the greeting to the authenticated state.
func (l *link) welcome(ctx context.Context, a inbound.Account, login *login, limit time.Duration) error {
	limited, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	defer cancel()
	defer l.conn.Bind(limited)()
	l.conn.Allow(answerBudget)
	greeting, err := l.greet()
	if err == nil && a.Security == inbound.StartTLS {
		greeting, err = l.startTLS(limited)
	}
	if err != nil {
		return l.refusal(limited, "connect", err)
	}
	l.conn.Replay(greeting + "\r\n")
	l.client = imapclient.New(l.heard, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Fetch: l.stray}})
	if err := l.client.WaitGreeting(); err != nil {
		return l.refusal(limited, "connect", err)
	}
	return l.refusal(limited, "log in", login.run(l))
}

// refusal is failure for a connection that is given up anyway.
func (l *link) refusal(ctx context.Context, op string, err error) error {
	if e, _ := l.failure(ctx, op, err); e != nil {
		return e
	}
	return nil
}

// errSlow is the cause of the time limit of connect.
var errSlow = errors.New("the server takes too long to answer")
