package sqlrecord

import (
	"context"
	"database/sql/driver"
	"maps"
	"sync"
)

// Statement is one that the database was to execute.
type Statement struct {
	Text     string
	Args     []any // as the driver gets them
	Prepared bool  // it was prepared before: the database did not read its text again
}

// Recorder notes statements. It is safe for concurrent use.
type Recorder struct {
	// Each, unless it is nil, gets each statement in place of Sent: where there are too many
	// to keep.
	Each func(Statement)

	mu    sync.Mutex
	sent  []Statement
	read  map[string]int
	begun int
}

// Sent returns the statements since the last Forget, in their order.
func (r *Recorder) Sent() []Statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Statement(nil), r.sent...)
}

// Read returns the texts that the database has read since the last Forget, by how often: those
// that were prepared, and those that were sent without.
func (r *Recorder) Read() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.read)
}

// Begun returns how many transactions have begun since the last Forget.
func (r *Recorder) Begun() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.begun
}

// Forget forgets what was noted.
func (r *Recorder) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent, r.read, r.begun = nil, nil, 0
}

func (r *Recorder) noteRead(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read == nil {
		r.read = make(map[string]int)
	}
	r.read[text]++
}

func (r *Recorder) noteSent(text string, args []driver.NamedValue, prepared bool) {
	s := Statement{Text: text, Args: make([]any, len(args)), Prepared: prepared}
	for i, a := range args {
		s.Args[i] = a.Value
		if b, ok := a.Value.([]byte); ok { // its owner may write to it
			s.Args[i] = string(b)
		}
	}
	if !prepared {
		r.noteRead(text)
	}
	if r.Each != nil {
		r.Each(s)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, s)
}

func (r *Recorder) noteBegun() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
}

// Connector returns a connector whose connections are those of another one and note their
// statements. Use it with sql.OpenDB.
func (r *Recorder) Connector(c driver.Connector) driver.Connector { return connector{c, r} }

// DSN returns a connector for a driver and a data source name.
func DSN(d driver.Driver, name string) driver.Connector {
	if with, ok := d.(driver.DriverContext); ok {
		if c, err := with.OpenConnector(name); err == nil {
			return c
		}
	}
	return plainConnector{d, name} // whose error, if there is one, is that of connecting
}

type plainConnector struct {
	driver driver.Driver
	name   string
}

func (c plainConnector) Driver() driver.Driver { return c.driver }

func (c plainConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }

type connector struct {
	driver.Connector
	recorder *Recorder
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{plain, c.recorder}, nil
}
