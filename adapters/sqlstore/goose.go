package sqlstore

import (
	"fmt"
	"strings"
)

// Goose returns the steps of the schema as files of the tool goose (pressly/goose), by name:
// "00012_postroom.sql". They are for hosts that apply all migrations in one way of their own
// before [Open]; write them into the folder of the migrations once after each upgrade, and
// give them other numbers, in the same order, where the host has these already. Each also
// notes that it was applied, so that Open has nothing left to do. The tables have the names
// that options give them; options may be nil. There is no way back down. An unknown dialect
// and options that Open refuses have no files.
func Goose(d Dialect, options *Options) map[string]string {
	files := make(map[string]string)
	for _, m := range Migrations(d, options) {
		var b strings.Builder
		fmt.Fprintf(&b, "-- +goose Up\n-- %s\n", m.Name)
		note := fmt.Sprintf("INSERT INTO postroom_migrations (version, name, applied_at) VALUES (%d, '%s', 0)",
			m.Version, strings.ReplaceAll(m.Name, "'", "''"))
		statements := append([]string{options.tables().in(createMigrations)}, statementsOf(m.SQL)...)
		for _, statement := range append(statements, options.tables().in(note)) {
			fmt.Fprintf(&b, "-- +goose StatementBegin\n%s;\n-- +goose StatementEnd\n", statement)
		}
		files[fmt.Sprintf("%05d_postroom.sql", m.Version)] = b.String()
	}
	return files
}
