package sqlrecord

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

var acme = Scope{Prefix: "postroom_", Namespace: "acme", Shared: map[string]string{"postroom_raw": "by owner"}}

func TestScope_Accepts(t *testing.T) {
	for text, args := range map[string][]any{
		"SELECT 1": nil,
		"BEGIN":    nil,
		"SELECT data FROM postroom_raw WHERE owner = ?":                                                       {1},
		"SELECT id FROM host_table":                                                                           nil,
		"SELECT id FROM postroom_emails WHERE namespace = ?":                                                  {"acme"},
		"select ID from POSTROOM_EMAILS where ? = NAMESPACE":                                                  {"acme"},
		`SELECT id FROM "postroom_emails" WHERE "namespace" = $1`:                                             {"acme"},
		"SELECT id FROM crm.postroom_emails AS e WHERE e.namespace=$2":                                        {1, "acme"},
		"SELECT id FROM postroom_emails NOT INDEXED WHERE seq > ? AND (namespace = ? AND (a = 1 OR b = ')'))": {1, "acme"},
		"SELECT id FROM postroom_emails INDEXED BY i -- a note?\n WHERE namespace = ? LIMIT ?":                {"acme", 1},
		"SELECT e.id, (SELECT COUNT(*) FROM postroom_ledger l WHERE l.namespace = e.namespace AND l.id = e.id)" +
			" FROM postroom_emails e WHERE namespace = ? ORDER BY seq": {"acme"},
		"SELECT m.id FROM postroom_members g JOIN postroom_managers m ON m.namespace = g.namespace AND m.id = g.id" +
			" WHERE g.namespace = ?": {"acme"},
		"SELECT m.id FROM postroom_members g LEFT JOIN postroom_managers m ON m.namespace = g.namespace" +
			" WHERE g.namespace = ?": {"acme"},
		"SELECT seq FROM (SELECT seq FROM postroom_emails WHERE namespace = ?) AS f WHERE seq > ?": {"acme", 1},
		"SELECT 1 FROM postroom_emails WHERE namespace = ? UNION ALL SELECT 2 FROM postroom_kept WHERE namespace = ?" +
			" ORDER BY 1": {"acme", "acme"},
		"SELECT 1 FROM postroom_emails e JOIN (SELECT seq AS alike FROM postroom_emails WHERE namespace = ?) AS f" +
			" ON e.seq = f.alike WHERE id = ?": {"acme", 1},
		"UPDATE postroom_emails SET manager = ? WHERE namespace = ? AND id = ?": {"m", "acme", 1},
		"DELETE FROM postroom_emails WHERE namespace = ?":                       {"acme"},
		"INSERT INTO postroom_raw (owner, data) VALUES (?, ?)":                  {1, "x"},
		"INSERT INTO postroom_emails (id, namespace) VALUES (?, ?), (?, ?)":     {1, "acme", 2, "acme"},
		"INSERT INTO postroom_emails (namespace, id) VALUES (?, 1) ON CONFLICT (namespace, id) DO UPDATE SET id = 2": {
			"acme"},
		"INSERT INTO postroom_emails (namespace, id) VALUES (?, 1) ON DUPLICATE KEY UPDATE id = VALUES(id)": {"acme"},
		"INSERT INTO postroom_emails (namespace, id) SELECT ?, id FROM postroom_kept WHERE namespace = ?":   {"acme", "acme"},
	} {
		assert.NoError(t, acme.Check(Statement{Text: text, Args: args}))
	}
}

