package inbound_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
)

func TestObserver_PassEndedCountsAssignments(t *testing.T) {
	h := newHost(t)
	h.manager("kim", assign.Free)
	var seen map[string]int
	h.config.Observer = &inbound.Observer{
		PassEnded: func(e inbound.PassEndedInfo) { seen = maps.Clone(e.Report.Assigned) },
	}
	h.box.Deliver(mail("iris@example.com", "hello"))
	h.pass()
	assert.Equal(t, map[string]int{"kim": 1}, seen)
}
