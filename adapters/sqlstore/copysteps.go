package sqlstore

import (
	"context"
	"strings"
	"time"
)

// begin prepares the new database for the namespaces that are not there yet, and makes sure
// that what an earlier call has copied of the others is still the same.
func (c *copier) begin(ctx context.Context) error {
	c.states = make(map[string]map[string]copyState)
	var fresh []string
	for _, namespace := range c.namespaces {
		there, err := c.to.readCopy(ctx, c.to.conn(ctx), namespace)
		switch {
		case err != nil:
			return c.to.wrap("look at the new database", err)
		case !there.finishedAt.IsZero():
			return refused("the namespace %q was copied and verified at %s, and may have changed since", namespace,
				there.finishedAt.Format(time.RFC3339))
		case !there.begun:
			fresh = append(fresh, namespace)
			continue
		}
		for _, t := range copiedTables {
			if err := c.checkUnchanged(ctx, namespace, t, there.tables[t.name]); err != nil {
				return err
			}
		}
		c.states[namespace] = there.tables
	}
	if len(fresh) == 0 {
		return nil
	}
	return c.to.write(ctx, "begin a copy", func(ctx context.Context, q querier) error {
		for _, namespace := range fresh {
			states, err := c.prepare(ctx, q, namespace)
			if err != nil {
				return err
			}
			c.states[namespace] = states
		}
		return nil
	})
}

// checkUnchanged reads again what an earlier call has copied of a table.
func (c *copier) checkUnchanged(ctx context.Context, namespace string, t copiedTable, was copyState) error {
	changed := refused("it has a part of a different database, or the rows of %s have changed since they were copied;"+
		" take an empty database", t.name)
	highest, err := c.highest(ctx, namespace, t)
	if err != nil {
		return err
	}
	if highest > was.room {
		return changed
	}
	var now copyState
	for now.copied < was.copied {
		rows, err := t.page(ctx, c.source, namespace, now.last)
		if err != nil {
			return c.from.wrap("read "+t.name, err)
		}
		rows = rows[:min(int64(len(rows)), was.copied-now.copied)]
		if len(rows) == 0 {
			return changed
		}
		c.report(namespace, t, int64(len(rows)), now.add(t, rows))
	}
	if now.digest != was.digest {
		return changed
	}
	return nil
}

// add counts rows, and returns the size of their raw bytes.
func (s *copyState) add(t copiedTable, rows []copiedRow) (raw int64) {
	for _, row := range rows {
		s.digest.add(row)
		if t.raw != 0 {
			raw += row[t.column("raw_size")].(int64)
		}
	}
	s.copied += int64(len(rows))
	s.last = t.keyOf(rows[len(rows)-1])
	return raw
}

// highest returns the highest number of the rows that are copied; 0 where rows have none.
func (c *copier) highest(ctx context.Context, namespace string, t copiedTable) (n int64, err error) {
	if !t.numbered {
		return 0, nil
	}
	err = c.source.queryRow(ctx, "SELECT COALESCE(MAX(seq), 0) FROM "+t.name+" WHERE namespace = ?", namespace).Scan(&n)
	return n, c.from.wrap("find the last row of "+t.name, err)
}

// prepare records that the copy of a namespace has begun, if there is nothing of it yet.
func (c *copier) prepare(ctx context.Context, q querier, namespace string) (map[string]copyState, error) {
	if err := c.to.dialect.lock(ctx, q, namespace, copyLock); err != nil {
		return nil, err
	}
	states := make(map[string]copyState)
	for _, t := range copiedTables {
		var there int
		if err := q.queryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+t.name+" WHERE namespace = ? LIMIT 1) AS first",
			namespace).Scan(&there); err != nil {
			return nil, err
		}
		if there > 0 {
			return nil, refused("the table %s has rows of the namespace %q already; take an empty database", t.name, namespace)
		}
		room, err := c.highest(ctx, namespace, t)
		if err != nil {
			return nil, err
		}
		state := copyState{room: room}
		if room > 0 {
			if state.above, err = c.reserve(ctx, q, namespace, t, room); err != nil {
				return nil, err
			}
		}
		if err := c.to.writeCopy(ctx, q, namespace, t, state); err != nil {
			return nil, err
		}
		states[t.name] = state
	}
	return states, c.to.markCopy(ctx, q, namespace, 0)
}

// copyLock is held by transactions of Copy.
const copyLock = "copy"

// spareNumbers is how many numbers are left out above the latest one, since other programs may
// be taking some at this moment.
const spareNumbers = 1 << 20

