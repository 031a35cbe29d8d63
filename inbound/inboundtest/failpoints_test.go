package inboundtest_test

import (
	"context"
	"errors"
	"reflect"
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

// A store method without a failpoint would be a step that no crash test kills.
func TestFailpointsStore_EveryMethod(t *testing.T) {
	calls := 0
	points := &inboundtest.Failpoints{Fail: func(int, string) error {
		calls++
		return errors.New("failed before the call")
	}}
	wrapped := reflect.ValueOf(points.Store(memstore.New()))
	for i := range wrapped.NumMethod() {
		method, name := wrapped.Method(i), wrapped.Type().Method(i).Name
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for n := 1; n < method.Type().NumIn(); n++ {
			args = append(args, reflect.Zero(method.Type().In(n)))
		}
		before := calls
		method.Call(args)
		assert.Greater(t, calls, before, name)
	}
}
