package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// ListArchived implements inbound.Emails. It lists emails and then what is kept, each in the
// order of their numbers, which stay when an email is given to a different account.
func (s *Store) ListArchived(ctx context.Context, after string, limit int) (sums []string, next string, err error) {
	const emails, kept = "email ", "kept "
	table, number := emails, int64(0)
	if after != "" {
		var digits string
		if digits, _ = strings.CutPrefix(after, emails); digits == after {
			table, digits = kept, strings.TrimPrefix(after, kept)
		}
		if number, err = strconv.ParseInt(digits, 10, 64); err != nil {
			return nil, "", fmt.Errorf("sqlstore: list what is in the archive: %.100q is not from an earlier page", after)
		}
	}
	query := "SELECT seq, sha256 FROM postroom_emails" + s.dialect.indexedBy("postroom_emails_archived") +
		" WHERE namespace = ? AND seq > ? AND archived = 1 ORDER BY seq LIMIT ?"
	if table == kept {
		query = "SELECT seq, archived FROM postroom_kept" +
			" WHERE namespace = ? AND seq > ? AND archived <> '' ORDER BY seq LIMIT ?"
	}
	sums, err = collect(ctx, s.conn(ctx), func(row scanner) (sum string, err error) {
		err = row.Scan(&number, &sum)
		return sum, err
	}, query, s.namespace, number, limit)
	switch {
	case err != nil:
		return nil, "", s.wrap("list what is in the archive", err)
	case len(sums) == limit:
		next = fmt.Sprint(table, number)
	case table == emails:
		next = kept + "0"
	}
	return sums, next, nil
}
