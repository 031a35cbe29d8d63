package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// pageSize is how many rows are in memory at a time.
const pageSize = 500

// print writes v as a line of JSON.
func (p *cli) print(v any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false) // it is read by programs and people, not by browsers
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("cannot write the output: %w", err)
	}
	return nil
}

// moment is a time for JSON, or nil for one that is unknown or that JSON cannot
// have.
func jsonTime(t time.Time) *time.Time {
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return nil
	}
	return &t
}

// list is s, or an empty list where it is nil: readers expect [] and not null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
