package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
)

// rawInsert bounds the raw bytes in one statement: packets of MariaDB have 16 MiB.
const rawInsert = 1 << 20

// rawOwner is a row that has raw bytes.
type rawOwner struct {
	owner  int64 // in postroom_raw
	size   int64
	sha256 string // in hex; "" if it is not known
	name   string // as errors have it
}

// owner returns what a row of the table has as raw bytes; there is false where they are in an
// archive.
func (t copiedTable) owner(row copiedRow) (r rawOwner, there bool) {
	archived := row[t.column("archived")]
	r = rawOwner{owner: t.raw * row[t.place()].(int64), size: row[t.column("raw_size")].(int64)}
	text := func(column string) string { return row[t.column(column)].(string) }
	if t.raw > 0 {
		r.sha256 = text("sha256")
		r.name = fmt.Sprintf("email %q (account %q, folder %q, generation %q, message %q)",
			text("id"), text("account"), text("folder"), text("generation"), text("source_key"))
	} else {
		r.name = fmt.Sprintf("message in quarantine %q", text("id"))
	}
	return r, archived == "" || archived == int64(0)
}

// readRaw reads the raw bytes of owners part by part, and compares them with what is known of
// them. It returns the SHA-256 of each of them, in hex.
func readRaw(
	ctx context.Context, q querier, owners []rawOwner, each func(part rawPart) error,
) (map[int64]string, error) {
	all := make(map[int64]*rawSum, len(owners))
	ids := make([]int64, len(owners))
	for i, o := range owners {
		all[o.owner], ids[i] = &rawSum{rawOwner: o, packers: &q.store.shared.packers, hash: sha256.New()}, o.owner
	}
	marks, args := list(nil, ids)
	rows, err := q.query(ctx, "SELECT owner, part, packed, data FROM postroom_raw WHERE owner IN ("+marks+
		") ORDER BY owner, part", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is also that of Err
	for rows.Next() {
		var p rawPart
		if err := rows.Scan(&p.owner, &p.part, &p.packed, &p.data); err != nil {
			return nil, err
		}
		if err := all[p.owner].add(p); err != nil {
			return nil, err
		}
		if err := each(p); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	sums := make(map[int64]string, len(owners))
	for _, o := range owners {
		if sums[o.owner], err = all[o.owner].end(); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// rawPart is a row of postroom_raw.
type rawPart struct {
	owner, part, packed int64
	data                sql.RawBytes // its memory is used again for the next row
}

// rawSum adds up the parts of the raw bytes of an owner.
type rawSum struct {
	rawOwner
	packers     *packers
	parts, read int64
	hash        hash.Hash
}

func (r *rawSum) damaged(format string, args ...any) error {
	return &copyFault{ErrDamagedRaw, fmt.Sprintf(" of the %s: ", r.name) + fmt.Sprintf(format, args...)}
}

// add takes the next part.
func (r *rawSum) add(p rawPart) error {
	if p.part != r.parts {
		return r.damaged("part %d is missing", r.parts)
	}
	data, err := r.packers.unpack(p.packed != 0, p.data)
	if err != nil {
		return r.damaged("part %d cannot be decompressed", p.part)
	}
	r.parts++
	r.read += int64(len(data))
	_, _ = r.hash.Write(data) // it never fails
	return nil
}

// end returns the SHA-256 of all parts, in hex.
func (r *rawSum) end() (string, error) {
	sum := hex.EncodeToString(r.hash.Sum(nil))
	switch {
	case r.read != r.size:
		return "", r.damaged("there are %d bytes of %d", r.read, r.size)
	case r.sha256 != "" && sum != r.sha256:
		return "", r.damaged("their SHA-256 is %s instead of %s", sum, r.sha256)
	}
	return sum, nil
}

// rawCopy writes the raw bytes of owners who have other numbers in the new database.
type rawCopy struct {
	store *Store
	q     querier
	above int64 // what is added to their numbers
	rows  [][]any
	size  int
}

// add takes a part; the bytes are copied.
func (w *rawCopy) add(ctx context.Context, p rawPart) error {
	if p.owner < 0 {
		p.owner -= w.above
	} else {
		p.owner += w.above
	}
	w.rows = append(w.rows, []any{p.owner, p.part, p.packed, bytes.Clone(p.data)})
	if w.size += len(p.data); w.size < rawInsert {
		return nil
	}
	return w.flush(ctx)
}

// flush writes what was taken.
func (w *rawCopy) flush(ctx context.Context) error {
	rows := w.rows
	w.rows, w.size = nil, 0
	return w.store.insert(ctx, w.q, "INSERT INTO postroom_raw (owner, part, packed, data)", rows, "")
}
