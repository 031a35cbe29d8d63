package inboundtest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// transactional is a repository in the store's database.
type transactional struct {
	customer.Repo
	in bool
}

func (t transactional) InTransaction(context.Context) bool { return t.in }

func TestFailpointsRepo_InTransaction(t *testing.T) {
	points := &inboundtest.Failpoints{}
	for want, repo := range map[bool]customer.Repo{
		true:  transactional{memstore.NewCustomers(), true},
		false: memstore.NewCustomers(),
	} {
		wrapped, ok := points.Repo(repo).(customer.Transactional)
		if assert.True(t, ok) {
			assert.Equal(t, want, wrapped.InTransaction(t.Context()))
		}
	}
	assert.False(t, points.Repo(transactional{in: false}).(customer.Transactional).InTransaction(t.Context()))
}
