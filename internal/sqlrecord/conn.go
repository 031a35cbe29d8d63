package sqlrecord

import (
	"context"
	"database/sql/driver"
	"errors"
)

// conn is a connection that notes its statements. What its driver cannot do is answered as
// database/sql expects it of a driver that cannot.
type conn struct {
	driver.Conn
	recorder *Recorder
}

var (
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ExecerContext      = (*conn)(nil)
	_ driver.QueryerContext     = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.Validator          = (*conn)(nil)
)

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.recorder.noteBegun()
	if with, ok := c.Conn.(driver.ConnBeginTx); ok {
		return with.BeginTx(ctx, o)
	}
	if o != (driver.TxOptions{}) {
		return nil, errors.New("sqlrecord: the driver has no levels of isolation")
	}
	//lint:ignore SA1019 it is all that this driver has
	return c.Conn.Begin()
}

func (c *conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	c.recorder.noteRead(text)
	var plain driver.Stmt
	var err error
	if with, ok := c.Conn.(driver.ConnPrepareContext); ok {
		plain, err = with.PrepareContext(ctx, text)
	} else {
		plain, err = c.Conn.Prepare(text)
	}
	if err != nil {
		return nil, err
	}
	return &stmt{plain, c, text}, nil
}

func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	with, ok := c.Conn.(driver.ExecerContext)
	if !ok {
		return nil, driver.ErrSkip // it is prepared instead
	}
	result, err := with.ExecContext(ctx, text, args)
	if !errors.Is(err, driver.ErrSkip) {
		c.recorder.noteSent(text, args, false)
	}
	return result, err
}

func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	with, ok := c.Conn.(driver.QueryerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	rows, err := with.QueryContext(ctx, text, args)
	if !errors.Is(err, driver.ErrSkip) {
		c.recorder.noteSent(text, args, false)
	}
	return rows, err
}

func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if with, ok := c.Conn.(driver.NamedValueChecker); ok {
		return with.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *conn) Ping(ctx context.Context) error {
	if with, ok := c.Conn.(driver.Pinger); ok {
		return with.Ping(ctx)
	}
	return nil
}

func (c *conn) ResetSession(ctx context.Context) error {
	if with, ok := c.Conn.(driver.SessionResetter); ok {
		return with.ResetSession(ctx)
	}
	return nil
}

func (c *conn) IsValid() bool {
	with, ok := c.Conn.(driver.Validator)
	return !ok || with.IsValid()
}

// stmt is a prepared statement that is noted when it is executed.
type stmt struct {
	driver.Stmt
	conn *conn
	text string
}

var (
	_ driver.StmtExecContext   = (*stmt)(nil)
	_ driver.StmtQueryContext  = (*stmt)(nil)
	_ driver.NamedValueChecker = (*stmt)(nil)
)

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.conn.recorder.noteSent(s.text, args, true)
	if with, ok := s.Stmt.(driver.StmtExecContext); ok {
		return with.ExecContext(ctx, args)
	}
	//lint:ignore SA1019 it is all that this driver has
	return s.Stmt.Exec(values(args))
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.conn.recorder.noteSent(s.text, args, true)
	if with, ok := s.Stmt.(driver.StmtQueryContext); ok {
		return with.QueryContext(ctx, args)
	}
	//lint:ignore SA1019 it is all that this driver has
	return s.Stmt.Query(values(args))
}

// CheckNamedValue implements driver.NamedValueChecker, by the statement or else by the
// connection, as database/sql does.
func (s *stmt) CheckNamedValue(v *driver.NamedValue) error {
	if with, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return with.CheckNamedValue(v)
	}
	return s.conn.CheckNamedValue(v)
}

func values(args []driver.NamedValue) []driver.Value {
	all := make([]driver.Value, len(args))
	for i, a := range args {
		all[i] = a.Value
	}
	return all
}
