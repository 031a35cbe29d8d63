package inbound_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestLedgerEntry_String(t *testing.T) {
	row := inbound.LedgerEntry{SourceID: inbound.SourceID{Folder: "INBOX", Key: "4711"}, Outcome: inbound.Failed,
		Reason: "timeout"}
	assert.Equal(t, "4711 failed: timeout", row.String())
}
