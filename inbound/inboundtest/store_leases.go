package inboundtest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postroom/postroom/inbound"
)

// renewsHeld checks an inbound.LeaseRenewer.
func renewsHeld(s *store) {
	renewer, ok := s.Store.(inbound.LeaseRenewer)
	if !ok {
		s.Skip("the store renews each lease by Acquire")
	}
	token := s.acquire("a", "one", time.Nanosecond) // it runs out
	stolen := s.acquire("b", "two", time.Hour)
	s.check(s.Release(s.ctx(), "c", "one"), "Release")
	held := []inbound.HeldLease{{Name: "a", Owner: "one"}, {Name: "b", Owner: "one"}, {Name: "c", Owner: "one"}}
	for i := range 20 { // with the names of others
		s.acquire(fmt.Sprint("x", i), "one", time.Hour)
		held = append(held, inbound.HeldLease{Name: fmt.Sprint("x", i), Owner: "one"})
	}
	lost, err := renewer.RenewLeases(s.ctx(), held, time.Hour)
	s.check(err, "RenewLeases")
	if want := held[1:3]; !slices.Equal(lost, want) {
		s.Errorf("RenewLeases says that %v are lost, want %v: somebody else's and nobody's", lost, want)
	}
	s.check(s.Confirm(s.ctx(), "a", token), "Confirm after RenewLeases")
	s.check(s.Confirm(s.ctx(), "b", stolen), "Confirm of somebody else's lease after RenewLeases")
	for _, name := range []string{"a", "b"} {
		if _, err := s.Acquire(s.ctx(), name, "three", time.Hour); !errors.Is(err, inbound.ErrBusy) {
			s.Errorf("Acquire of %s after RenewLeases gave %v, want inbound.ErrBusy", name, err)
		}
	}
	if s.acquire("c", "three", time.Hour) == 0 {
		s.Error("the lease that nobody had has no token")
	}
	lost, err = renewer.RenewLeases(s.ctx(), held[3:], time.Hour)
	s.check(err, "RenewLeases")
	if len(lost) > 0 {
		s.Errorf("RenewLeases says that %v are lost, want none", lost)
	}
	lost, err = renewer.RenewLeases(s.ctx(), nil, time.Hour)
	if err != nil || len(lost) > 0 {
		s.Errorf("RenewLeases of nothing gave %v, %v", lost, err)
	}
}
