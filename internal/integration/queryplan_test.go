package integration

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/sqlrecord"
)

// Every statement finds its rows by an index that begins with the namespace, so
// that the size of one company's data costs a different one nothing.
func TestSQLiteQueries_BeginWithNamespace(t *testing.T) {
	seen := new(sqlrecord.Recorder)
	var db *sql.DB
	open := func(t *testing.T) func(string) inbound.Store {
		db = openRecording(t, seen)
		return func(namespace string) inbound.Store {
			store, err := sqlstore.Open(context.Background(), db, sqlstore.SQLite, &sqlstore.Options{Namespace: namespace})
			require.NoError(t, err)
			return store
		}
	}
	inboundtest.TestNamespaces(t, open)
	otherQueries(t, open(t)("").(*sqlstore.Store))

	read := seen.Read()
	require.Greater(t, len(read), 60)
	for query := range read {
		switch verb, _, _ := strings.Cut(query, " "); {
		case strings.Contains(query, "postroom_migrations"):
			continue
		case verb == "INSERT":
			assert.Regexp(t, `^INSERT INTO postroom_(raw \(owner, part|\w+\s+\(namespace), `, query)
			continue
		case verb != "SELECT" && verb != "UPDATE" && verb != "DELETE":
			continue // the schema and settings
		}
		for _, step := range planOf(t, db, query) {
			switch {
			case reading.MatchString(step):
				assert.Regexp(t, rightIndex, step, query)
				if strings.Contains(query, " outcome = ?") {
					assert.Contains(t, step, "outcome=?", query)
				}
				if strings.Contains(query, " delivery = 0 GROUP BY ") {
					assert.Contains(t, step, "delivery=?", query)
				}
			case strings.HasPrefix(step, "USE TEMP B-TREE FOR ORDER BY"):
				assert.Regexp(t, fewRows, query)
			}
		}
	}
}

var (
	reading    = regexp.MustCompile(`^(SCAN|SEARCH) (postroom_|[a-z]+ USING )`)
	rightIndex = regexp.MustCompile(`^SEARCH .* \(namespace=\?[ )]|^SEARCH (postroom_raw|r) USING .* \(owner=\?` +
		`|^SEARCH e USING INTEGER PRIMARY KEY \(rowid=\?`)
	fewRows = regexp.MustCompile(`postroom_ledger_due|postroom_ledger_retry|postroom_members|postroom_kept` +
		`|PARTITION BY fingerprint`) // may be sorted
)

