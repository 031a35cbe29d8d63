package inbound

import (
	"context"
	"errors"
	"time"

	"github.com/postroom/postroom/discover/presets"
)

// connection is an account's connection to its server, and a new one after it was
// lost.
type connection struct {
	fetcher  Fetcher
	account  Account
	preset   presets.Preset // of the account's provider
	keychain *keychain
	budget   *Budget   // nil: nothing is bounded
	user     userID    // of the budget
	observer *Observer // nil: nobody is told
	mayKeep  bool      // the session may stay open after a pass

	steps   *stepWatch // of the pass; nil: nobody watches
	raw     Session    // logged in; nil when there is none
	session Session    // raw, watched by steps
	slot    *slot      // of the budget, for raw
	opened  time.Time  // when raw was
	loginAt time.Time  // of the last attempt to log in, also by an earlier connection
	noted   time.Time  // loginAt as the store has it
	blind   bool       // the session before raw did not show all mail; not yet recorded
	reused  bool       // raw is of the pass before, and nobody knows yet whether it still works

	state AccountState
	first bool // the account is connected for the first time
}

// beginPass prepares for a pass, with the session of the pass before if it was kept.
func (c *connection) beginPass(state AccountState) {
	if state.StartedAt.IsZero() {
		c.close() // somebody has made the store forget the account
	}
	c.state, c.first, c.reused = state, false, c.raw != nil
}

// watch has the steps of the pass watched.
func (c *connection) watch(steps *stepWatch) {
	c.steps = steps
	if c.raw != nil {
		c.steps.beginSession()
		c.session = c.steps.watch(c.raw, c)
	}
}

// endPass lets go of what belongs to the pass, which a kept session outlives.
func (c *connection) endPass() { c.session, c.steps = nil, nil }

// open logs in. If an access token is refused, open logs in once more, on a new
// connection and with a new token, and no third time.
func (c *connection) open(ctx context.Context) (err error) {
	if err := c.reserve(ctx); err != nil {
		return err
	}
	c.loginAt = time.Now()
	if c.steps != nil {
		var end func() error
		ctx, end = c.steps.begin(ctx, OpLogin, "")
		defer func() { _ = end() }() // it has time limits of its own
	}
	step := c.observer.beginStep(&c.account, OpLogin, "")
	defer func() { step.end(err) }()
	login, refused := c.keychain.login(c.account)
	c.raw, err = c.fetcher.Open(ctx, c.account, login)
	if errors.Is(err, ErrAuth) && refused() {
		c.raw, err = c.fetcher.Open(ctx, c.account, login)
	}
	if err != nil {
		c.raw = nil
		c.freeSlot()
		return err
	}
	c.session, c.opened = c.raw, time.Now()
	if c.steps != nil {
		c.watch(c.steps)
	}
	if c.state.StartedAt.IsZero() {
		c.state.StartedAt, c.first = time.Now(), true
	}
	return nil
}

// beginLogins has the connection go on where the last one of its account has ended.
func (c *connection) beginLogins(last time.Time) { c.loginAt, c.noted = last, last }

// loginPause returns how long the provider wants between two logins. Where it is not known,
// nothing says that it wants a pause.
func (c *connection) loginPause() time.Duration {
	if c.preset.Provider == "" {
		return 0
	}
	return c.account.access(c.preset).LoginPause
}

// untilLogin returns how long to wait for the next login. After a clock was set back, that is
// no longer than the whole pause.
func (c *connection) untilLogin() time.Duration {
	pause := c.loginPause()
	return min(pause, time.Until(c.loginAt.Add(pause)))
}

// reserve waits until the provider allows the next login after the last one, and until the
// budget has room for a session, if there is none yet.
func (c *connection) reserve(ctx context.Context) (err error) {
	if c.raw != nil || c.slot != nil {
		return nil
	}
	if pause := c.untilLogin(); pause > 0 {
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	if c.budget != nil {
		c.slot, err = c.budget.open(ctx, c.user, c.account.Host)
	}
	return err
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
	if c.raw != nil {
		c.end()
	}
	c.freeSlot()
}

// end ends the session, which has to be there, and keeps its slot for the next one.
func (c *connection) end() {
	_ = c.raw.Close()
	c.raw, c.session, c.reused = nil, nil, false
}

// lost tells the Observer of a session that was kept and is of no more use.
func (c *connection) lost(e SessionLostInfo) {
	if c.observer.SessionLost != nil {
		e.Account, e.Opened = c.account.ID, c.opened
		c.observer.SessionLost(e)
	}
}

func (c *connection) freeSlot() {
	c.slot.close()
	c.slot = nil
}

// closeLost ends the session after an error with which it is lost.
func (c *connection) closeLost(err error) {
	if isLost(err) {
		c.close()
	}
}

// isLost reports an error after which a session is of no more use.
func isLost(err error) bool { return errors.Is(err, ErrDirty) || errors.Is(err, ErrEnded) }

// watcher returns what waits for new mail on the session that was kept; nil if none was.
func (c *connection) watcher() Watcher {
	w, _ := c.raw.(Watcher)
	return w
}

// keeps reports whether the session stays open after a pass: where the server tells when
// there is something new, and the budget has room.
func (c *connection) keeps() bool {
	return c.mayKeep && c.watcher() != nil && (c.slot == nil || c.slot.keep())
}

// withSession runs fn while the account is logged in. The session ends after it, unless
// it went well and the session is to be kept.
func (c *connection) withSession(ctx context.Context, fn func() error) error {
	if c.raw == nil {
		if err := c.open(ctx); err != nil {
			return err
		}
	}
	err := fn()
	if err != nil || !c.keeps() {
		c.close()
	}
	return err
}
