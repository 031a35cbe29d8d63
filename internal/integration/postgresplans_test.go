package integration

import (
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/internal/sqlrecord"
)

// Every statement finds its rows by an index that begins with the namespace, in a database
// where most rows are other companies', whatever the values. What is hot uses the index that
// is made for it.
func TestPostgresQueries_BeginWithNamespace(t *testing.T) {
	seen := new(sqlrecord.Recorder)
	open := func(t *testing.T) *sql.DB {
		db := sql.OpenDB(seen.Connector(sqlrecord.DSN(stdlib.GetDefaultDriver(),
			createPostgres(t, sharedPostgres.get(t)))))
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	inboundtest.TestNamespaces(t, func(t *testing.T) func(string) inbound.Store {
		db := open(t)
		return func(namespace string) inbound.Store {
			return openOn(t, db, sqlstore.Postgres, &sqlstore.Options{Namespace: namespace})
		}
	})
	db := open(t)
	store := openOn(t, db, sqlstore.Postgres, &sqlstore.Options{Namespace: "acme"})
	otherQueries(t, store)
	fillTenants(t, sqlstore.Postgres, store, db)
	for _, statement := range []string{
		"INSERT INTO postroom_raw (owner, part, data) SELECT seq, 0, '' FROM postroom_emails WHERE namespace <> 'acme'",
		"UPDATE postroom_emails SET customer = id",
		"UPDATE postroom_notifications SET delivery = seq, state = 'delivered' WHERE seq % 20 > 0",
		"ANALYZE postroom_raw, postroom_emails, postroom_notifications",
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}

	texts := slices.Sorted(maps.Keys(seen.Read()))
	require.Greater(t, len(texts), 60)
	plans := make(map[string][]scan)
	for _, query := range texts {
		verb, _, _ := strings.Cut(query, " ")
		if verb != "SELECT" && verb != "UPDATE" && verb != "DELETE" ||
			!strings.Contains(query, "postroom_") || strings.Contains(query, "postroom_migrations") ||
			!strings.Contains(query, "$1") {
			continue
		}
		plans[query] = postgresPlan(t, db, query)
		for _, s := range plans[query] {
			assert.NotEqual(t, "Seq Scan", s.Node, "%s\nreads all of %s", query, s.Table)
			if s.Index != "" {
				assert.Regexp(t, `[( ](namespace|owner|seq) = `, s.Cond, "%s\n%+v", query, s)
			}
		}
	}
	require.Greater(t, len(plans), 50)
	for part, want := range map[string]scan{
		" outcome = $3 ORDER BY ":                     {Index: "postroom_ledger_outcome", Cond: "outcome"},
		"AS due":                                      {Index: "postroom_ledger_due", Cond: "at"},
		"outcome <> 'ignored'":                        {Index: "postroom_ledger_retry", Cond: "generation"},
		"outcome = 'ignored'":                         {Index: "postroom_ledger_withheld", Cond: "generation"},
		"unmarked = 1 AND":                            {Index: "postroom_ledger_unmarked", Cond: "generation"},
		"SELECT fingerprint FROM postroom_ledger":     {Index: "postroom_ledger_unmatched", Cond: "fingerprint"},
		"SELECT email_id, account":                    {Index: "postroom_ledger_duplicates", Cond: "namespace"},
		"AND source_key IN (":                         {Index: "postroom_ledger_pkey", Cond: "source_key"},
		"AND team = $2 ORDER BY next_try":             {Index: "postroom_assignments_team", Cond: "team"},
		"GROUP BY account":                            {Index: "postroom_assignments_account", Cond: "namespace"},
		"MIN(at) FROM":                                {Index: "postroom_notifications_account", Cond: "namespace"},
		"AND manager = ''":                            {Index: "postroom_emails_customer", Cond: "customer"},
		"ORDER BY delivery LIMIT":                     {Index: "postroom_notifications_order", Cond: "delivery"},
		"delivery = 0 AND seq > $2":                   {Index: "postroom_notifications_order", Cond: "seq"},
		"SELECT id FROM postroom_emails WHERE namesp": {Index: "postroom_emails_namespace_id_key", Cond: "id"},
		"SELECT packed, data":                         {Index: "postroom_raw_pkey", Cond: "owner"},
	} {
		found := false
		for query, scans := range plans {
			found = found || strings.Contains(query, part) && slices.ContainsFunc(scans, func(s scan) bool {
				return s.Index == want.Index && strings.Contains(s.Cond, want.Cond)
			})
		}
		assert.True(t, found, "no statement with %q uses %+v", part, want)
	}
}

// scan is how a plan reads a table.
type scan struct {
	Node  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Index string `json:"Index Name"`
	Cond  string `json:"Index Cond"`
}

// postgresPlan returns how a statement reads tables, as it is prepared: without its values.
func postgresPlan(t *testing.T, db *sql.DB, query string) (scans []scan) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	exec := func(statement string) {
		_, err := conn.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	exec("SET plan_cache_mode = force_generic_plan")
	exec("SET enable_seqscan = off") // small tables are read as a whole otherwise
	exec("PREPARE asked AS " + query)
	defer exec("DEALLOCATE asked")
	count := 0
	for _, number := range placeholder.FindAllStringSubmatch(query, -1) {
		var n int
		_, err := fmt.Sscan(number[1], &n)
		require.NoError(t, err)
		count = max(count, n)
	}
	var text string
	require.NoError(t, conn.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) EXECUTE asked ("+
		strings.TrimSuffix(strings.Repeat("NULL, ", count), ", ")+")").Scan(&text), query)
	for _, node := range planNodes(t, text) {
		if kind, _ := node["Node Type"].(string); strings.HasSuffix(kind, " Scan") {
			scans = append(scans, nodeAs[scan](t, node))
		}
	}
	return scans
}

var placeholder = regexp.MustCompile(`\$(\d+)`)
