package sqlstore

import (
	"context"
	"fmt"
	"time"
)

// copyState is a row of postroom_copies: how far a table of a namespace has come.
type copyState struct {
	above, room int64
	copied      int64
	digest      rowsDigest
	last        copiedRow // key; nil before the first row
}

// copyOf is what postroom_copies says of a namespace.
type copyOf struct {
	begun      bool
	finishedAt time.Time // zero while it is not finished
	tables     map[string]copyState
}

// readCopy reads what postroom_copies says of a namespace.
func (s *Store) readCopy(ctx context.Context, q querier, namespace string) (c copyOf, err error) {
	c.tables = make(map[string]copyState)
	type row struct {
		copyState
		name, digest, last string
		finished           int64
	}
	rows, err := collect(ctx, q, func(from scanner) (r row, err error) {
		err = from.Scan(&r.name, &r.above, &r.room, &r.copied, &r.digest, &r.last, &r.finished)
		return r, err
	}, "SELECT name, above, room, copied, digest, last_key, finished_at FROM postroom_copies WHERE namespace = ?",
		namespace)
	if err != nil {
		return c, err
	}
	for _, r := range rows {
		if r.name == "" {
			c.begun = true
			if r.finished > 0 {
				c.finishedAt = time.UnixMicro(r.finished).UTC()
			}
			continue
		}
		for _, t := range copiedTables {
			if t.name != r.name {
				continue
			}
			if r.copyState.last, err = t.keyFrom(r.last); err != nil {
				return c, err
			}
			if r.copyState.digest, err = digestFrom(r.digest); err != nil {
				return c, err
			}
			c.tables[r.name] = r.copyState
		}
	}
	return c, nil
}

// writeCopy records how far a table has come.
func (s *Store) writeCopy(ctx context.Context, q querier, namespace string, t copiedTable, c copyState) error {
	last := ""
	if c.last != nil {
		last = t.asText(c.last)
	}
	return s.insert(ctx, q,
		"INSERT INTO postroom_copies (namespace, name, above, room, copied, digest, last_key, finished_at)",
		[][]any{{namespace, t.name, c.above, c.room, c.copied, c.digest.String(), last, 0}},
		s.dialect.onConflict("namespace, name", "copied", "digest", "last_key"))
}

// markCopy records that the copy of a namespace has begun, at the time 0, or that it is
// finished.
func (s *Store) markCopy(ctx context.Context, q querier, namespace string, finishedAt int64) error {
	return s.insert(ctx, q,
		"INSERT INTO postroom_copies (namespace, name, above, room, copied, digest, last_key, finished_at)",
		[][]any{{namespace, "", 0, 0, 0, "", "", finishedAt}},
		s.dialect.onConflict("namespace, name", "finished_at"))
}

// checkCopied returns an error for a namespace that is an unfinished copy: mail that is not
// copied yet would be uploaded again.
func (s *Store) checkCopied(ctx context.Context) error {
	c, err := s.readCopy(ctx, s.conn(ctx), s.namespace)
	if err != nil {
		return s.wrap("look for an unfinished copy", err)
	}
	if c.begun && c.finishedAt.IsZero() {
		return fmt.Errorf("%w: run Copy again with the same source, or take an empty database", ErrUnfinishedCopy)
	}
	return nil
}
