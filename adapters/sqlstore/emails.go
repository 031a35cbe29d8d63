package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/postroom/postroom/inbound"
)

const emailColumns = "id, account, shop, folder, generation, source_key, occurrence, customer, manager, " +
	"message_id, in_reply_to, refs, sender, sender_name, subject, sent_at, class, verified, size, sha256, " +
	"fingerprint, extent, attachments, warnings, uploaded_at, notify, recipients, copies, snippet, initial"

// selectEmails begins a query that scanEmail reads.
func (s *Store) selectEmails() string {
	return "SELECT " + emailColumns + ", (SELECT COUNT(*) FROM postroom_ledger l" +
		" WHERE l.namespace = e.namespace AND l." + s.dialect.duplicateOf() + " = e.id AND l.outcome = 'duplicate')" +
		" FROM postroom_emails e"
}

func scanEmail(row scanner) (e inbound.Email, err error) {
	at := &e.SourceID
	err = row.Scan(&e.ID, &e.AccountID, &e.Shop, &at.Folder, &at.Generation, &at.Key, &at.Occurrence,
		&e.CustomerID, &e.ManagerID, &e.MessageID, &e.InReplyTo, intoJSON{v: &e.References},
		&e.From, &e.FromName, &e.Subject, intoTime{&e.Date}, &e.Class, &e.Verified,
		&e.Size, &e.SHA256, &e.Fingerprint, &e.Extent, intoJSON{v: &e.Attachments}, intoJSON{v: &e.Warnings},
		intoTime{&e.UploadedAt}, &e.Notify, intoJSON{v: &e.To}, intoJSON{v: &e.Cc}, &e.Snippet, &e.Initial, &e.Sources)
	e.Sources++ // itself
	return e, err
}

// AddEmails implements inbound.Emails.
func (s *Store) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	return s.write(ctx, "add emails", func(ctx context.Context, q querier) error {
		// Numbers are given by one transaction at a time until it commits: who lists emails
		// after the last one that they know must not miss one with a lower number.
		if err := s.lock(ctx, q, "emails"); err != nil {
			return err
		}
		ids := make([]string, len(emails))
		for i, e := range emails {
			ids[i] = e.ID
		}
		have, err := s.haveEmails(ctx, q, ids)
		if err != nil {
			return err
		}
		var rows [][]any
		raws := make(map[string]inbound.Raw)
		var absent []string
		for _, e := range emails {
			if have[e.ID] {
				continue
			}
			have[e.ID] = true
			absent = append(absent, e.ID)
			raws[e.ID] = e.Raw
			at := e.SourceID
			rows = append(rows, []any{s.namespace, e.ID, e.AccountID, e.Shop,
				at.Folder, at.Generation, at.Key, at.Occurrence, e.CustomerID, e.ManagerID,
				e.MessageID, e.InReplyTo, asJSON(e.References), e.From, e.FromName, e.Subject,
				micros(e.Date), string(e.Class), boolInt(e.Verified), e.Size, e.SHA256, e.Fingerprint, string(e.Extent),
				asJSON(e.Attachments), asJSON(e.Warnings), micros(e.UploadedAt), boolInt(e.Notify),
				asJSON(e.To), asJSON(e.Cc), e.Snippet, boolInt(e.Initial), sizeHere(e), boolInt(e.Archived)})
		}
		if len(rows) == 0 {
			return nil
		}
		// An email that a different transaction adds at this moment is waited for, and
		// left as it is. It came with its bytes, so those without bytes are ours.
		if err := s.insert(ctx, q, "INSERT INTO postroom_emails (namespace, "+emailColumns+", raw_size, archived)", rows,
			s.dialect.onConflict("namespace, id")); err != nil {
			return err
		}
		marks, args := list([]any{s.namespace}, absent)
		added, err := countBy[string](ctx, q, `SELECT e.id, e.seq FROM postroom_emails e
			LEFT JOIN postroom_raw r ON r.owner = e.seq AND r.part = 0
			WHERE e.namespace = ? AND e.id IN (`+marks+`) AND e.raw_size > 0 AND r.owner IS NULL`, args...)
		if err != nil {
			return err
		}
		w := rawWriter{q: q}
		for _, id := range absent {
			if seq, ours := added[id]; ours {
				if err := w.write(ctx, int64(seq), raws[id]); err != nil {
					return fmt.Errorf("email %s: %w", id, err)
				}
			}
		}
		return s.dropKept(ctx, q, absent)
	})
}

