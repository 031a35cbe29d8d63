package inbound

import (
	"context"
	"errors"
	"time"
)

// connection is an account's connection to its server, and a new one after it was
// lost.
type connection struct {
	fetcher  Fetcher
	account  Account
	keychain *keychain
	steps    *stepWatch // nil: nobody watches
	session  Session    // nil when there is none

	state AccountState
	first bool // the account is connected for the first time
}

// open logs in. If an access token is refused, open logs in once more, on a new
// connection and with a new token, and no third time.
func (c *connection) open(ctx context.Context) (err error) {
	if c.steps != nil {
		var end func() error
		ctx, end = c.steps.begin(ctx, OpLogin, "")
		defer func() { _ = end() }() // it has time limits of its own
	}
	login, refused := c.keychain.login(c.account)
	c.session, err = c.fetcher.Open(ctx, c.account, login)
	if errors.Is(err, ErrAuth) && refused() {
		c.session, err = c.fetcher.Open(ctx, c.account, login)
	}
	if err != nil {
		c.session = nil
		return err
	}
	if c.steps != nil {
		c.steps.beginSession()
		c.session = c.steps.watch(c.session)
	}
	if c.state.StartedAt.IsZero() {
		c.state.StartedAt, c.first = time.Now(), true
	}
	return nil
}

// reopen logs in again, if a connection was lost with a folder. A refusal is not
// held against the settings, with which the first login went through.
func (c *connection) reopen(ctx context.Context) error {
	if c.session != nil {
		return nil
	}
	err := c.open(ctx)
	if errors.Is(err, ErrAuth) {
		err = &Error{Op: OpLogin, Class: ErrTemporary, Err: errors.New(err.Error())}
	}
	return err
}

// close ends the session, if there is one. What had to be durable is by now.
func (c *connection) close() {
	if c.session != nil {
		_ = c.session.Close()
		c.session = nil
	}
}

// closeLost ends the session after an error with which it is lost.
func (c *connection) closeLost(err error) {
	if errors.Is(err, ErrDirty) || errors.Is(err, ErrEnded) {
		c.close()
	}
}

// withSession runs fn while the account is logged in.
func (c *connection) withSession(ctx context.Context, fn func() error) error {
	if err := c.open(ctx); err != nil {
		return err
	}
	defer c.close()
	return fn()
}
