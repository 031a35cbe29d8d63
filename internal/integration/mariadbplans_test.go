package integration

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/sqlrecord"
)

// Every statement finds its rows by an index that begins with the namespace, in a database
// where most rows are other companies'. What is hot uses the index that is made for it.
func TestMariaDBQueries_BeginWithNamespace(t *testing.T) {
	seen := new(sqlrecord.Recorder)
	open := func(t *testing.T, dsn string) *sql.DB {
		db := sql.OpenDB(seen.Connector(sqlrecord.DSN(&mysql.MySQLDriver{}, dsn)))
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	inboundtest.TestNamespaces(t, func(t *testing.T) func(string) inbound.Store {
		db := open(t, createMariaDB(t, sharedMariaDB.get(t)))
		return func(namespace string) inbound.Store {
			return openOn(t, db, sqlstore.MariaDB, &sqlstore.Options{Namespace: namespace})
		}
	})
	db := open(t, createMariaDB(t, sharedMariaDB.get(t)))
	store := openOn(t, db, sqlstore.MariaDB, &sqlstore.Options{Namespace: "acme"})
	otherQueries(t, store)
	fillTenants(t, sqlstore.MariaDB, store, db)

	texts := slices.Sorted(maps.Keys(seen.Read()))
	require.Greater(t, len(texts), 60)
	for _, query := range texts {
		switch verb, _, _ := strings.Cut(query, " "); {
		case strings.Contains(query, "postroom_migrations"), strings.Contains(query, "_LOCK("):
			continue
		case verb == "INSERT":
			assert.Regexp(t, `^INSERT INTO postroom_(raw \(owner, part|\w+\s+\(namespace)`, query)
			continue
		case verb != "SELECT" && verb != "UPDATE" && verb != "DELETE", !strings.Contains(query, "postroom_"):
			continue
		}
		for _, a := range mariadbPlan(t, db, query) {
			if a.Key == "" && len(a.Parts) == 0 {
				assert.NotEqual(t, "ALL", a.Type, "%s\nreads all of %s", query, a.Table)
				continue
			}
			assert.Contains(t, []string{"namespace", "owner", "seq"}, a.Parts[0], "%s\n%+v", query, a)
			if a.Parts[0] == "seq" {
				assert.Equal(t, "eq_ref", a.Type, "%s\n%+v", query, a)
			}
			assert.NotEqual(t, "index", a.Type, "%s\n%+v", query, a)
		}
	}
	for part, want := range map[string]access{
		" outcome = ? ORDER BY ":                    {Key: "postroom_ledger_outcome", Parts: parts("outcome")},
		" outcome = ? AND (folder > ?":              {Key: "postroom_ledger_outcome", Parts: parts("outcome", "folder")},
		"WHERE namespace = ? AND account = ? AND (": {Key: "PRIMARY", Parts: parts("folder")},
		"AS due":                          {Key: "postroom_ledger_due", Parts: parts("at")},
		"outcome <> 'ignored'":            {Key: "postroom_ledger_retry", Parts: parts("next_try")},
		"outcome = 'ignored'":             {Key: "postroom_ledger_retry", Parts: parts("next_try")},
		"unmarked = 1 AND":                {Key: "postroom_ledger_unmarked", Parts: parts("deleted")},
		"outcome = 'unmatched'":           {Key: "postroom_ledger_unmatched", Parts: parts("fingerprint")},
		"SELECT email_id, account":        {Key: "postroom_ledger_duplicates", Parts: parts("duplicate_of")},
		"AND team = ? ORDER BY next_try":  {Key: "postroom_assignments_team", Parts: parts("team")},
		"pending = 1 GROUP BY account":    {Key: "postroom_assignments_account", Parts: parts("pending")},
		"MIN(at) FROM":                    {Key: "postroom_notifications_account", Parts: parts("state")},
		"AND manager = ''":                {Key: "postroom_emails_customer", Parts: parts("customer")},
		"ORDER BY delivery LIMIT":         {Key: "postroom_notifications_order", Parts: parts("delivery")},
		"delivery = 0 AND seq > ?":        {Key: "postroom_notifications_order", Parts: parts("seq")},
		"SELECT id FROM postroom_emails ": {Key: "postroom_emails_id", Parts: parts("id")},
	} {
		found := false
		for _, query := range texts {
			if !strings.Contains(query, part) || strings.HasPrefix(query, "INSERT") {
				continue
			}
			for _, a := range mariadbPlan(t, db, query) {
				found = found || a.Key == want.Key && strings.Contains(strings.Join(a.Parts, " "), want.Parts[0])
			}
		}
		assert.True(t, found, "no statement with %q uses %+v", part, want)
	}
}

// access is how a plan reads a table.
type access struct {
	Table string   `json:"table_name"`
	Type  string   `json:"access_type"`
	Key   string   `json:"key"`
	Parts []string `json:"used_key_parts"`
}

func parts(columns ...string) []string { return columns }

// mariadbPlan returns how a statement reads tables of the store.
func mariadbPlan(t *testing.T, db *sql.DB, query string) (found []access) {
	var text string
	require.NoError(t, db.QueryRow("EXPLAIN FORMAT=JSON "+withValues(query)).Scan(&text), query)
	for _, node := range planNodes(t, text) {
		if name, ok := node["table_name"].(string); ok && !strings.HasPrefix(name, "<") {
			found = append(found, nodeAs[access](t, node))
		}
	}
	return found
}

var (
	comparison = regexp.MustCompile(`([a-z_]+) (?:=|<>|<=?|>=?|IN \(|NOT IN \()\s*$`)
	// columnValues are those that many rows have, or a single one.
	columnValues = map[string]string{"namespace": "acme", "account": "shop", "folder": "INBOX", "generation": "1",
		"outcome": "uploaded", "shop": "main", "id": "shop1", "manager": "m1", "team": "support", "state": "pending"}
)

// withValues puts values that fit the columns in the place of placeholders.
func withValues(query string) string {
	var b strings.Builder
	value := ""
	for {
		before, after, more := strings.Cut(query, "?")
		b.WriteString(before)
		if !more {
			return b.String()
		}
		if m := comparison.FindStringSubmatch(before); m != nil {
			value = "'" + cmp.Or(columnValues[m[1]], "1") + "'"
		} else if before != ", " { // of a list
			value = "1"
		}
		b.WriteString(value)
		query = after
	}
}

// fillTenants fills the tables: the store's namespace, and forty others with the same.
func fillTenants(t *testing.T, dialect sqlstore.Dialect, store *sqlstore.Store, db *sql.DB) {
	ctx := t.Context()
	for _, account := range []string{"shop", "other"} {
		require.NoError(t, fillAccount(ctx, store, account, 0, 100))
		require.NoError(t, store.PutAccount(ctx, inbound.SavedAccount{ID: account}))
	}
	var assignments []assign.Assignment
	for i := range 100 {
		manager := assign.Manager{ID: fmt.Sprint("m", i)}
		require.NoError(t, store.Managers().Put(ctx, manager, fmt.Sprint("team", i%10)))
		stage := assign.StageAssigned
		if i%10 == 0 {
			stage = assign.StageWaiting
		}
		assignments = append(assignments, assign.Assignment{CustomerID: fmt.Sprint(i), AccountID: "shop", Group: "support",
			Stage: stage})
	}
	require.NoError(t, store.SetAssignments(ctx, assignments))
	_, err := store.Acquire(ctx, "account/shop", "a process", time.Hour)
	require.NoError(t, err)
	list, schema, given, analyze := "GROUP_CONCAT(column_name)", "DATABASE()",
		"extra NOT LIKE '%auto_increment%' AND extra NOT LIKE '%GENERATED%'", "ANALYZE TABLE %s PERSISTENT FOR ALL"
	if dialect == sqlstore.Postgres {
		list, schema, given, analyze = "string_agg(column_name, ',')", "current_schema()", "is_identity = 'NO'", "ANALYZE %s"
	}
	rows, err := db.Query(`SELECT table_name, ` + list + ` FROM information_schema.columns
		WHERE table_schema = ` + schema + ` AND ` + given + `
			AND table_name LIKE 'postroom%' AND column_name <> 'namespace'
		GROUP BY table_name HAVING table_name NOT IN ('postroom_raw', 'postroom_migrations', 'postroom_locks')`)
	require.NoError(t, err)
	columns := make(map[string]string)
	for rows.Next() {
		var table, names string
		require.NoError(t, rows.Scan(&table, &names))
		columns[table] = names
	}
	require.NoError(t, rows.Close())
	require.Greater(t, len(columns), 15)
	for table, names := range columns {
		for i := range 40 {
			_, err := db.Exec(fmt.Sprintf("INSERT INTO %s (namespace, %s) SELECT 'tenant%d', %s FROM %[1]s"+
				" WHERE namespace = 'acme'", table, names, i, names))
			require.NoError(t, err)
		}
		_, err := db.ExecContext(context.Background(), fmt.Sprintf(analyze, table))
		require.NoError(t, err)
	}
}
