package sqlstore

import (
	"embed"
	"fmt"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// withTexts returns steps of the schema with their texts, from the files that begin with
// the name of the dialect.
func withTexts(dialect string, steps []Migration) []Migration {
	for i := range steps {
		text, err := schemaFiles.ReadFile(fmt.Sprintf("schema/%s_%04d.sql", dialect, steps[i].Version))
		if err != nil {
			panic("sqlstore: " + err.Error()) // it was embedded
		}
		steps[i].SQL = string(text)
	}
	return steps
}
