package sqlstore

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Each ID comes after those of the milliseconds before.
func TestNewCustomerID_InOrderOfTime(t *testing.T) {
	at := time.Date(2026, 11, 27, 11, 59, 59, 0, time.UTC)
	var ids []string
	for _, later := range []time.Duration{0, 1, 2, 30, 32, 1000, 1024, 40_000, 86_400_000, 300 * 365 * 86_400_000 / 12} {
		ids = append(ids, newCustomerID(at.Add(later*time.Millisecond)))
	}
	assert.True(t, slices.IsSorted(ids), ids)
	for _, id := range ids {
		assert.Regexp(t, "^c[0-9a-v]{9}[a-z2-7]{7}$", id)
	}
	assert.Regexp(t, "^c000000000", newCustomerID(time.UnixMilli(0)))
	assert.Regexp(t, "^c00000010v", newCustomerID(time.UnixMilli(1<<10+31)))
}

func TestNewCustomerID_OnceInAMillisecond(t *testing.T) {
	at, seen := time.Now(), make(map[string]bool)
	for range 200 {
		seen[newCustomerID(at)] = true
	}
	assert.Len(t, seen, 200)
}
