package cli

import (
	"encoding/json"
	"fmt"
	"time"
)

// pageSize is the number of rows that are in memory at a time.
const pageSize = 500

// print writes v as one line of JSON.
func (p *app) print(v any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false) // no browser reads it
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}

// jsonTime returns a time for JSON, or nil if the time is unknown or cannot be
// written as JSON.
func jsonTime(t time.Time) *time.Time {
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return nil
	}
	return &t
}

// list returns s, or an empty slice if s is nil: readers expect [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