func TestScope_Refuses(t *testing.T) {
	for text, c := range map[string]struct {
		args []any
		says string
	}{
		"SELECT id FROM postroom_emails":                                           {nil, "postroom_emails is not bound"},
		"SELECT id FROM postroom_emails WHERE namespace = ?":                       {[]any{"other"}, `argument 1 is "other"`},
		"SELECT id FROM postroom_emails WHERE namespace = 'acme'":                  {nil, "is not bound"},
		"SELECT id FROM postroom_emails WHERE namespace <> ?":                      {[]any{"acme"}, "is not bound"},
		"SELECT id FROM postroom_emails WHERE namespace = namespace":               {nil, "is not bound"},
		"SELECT id FROM postroom_emails WHERE namespace = ? OR id = ?":             {[]any{"acme", 1}, "is not bound"},
		"SELECT id FROM postroom_emails WHERE (namespace = ? OR 1) AND id = 1":     {[]any{"acme"}, "is not bound"},
		"SELECT id FROM postroom_emails ORDER BY namespace = ?":                    {[]any{"acme"}, "is not bound"},
		"SELECT namespace = ? FROM postroom_emails":                                {[]any{"acme"}, "is not bound"},
		"SELECT id FROM postroom_emails WHERE namespace = ? AND id = ?":            {nil, "argument 1 is missing"},
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM postroom_emails)":                    {nil, "is not bound"},
		"SELECT 1 FROM (SELECT seq FROM postroom_emails) AS f WHERE namespace = ?": {[]any{"acme"}, "is not bound"},
		"SELECT 1 FROM postroom_a a, postroom_b b WHERE a.namespace = ?":           {[]any{"acme"}, "postroom_b is not"},
		"SELECT 1 FROM postroom_a a JOIN postroom_b b ON a.id = b.id WHERE namespace = ?": {
			[]any{"acme"}, "postroom_a is not"},
		"SELECT 1 FROM postroom_a a LEFT JOIN postroom_b b ON a.namespace = ? WHERE b.namespace = ?": {
			[]any{"acme", "acme"}, "postroom_a is not"},
		"SELECT (SELECT 1 FROM postroom_b b WHERE b.namespace = a.id) FROM postroom_a a WHERE a.namespace = ?": {
			[]any{"acme"}, "postroom_b is not"},
		"SELECT 1 FROM postroom_a WHERE namespace = ? UNION SELECT 1 FROM postroom_b": {
			[]any{"acme"}, "postroom_b is not"},
		"SELECT 1 FROM postroom_emails e JOIN (SELECT seq AS alike FROM postroom_kept) AS f ON e.seq = f.alike": {
			nil, "postroom_kept is not"},
		"SELECT 1 FROM postroom_emails e JOIN (SELECT 1 AS alike) AS f ON e.size = f.alike": {
			nil, "postroom_emails is not"},
		"UPDATE postroom_emails SET id = ?":                                     {[]any{1}, "is not bound"},
		"UPDATE postroom_emails SET namespace = ? WHERE namespace = ?":          {[]any{"acme", "acme"}, "sets a namespace"},
		"UPDATE postroom_emails SET id = ? WHERE namespace = ?":                 {[]any{"acme", 1}, "argument 2 is 1"},
		"DELETE FROM postroom_emails":                                           {nil, "is not bound"},
		"DELETE FROM postroom_raw WHERE owner IN (SELECT s FROM postroom_kept)": {nil, "postroom_kept is not"},
		"INSERT INTO postroom_emails (id) VALUES (?)":                           {[]any{"acme"}, "without a namespace"},
		"INSERT INTO postroom_emails (namespace, id) VALUES (?, ?), (?, ?)":     {[]any{"acme", 1, "b", 2}, `argument 3`},
		"INSERT INTO postroom_emails (namespace, id) VALUES ('acme', ?)":        {[]any{1}, "is no argument"},
		"INSERT INTO postroom_emails VALUES (?, ?)":                             {[]any{"acme", 1}, "without"},
		"INSERT INTO postroom_a (namespace) SELECT ? FROM postroom_b":           {[]any{"acme"}, "postroom_b is not"},
		"INSERT INTO postroom_a (namespace) VALUES (?) ON CONFLICT (id) DO NOTHING": {
			[]any{"acme"}, "ON CONFLICT has no namespace"},
		"WITH e AS (SELECT 1 FROM postroom_emails) SELECT 1 FROM e": {nil, "not understood: WITH"},
		"DROP TABLE postroom_emails":                                {nil, "not understood: DROP"},
		"SELECT (":                                                  {nil, "does not end"},
		"SELECT )":                                                  {nil, "has not begun"},
		"SELECT 'a":                                                 {nil, "does not end"},
		"SELECT $x":                                                 {nil, "no placeholder"},
	} {
		assert.ErrorContains(t, acme.Check(Statement{Text: text, Args: c.args}), c.says, text)
	}
}

// Mutants of a statement each lack one of its conditions on the namespace.
func TestMutants(t *testing.T) {
	for text, want := range map[string][]string{
		"SELECT 1": nil,
		"SELECT 1 FROM a WHERE namespace = ? AND id = ?": {"SELECT 1 FROM a WHERE ? IS NOT NULL AND id = ?"},
		"SELECT 1 FROM a WHERE a.namespace = b.namespace AND b.namespace = $1": {
			"SELECT 1 FROM a WHERE 1 = 1 AND b.namespace = $1",
			"SELECT 1 FROM a WHERE a.namespace = b.namespace AND $1 IS NOT NULL"},
		"INSERT INTO a (namespace) VALUES (?)": nil,
	} {
		assert.Equal(t, want, Mutants(text), text)
	}
}
