package sqlstore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatementsOf_Splits(t *testing.T) {
	want := []string{"CREATE TABLE a (\n\tb TEXT, \n\tc TEXT\n)", "UPDATE a SET b = ';--' || 'it''s'", "SELECT 1 - -1"}
	assert.Equal(t, want,
		statementsOf("-- First; of two.\nCREATE TABLE a (\n\tb TEXT, -- a text; or ''\n\tc TEXT\n); -- done\n"+
			"UPDATE a SET b = ';--' || 'it''s';\nSELECT 1 - -1"))
	assert.Empty(t, statementsOf("-- nothing;\n;\n"))
}

// Each step of the schema is whole statements, of its own tables only.
func TestMigrations_AreStatements(t *testing.T) {
	for _, d := range []Dialect{SQLite, Postgres, MariaDB} {
		steps := Migrations(d, &Options{TablePrefix: "crm_mail_"})
		require.NotEmpty(t, steps)
		for _, step := range steps {
			assert.NotContains(t, step.SQL, "postroom_")
			for _, statement := range statementsOf(step.SQL) {
				verb, _, _ := strings.Cut(statement, " ")
				assert.Contains(t, []string{"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"}, verb, statement)
				assert.Contains(t, statement, "crm_mail_")
			}
		}
	}
	assert.Nil(t, Migrations("oracle", nil))
	assert.Nil(t, Migrations(SQLite, &Options{TablePrefix: "Mail"}))
}

func TestOptions_TablePrefix(t *testing.T) {
	for _, bad := range []string{"Mail_", "1mail", "mail-", "a b", "_mail", "é", strings.Repeat("p", 31), `"`} {
		assert.ErrorContains(t, (&Options{TablePrefix: bad}).validate(), "the prefix of tables", bad)
	}
	for _, good := range []string{"", "m", "mail_2_", strings.Repeat("p", 30)} {
		assert.NoError(t, (&Options{TablePrefix: good}).validate(), good)
	}
}