// reserve makes the new database never give a number up to room by itself, and returns what
// is to be added to these numbers. In a table that has no rows that is nothing.
func (c *copier) reserve(ctx context.Context, q querier, namespace string, t copiedTable, room int64) (int64, error) {
	var rows, above int64
	if err := q.queryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+t.name+" LIMIT 1) AS first").Scan(&rows); err != nil {
		return 0, err
	}
	drop := func() error {
		_, err := q.exec(ctx, "DELETE FROM "+t.name+" WHERE namespace = ?", namespace)
		return err
	}
	if rows > 0 {
		// The database gives a row its next number.
		if err := c.insertEmpty(ctx, q, namespace, t, 0); err != nil {
			return 0, err
		}
		if err := q.queryRow(ctx, "SELECT seq FROM "+t.name+" WHERE namespace = ?", namespace).Scan(&above); err != nil {
			return 0, err
		}
		if err := drop(); err != nil {
			return 0, err
		}
		above += spareNumbers
	}
	// A row with the highest number makes most databases go on above it.
	if err := c.insertEmpty(ctx, q, namespace, t, above+room); err != nil {
		return 0, err
	}
	if err := drop(); err != nil {
		return 0, err
	}
	return above, c.to.dialect.advance(ctx, q, t.name, above+room)
}

// insertEmpty adds a row without values; its number is given by the database if seq is 0.
func (c *copier) insertEmpty(ctx context.Context, q querier, namespace string, t copiedTable, seq int64) error {
	columns, row := []string{"namespace"}, []any{namespace}
	for i, column := range t.columns() {
		switch {
		case i != t.place() && t.isText(i):
			columns, row = append(columns, column), append(row, "")
		case i != t.place():
			columns, row = append(columns, column), append(row, 0)
		case seq != 0:
			columns, row = append(columns, column), append(row, seq)
		}
	}
	return c.to.insert(ctx, q, "INSERT INTO "+t.name+" ("+strings.Join(columns, ", ")+")", [][]any{row}, "")
}

// copyAll copies what is not copied yet.
func (c *copier) copyAll(ctx context.Context) error {
	for _, namespace := range c.namespaces {
		for _, t := range copiedTables {
			if err := c.copyTable(ctx, namespace, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *copier) copyTable(ctx context.Context, namespace string, t copiedTable) error {
	state := c.states[namespace][t.name]
	for {
		rows, err := t.page(ctx, c.source, namespace, state.last)
		if err != nil || len(rows) == 0 {
			c.states[namespace][t.name] = state
			return c.from.wrap("read "+t.name, err)
		}
		next := state
		raw := next.add(t, rows)
		if err := c.to.write(ctx, "copy "+t.name, func(ctx context.Context, q querier) error {
			return c.copyRows(ctx, q, namespace, t, rows, state, next)
		}); err != nil {
			return err
		}
		state = next
		c.report(namespace, t, int64(len(rows)), raw)
	}
}

// copyRows writes rows with their raw bytes, in a transaction that brings the table from one
// state to the next.
func (c *copier) copyRows(
	ctx context.Context, q querier, namespace string, t copiedTable, rows []copiedRow, was, next copyState,
) error {
	if err := c.to.dialect.lock(ctx, q, namespace, copyLock); err != nil {
		return err
	}
	if there, err := c.to.readCopy(ctx, q, namespace); err != nil {
		return err
	} else if there.tables[t.name].copied != was.copied {
		return refused("a different program copies to it, too; end that one first")
	}
	all := make([][]any, len(rows))
	var owners []rawOwner
	for i, row := range rows {
		all[i] = append([]any{namespace}, t.shifted(row, was.above)...)
		if t.raw == 0 {
			continue
		}
		if owner, there := t.owner(row); there {
			owners = append(owners, owner)
		}
	}
	head := "INSERT INTO " + t.name + " (namespace, " + strings.Join(t.columns(), ", ") + ")"
	if err := c.to.insert(ctx, q, head, all, ""); err != nil {
		return err
	}
	if len(owners) > 0 {
		w := rawCopy{store: c.to, q: q, above: was.above}
		if _, err := readRaw(ctx, c.source, owners, func(p rawPart) error { return w.add(ctx, p) }); err != nil {
			return c.from.explain(err)
		}
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	return c.to.writeCopy(ctx, q, namespace, t, next)
}

// finish makes the new database one that can be used.
func (c *copier) finish(ctx context.Context) error {
	return c.to.write(ctx, "finish a copy", func(ctx context.Context, q querier) error {
		for _, namespace := range c.namespaces {
			if _, err := q.exec(ctx, "DELETE FROM postroom_copies WHERE namespace = ? AND name <> ''", namespace); err != nil {
				return err
			}
			if err := c.to.markCopy(ctx, q, namespace, now()); err != nil {
				return err
			}
		}
		return nil
	})
}