// sizeHere is how many raw bytes the store itself keeps.
func sizeHere(e inbound.NewEmail) int64 {
	if e.Archived {
		return 0
	}
	return e.Raw.Size()
}

// SetManager implements inbound.Emails.
func (s *Store) SetManager(ctx context.Context, customerID, managerID string) error {
	return s.write(ctx, "record the manager of emails", func(ctx context.Context, q querier) error {
		_, err := q.exec(ctx, "UPDATE postroom_emails SET manager = ?"+
			" WHERE namespace = ? AND customer = ? AND manager = ''", managerID, s.namespace, customerID)
		return err
	})
}

// HaveEmails implements inbound.Emails.
func (s *Store) HaveEmails(ctx context.Context, ids []string) (map[string]bool, error) {
	have, err := s.haveEmails(ctx, s.conn(ctx), ids)
	return have, s.wrap("look for emails", err)
}

func (s *Store) haveEmails(ctx context.Context, q querier, ids []string) (map[string]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := list([]any{s.namespace}, ids)
	found, err := collect(ctx, q, scanText,
		"SELECT id FROM postroom_emails WHERE namespace = ? AND id IN ("+marks+")", args...)
	if err != nil {
		return nil, err
	}
	have := make(map[string]bool, len(found))
	for _, id := range found {
		have[id] = true
	}
	return have, nil
}

// Email implements inbound.Emails.
func (s *Store) Email(ctx context.Context, id string) (inbound.Email, error) {
	e, err := scanEmail(s.conn(ctx).queryRow(ctx,
		s.selectEmails()+" WHERE namespace = ? AND id = ?", s.namespace, id))
	if errors.Is(err, sql.ErrNoRows) {
		return inbound.Email{}, fmt.Errorf("%w: email %q", inbound.ErrNotFound, id)
	}
	return e, s.wrap("read an email", err)
}

// ListEmails implements inbound.Emails.
func (s *Store) ListEmails(
	ctx context.Context, filter inbound.EmailFilter, after string, limit int,
) ([]inbound.Email, error) {
	seq := int64(0)
	if after != "" {
		err := s.conn(ctx).queryRow(ctx,
			"SELECT seq FROM postroom_emails WHERE namespace = ? AND id = ?", s.namespace, after).Scan(&seq)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("%w: email %q", inbound.ErrNotFound, after)
		}
		if err != nil {
			return nil, s.wrap("list emails", err)
		}
	}
	where, args := s.whereEmails(filter)
	emails, err := collect(ctx, s.conn(ctx), scanEmail,
		s.selectEmails()+where+" AND seq > ? ORDER BY seq LIMIT ?",
		append(args, seq, limit)...)
	return emails, s.wrap("list emails", err)
}

// CountEmails implements inbound.Emails.
func (s *Store) CountEmails(ctx context.Context, filter inbound.EmailFilter) (n int, err error) {
	where, args := s.whereEmails(filter)
	err = s.conn(ctx).queryRow(ctx, "SELECT COUNT(*) FROM postroom_emails"+where, args...).Scan(&n)
	return n, s.wrap("count emails", err)
}

// whereEmails returns the condition of a filter and its arguments.
func (s *Store) whereEmails(filter inbound.EmailFilter) (where string, args []any) {
	where, args = " WHERE namespace = ?", []any{s.namespace}
	if filter.AccountID != "" {
		where += " AND account = ?"
		args = append(args, filter.AccountID)
	}
	if filter.CustomerID != "" {
		where += " AND customer = ?"
		args = append(args, filter.CustomerID)
	}
	return where, args
}
