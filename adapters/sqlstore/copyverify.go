package sqlstore

import (
	"context"
	"fmt"
)

// verifyAll reads all that was copied and compares it with what was read.
func (c *copier) verifyAll(ctx context.Context) error {
	c.progress.Verifying, c.progress.Rows, c.progress.Bytes = true, 0, 0
	c.copied.Namespaces = c.namespaces
	for _, t := range copiedTables {
		sum := copyState{}
		for _, namespace := range c.namespaces {
			if err := c.verify(ctx, namespace, t); err != nil {
				return err
			}
			sum.copied += c.states[namespace][t.name].copied
			sum.digest.join(c.states[namespace][t.name].digest)
		}
		c.copied.Tables = append(c.copied.Tables, CopiedTable{t.name, sum.copied, sum.digest.String()})
	}
	c.copied.RawBytes = c.progress.Bytes
	return nil
}

// verify compares a table of the new database with what was copied to it.
func (c *copier) verify(ctx context.Context, namespace string, t copiedTable) error {
	want := c.states[namespace][t.name]
	var got copyState
	for {
		rows, err := t.page(ctx, c.to.conn(ctx), namespace, got.last)
		if err != nil {
			return c.to.wrap("verify "+t.name, err)
		}
		if len(rows) == 0 {
			break
		}
		if t.raw != 0 {
			if err := c.verifyRaw(ctx, t, rows, want.above); err != nil {
				return err
			}
		}
		last := t.keyOf(rows[len(rows)-1])
		for i, row := range rows {
			rows[i] = t.shifted(row, -want.above)
		}
		raw := got.add(t, rows)
		got.last = last
		c.report(namespace, t, int64(len(rows)), raw)
	}
	switch {
	case got.copied != want.copied:
		return fmt.Errorf("sqlstore: the table %s of the new database has %d rows instead of the %d that were copied: "+
			"does a different program use it? Take an empty database", t.name, got.copied, want.copied)
	case got.digest != want.digest:
		return fmt.Errorf("sqlstore: the %d rows of the table %s in the new database are not those that were copied "+
			"(SHA-256 %s instead of %s): does a different program use it? Take an empty database",
			got.copied, t.name, got.digest, want.digest)
	}
	return nil
}

// verifyRaw compares the raw bytes of rows in the new database with the SHA-256 of each
// email, and those of messages in quarantine with the bytes that were copied.
func (c *copier) verifyRaw(ctx context.Context, t copiedTable, rows []copiedRow, above int64) error {
	var owners, unknown []rawOwner
	for _, row := range rows {
		owner, there := t.owner(row)
		if !there {
			continue
		}
		if owner.sha256 == "" {
			one, _ := t.owner(t.shifted(row, -above))
			unknown = append(unknown, one)
		}
		owner.name += " in the new database"
		owners = append(owners, owner)
	}
	if len(owners) == 0 {
		return nil
	}
	ignore := func(rawPart) error { return nil }
	got, err := readRaw(ctx, c.to.conn(ctx), owners, ignore)
	if err != nil || len(unknown) == 0 {
		return c.to.wrap("verify raw bytes", err)
	}
	want, err := readRaw(ctx, c.source, unknown, ignore)
	if err != nil {
		return c.from.wrap("read raw bytes", err)
	}
	for _, o := range unknown {
		if sum := got[o.owner+t.raw*above]; sum != want[o.owner] {
			return &copyFault{ErrDamagedRaw, fmt.Sprintf(" of the %s in the new database: their SHA-256 is %s instead of %s",
				o.name, sum, want[o.owner])}
		}
	}
	return nil
}
