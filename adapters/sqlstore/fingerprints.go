package sqlstore

import (
	"context"

	"github.com/postroom/postroom/inbound"
)

// EmailsByFingerprint implements inbound.Emails.
func (s *Store) EmailsByFingerprint(
	ctx context.Context, shop string, fingerprints []string,
) (map[string][]inbound.Email, error) {
	q := s.conn(ctx)
	if s.transaction(ctx) != nil {
		if err := s.lock(ctx, q, "emails "+shop); err != nil {
			return nil, s.wrap("look for emails by fingerprint", err)
		}
	}
	marks, args := list([]any{s.namespace}, fingerprints)
	where := " FROM postroom_emails WHERE namespace = ? AND fingerprint IN (" + marks + ") AND shop = ?"
	args = append(args, shop)
	// Most batches have none, and need no more than this.
	some, err := collect(ctx, q, scanText, "SELECT id"+where+" LIMIT 1", args...)
	if err != nil || len(some) == 0 {
		return nil, s.wrap("look for emails by fingerprint", err)
	}
	emails, err := collect(ctx, q, scanEmail, s.selectEmails()+" JOIN (SELECT namespace AS company, seq AS alike,"+
		" ROW_NUMBER() OVER (PARTITION BY fingerprint ORDER BY seq) AS place"+where+") AS f"+
		" ON e.namespace = f.company AND e.seq = f.alike WHERE place <= ? ORDER BY seq",
		append(args, inbound.MaxAlike)...)
	if err != nil {
		return nil, s.wrap("look for emails by fingerprint", err)
	}
	found := make(map[string][]inbound.Email)
	for _, e := range emails {
		found[e.Fingerprint] = append(found[e.Fingerprint], e)
	}
	return found, nil
}

// StaleFingerprints implements inbound.Emails.
func (s *Store) StaleFingerprints(ctx context.Context, version string, limit int) ([]string, error) {
	ids, err := collect(ctx, s.conn(ctx), scanText, "SELECT id FROM postroom_emails"+
		" WHERE namespace = ? AND (fingerprint < ? OR fingerprint > ?) LIMIT ?",
		s.namespace, version, version+"~", limit)
	return ids, s.wrap("look for fingerprints of an older version", err)
}

// SetFingerprints implements inbound.Emails.
func (s *Store) SetFingerprints(ctx context.Context, fingerprints map[string]string) error {
	return s.write(ctx, "set fingerprints", func(ctx context.Context, q querier) error {
		for id, fingerprint := range fingerprints {
			if _, err := q.exec(ctx, "UPDATE postroom_emails SET fingerprint = ? WHERE namespace = ? AND id = ?",
				fingerprint, s.namespace, id); err != nil {
				return err
			}
		}
		return nil
	})
}
