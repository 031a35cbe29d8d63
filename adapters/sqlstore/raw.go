package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/postroom/postroom/inbound"
)

// partSize is how many raw bytes are in a row: it bounds what OpenRaw holds in
// memory.
const partSize = 256 << 10

// rawWriter writes raw bytes part by part.
type rawWriter struct {
	q   querier
	buf []byte
}

// write stores the bytes under owner.
func (w *rawWriter) write(ctx context.Context, owner int64, raw inbound.Raw) error {
	size := raw.Size()
	packers := &w.q.store.shared.packers
	p := packers.get()
	defer packers.put(p)
	for part, at := 0, int64(0); at < size; part++ {
		n := min(size-at, partSize)
		if int64(len(w.buf)) < n {
			w.buf = make([]byte, n)
		}
		if read, err := raw.ReadAt(w.buf[:n], at); int64(read) < n {
			return &rawError{at: at, size: size, err: err}
		}
		data, packed := p.pack(w.buf[:n])
		if !packed {
			data = w.buf[:n]
		}
		if _, err := w.q.exec(ctx, "INSERT INTO postroom_raw (owner, part, packed, data) VALUES (?, ?, ?, ?)",
			owner, part, boolInt(packed), data); err != nil {
			return err
		}
		at += n
	}
	return nil
}

// rawError reports bytes of the caller that cannot be read: the database is not to blame.
type rawError struct {
	at, size int64
	err      error
}

func (e *rawError) Error() string {
	return fmt.Sprintf("read raw bytes at %d of %d: %v", e.at, e.size, e.err)
}

func (e *rawError) Unwrap() error { return e.err }

// KeepRaw implements inbound.Emails.
func (s *Store) KeepRaw(ctx context.Context, key string, raw inbound.Raw) error {
	return s.write(ctx, "keep raw bytes", func(ctx context.Context, q querier) error {
		added, err := s.keep(ctx, q, key, raw.Size(), "")
		if err != nil || !added {
			return err
		}
		at, err := s.findRaw(ctx, q, key)
		if err != nil {
			return err
		}
		w := rawWriter{q: q}
		return w.write(ctx, at.owner, raw)
	})
}

// KeepArchived implements inbound.Emails.
func (s *Store) KeepArchived(ctx context.Context, key, sha256 string) error {
	return s.write(ctx, "keep raw bytes", func(ctx context.Context, q querier) error {
		_, err := s.keep(ctx, q, key, 0, sha256)
		return err
	})
}

// keep adds the row of kept bytes, unless there is one, or an email.
func (s *Store) keep(ctx context.Context, q querier, key string, size int64, archived string) (bool, error) {
	// Two transactions that keep the same bytes add them once.
	if err := s.lock(ctx, q, "kept"); err != nil {
		return false, err
	}
	switch _, err := s.findRaw(ctx, q, key); {
	case err == nil:
		return false, nil
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	err := s.insert(ctx, q, "INSERT INTO postroom_kept (namespace, id, raw_size, archived)",
		[][]any{{s.namespace, key, size, archived}}, "")
	return err == nil, err
}

// dropKept removes what KeepRaw has kept under these keys. Mostly there is
// nothing, and one statement finds that out.
func (s *Store) dropKept(ctx context.Context, q querier, keys []string) error {
	marks, args := list([]any{s.namespace}, keys)
	whereKeys := " WHERE namespace = ? AND id IN (" + marks + ")"
	owners, err := collect(ctx, q, func(row scanner) (owner int64, err error) {
		err = row.Scan(&owner)
		return owner, err
	}, "SELECT -seq FROM postroom_kept"+whereKeys, args...)
	if err != nil || len(owners) == 0 {
		return err
	}
	marks, of := list(nil, owners)
	if _, err := q.exec(ctx, "DELETE FROM postroom_raw WHERE owner IN ("+marks+")", of...); err != nil {
		return err
	}
	_, err = q.exec(ctx, "DELETE FROM postroom_kept"+whereKeys, args...)
	return err
}

// rawPlace is where the bytes of an email or key are.
type rawPlace struct {
	owner, size int64  // in postroom_raw
	archived    string // SHA-256 in the archive; "": they are in postroom_raw
}

// findRaw returns where the bytes of an email or key are, or sql.ErrNoRows. Those of an
// email, whose owner is positive, come before what is kept.
func (s *Store) findRaw(ctx context.Context, q querier, id string) (at rawPlace, err error) {
	err = q.queryRow(ctx, `SELECT seq AS owner, raw_size, CASE WHEN archived = 1 THEN sha256 ELSE '' END
			FROM postroom_emails WHERE namespace = ? AND id = ?
		UNION ALL SELECT -seq, raw_size, archived FROM postroom_kept WHERE namespace = ? AND id = ?
		ORDER BY owner DESC LIMIT 1`,
		s.namespace, id, s.namespace, id).Scan(&at.owner, &at.size, &at.archived)
	return at, err
}

// OpenRaw implements inbound.Emails. The reader asks for one part after the
// other, each in a statement of its own: it blocks no writer, however slowly
// it is read. Within Atomic it belongs to the transaction.
func (s *Store) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	at, err := s.findRaw(ctx, s.conn(ctx), id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("%w: raw bytes of %q", inbound.ErrNotFound, id)
	case err != nil:
		return nil, s.wrap("open raw bytes", err)
	case at.archived != "":
		return nil, &inbound.ArchivedError{SHA256: at.archived}
	}
	return &rawReader{ctx: ctx, store: s, q: s.conn(ctx), id: id, owner: at.owner, rest: at.size}, nil
}

// rawReader reads what rawWriter wrote.
type rawReader struct {
	ctx    context.Context // of OpenRaw
	store  *Store
	q      querier
	id     string
	owner  int64
	part   int
	rest   int64 // bytes in the parts still to be read
	data   []byte
	closed bool
}

// Read implements io.Reader. Fewer bytes than were written are
// io.ErrUnexpectedEOF.
func (r *rawReader) Read(p []byte) (int, error) {
	for len(r.data) == 0 {
		if r.rest == 0 {
			return 0, io.EOF
		}
		if r.closed {
			return 0, errClosed
		}
		var packed bool
		err := r.q.queryRow(r.ctx, "SELECT packed, data FROM postroom_raw WHERE owner = ? AND part = ?",
			r.owner, r.part).Scan(&packed, &r.data)
		if err == nil {
			r.data, err = r.store.shared.packers.unpack(packed, r.data)
		}
		if errors.Is(err, sql.ErrNoRows) || errors.Is(err, errPacked) ||
			err == nil && (len(r.data) == 0 || int64(len(r.data)) > r.rest) {
			return 0, fmt.Errorf("sqlstore: raw bytes of %q are damaged at part %d: %w",
				r.id, r.part, io.ErrUnexpectedEOF)
		}
		if err != nil {
			return 0, r.store.wrap("read raw bytes", err)
		}
		r.part++
		r.rest -= int64(len(r.data))
	}
	n := copy(p, r.data)
	r.data = r.data[n:]
	return n, nil
}

var errClosed = errors.New("sqlstore: raw bytes are closed")

// Close implements io.Closer.
func (r *rawReader) Close() error {
	r.closed, r.data = true, nil
	return nil
}