// otherQueries are those that TestNamespaces does not ask.
func otherQueries(t *testing.T, store *sqlstore.Store) {
	ctx, now := t.Context(), time.Now()
	id := inbound.SourceID{Folder: "INBOX", Generation: "1", Key: "1"}
	entry := inbound.LedgerEntry{SourceID: id, Outcome: inbound.Uploaded}
	require.NoError(t, store.Record(ctx, "shop", []inbound.LedgerEntry{entry}))
	for _, outcome := range []inbound.Outcome{"", inbound.Uploaded} {
		_, err := store.Entries(ctx, "shop", outcome, id, 10)
		require.NoError(t, err)
	}
	_, err := store.Deletable(ctx, "shop", "INBOX", "1", now, id, 10)
	require.NoError(t, err)
	_, err = store.ListEmails(ctx, inbound.EmailFilter{AccountID: "shop", CustomerID: "c1"}, "", 10)
	require.NoError(t, err)
	_, err = store.NotificationCounts(ctx)
	require.NoError(t, err)
	_, err = store.WaitingCounts(ctx)
	require.NoError(t, err)
	_, err = store.WaitingCustomers(ctx)
	require.NoError(t, err)
	_, err = store.PendingNotifications(ctx)
	require.NoError(t, err)
	require.NoError(t, store.EndLeases(ctx))
	require.NoError(t, store.SetSavedSecret(ctx, "shop", inbound.SavedSecret{Sealed: []byte("x")}))
	_, err = store.SavedSecret(ctx, "shop")
	require.NoError(t, err)
	require.NoError(t, fillAccount(ctx, store, "gone", 0, 1))
	duplicate := inbound.LedgerEntry{SourceID: id, Outcome: inbound.Duplicate, EmailID: "gone0"}
	require.NoError(t, store.Record(ctx, "shop", []inbound.LedgerEntry{duplicate}))
	require.NoError(t, fillAccount(ctx, store, "gone", 1, 1))
	_, err = store.ForgetAccount(ctx, "gone", 10)
	require.NoError(t, err)
	require.NoError(t, store.PutAccount(ctx, inbound.SavedAccount{ID: "shop"}))
	_, err = store.ListAccounts(ctx)
	require.NoError(t, err)
	require.NoError(t, store.DropAccount(ctx, "shop"))

	customers, managers := store.Customers(), store.Managers()
	anna := customer.Customer{ID: "anna", Shop: "main", Email: "anna@example.com"}
	require.NoError(t, customers.Upsert(ctx, anna, anna))
	require.NoError(t, customers.DefineFields(ctx, customer.Field{Name: "source"}))
	_, err = customers.FindByEmails(ctx, "main", []string{"anna@example.com"})
	require.NoError(t, err)
	_, err = customers.AttachManager(ctx, "anna", "m1")
	require.NoError(t, err)
	_, err = customers.Fields(ctx)
	require.NoError(t, err)
	_, err = customers.FieldValues(ctx, "anna")
	require.NoError(t, err)
	_, err = customers.Counts(ctx)
	require.NoError(t, err)
	_, err = customers.CountByManager(ctx)
	require.NoError(t, err)
	for more := true; more; {
		more, err = store.ForgetNamespace(ctx, 1)
		require.NoError(t, err)
	}
	require.NoError(t, managers.Put(ctx, assign.Manager{ID: "m1"}, "support"))
	require.NoError(t, managers.Put(ctx, assign.Manager{ID: "m1"}))
	require.NoError(t, managers.SetActive(ctx, "m1", false))
	_, err = managers.Group(ctx, "support")
	require.NoError(t, err)
	_, err = managers.List(ctx)
	require.NoError(t, err)
	_, err = managers.Manager(ctx, "m1")
	require.NoError(t, err)
}

// planOf returns the steps of a statement.
func planOf(t *testing.T, db *sql.DB, query string) (steps []string) {
	args := make([]any, strings.Count(query, "?"))
	for i := range args {
		args[i] = 1
	}
	rows, err := db.Query("EXPLAIN QUERY PLAN "+query, args...)
	require.NoError(t, err, query)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		steps = append(steps, detail)
	}
	require.NoError(t, rows.Err())
	return steps
}

// openRecording opens a new database that notes the texts it reads.
func openRecording(t *testing.T, seen *sqlrecord.Recorder) *sql.DB {
	db := sql.OpenDB(seen.Connector(createSQLite(t)))
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// createSQLite returns a connector to a database in a new file.
func createSQLite(t *testing.T) driver.Connector {
	return connectorTo(t, "sqlite", sqlstore.SQLite, sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "postroom.db")))
}

// connectorTo returns a connector to an empty database.
func connectorTo(t *testing.T, name string, dialect sqlstore.Dialect, dsn string) driver.Connector {
	plain, err := sql.Open(name, dsn)
	require.NoError(t, err)
	_, err = sqlstore.Open(t.Context(), plain, dialect, nil) // makes the tables, which is not noted
	require.NoError(t, err)
	require.NoError(t, plain.Close()) // only its driver is needed
	return sqlrecord.DSN(plain.Driver(), dsn)
}

// planNodes returns the objects of a plan in JSON, at any depth.
func planNodes(t *testing.T, text string) (nodes []map[string]any) {
	t.Helper()
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			nodes = append(nodes, v)
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	var plan any
	require.NoError(t, json.Unmarshal([]byte(text), &plan), text)
	walk(plan)
	return nodes
}

// nodeAs returns what a test looks at of an object of a plan.
func nodeAs[T any](t *testing.T, node map[string]any) (v T) {
	t.Helper()
	text, err := json.Marshal(node)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &v))
	return v
}
