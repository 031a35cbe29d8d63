package inbound

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLimits_Defaults(t *testing.T) {
	assert.Equal(t, Limits{MaxAccounts: 10, MessageBytes: 50 << 20, MemoryBytes: 24 << 20, Attempts: 7},
		Limits{}.withDefaults())
	own := Limits{MaxAccounts: 1, MessageBytes: 2, MemoryBytes: 3, Attempts: 4}
	assert.Equal(t, own, own.withDefaults())
	unlimited := Limits{MaxAccounts: -1, MessageBytes: -1, MemoryBytes: -1, Attempts: -1}.withDefaults()
	assert.Equal(t, Limits{MaxAccounts: -1, MessageBytes: -1, MemoryBytes: 24 << 20, Attempts: -1}, unlimited,
		"memory is never unlimited")
}
