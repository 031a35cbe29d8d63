package customertest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/postroom/postroom/customer"
)

func createAndFind(s *suite) {
	if found := s.find("main", "anna@example.com"); len(found) != 0 {
		s.Fatalf("FindByEmail in an empty repository gave %+v", found)
	}
	c := s.create("main", "anna@example.com")
	want := customer.Customer{ID: c.ID, Shop: "main", Email: "anna@example.com"}
	if c.ID == "" || c != want {
		s.Errorf("Create gave %+v, want an ID, the shop, the address and nothing else", c)
	}
	if found := s.find("main", "anna@example.com"); len(found) != 1 || found[0] != c {
		s.Errorf("FindByEmail gave %+v, want the created %+v", found, c)
	}
	if found := s.find("main", "ann@example.com"); len(found) != 0 {
		s.Errorf("FindByEmail of a different address gave %+v", found)
	}
}

func createAgain(s *suite) {
	first := s.create("main", "anna@example.com")
	if _, err := s.repo.AttachManager(s.Context(), first.ID, "1"); err != nil {
		s.Fatalf("AttachManager: %v", err)
	}
	n := customer.New{Shop: "main", Email: "anna@example.com", Fields: s.fields("elsewhere")}
	again, created, err := s.repo.Create(s.Context(), n)
	if err != nil || created {
		s.Fatalf("Create of an existing address gave created %v, error %v; want the existing record", created, err)
	}
	if again.ID != first.ID || again.ManagerID != "1" {
		s.Errorf("Create gave %+v, want the first record %s with its manager 1, unchanged", again, first.ID)
	}
	if found := s.find("main", "anna@example.com"); len(found) != 1 {
		s.Errorf("FindByEmail gave %+v after two calls of Create, want one record", found)
	}
}

func shopsAreSeparate(s *suite) {
	here := s.create("main", "anna@example.com")
	if found := s.find("other", "anna@example.com"); len(found) != 0 {
		s.Errorf("FindByEmail in a different shop gave %+v", found)
	}
	if there := s.create("other", "anna@example.com"); there.ID == here.ID {
		s.Errorf("two shops share the record %s", here.ID)
	}
}

func concurrentCreate(s *suite) {
	var mu sync.Mutex
	ids, winners := make(map[string]bool), 0
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			c, created, err := s.repo.Create(s.Context(), customer.New{Shop: "main", Email: "anna@example.com"})
			if err != nil {
				s.Errorf("Create: %v; the loser of a race gets the winner's record", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ids[c.ID] = true
			if created {
				winners++
			}
		})
	}
	wg.Wait()
	if winners != 1 || len(ids) != 1 {
		s.Errorf("10 concurrent calls of Create made %d records and returned created %d times; want one of each",
			len(ids), winners)
	}
}

func concurrentCreateOfMany(s *suite) {
	const each = 10
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			for j := range each {
				address := fmt.Sprintf("customer%d@example.com", i*each+j)
				c, created, err := s.repo.Create(s.Context(), customer.New{Shop: "main", Email: address})
				if err != nil || !created || c.Email != address {
					s.Errorf("Create(%s) gave %+v, created %v, error %v", address, c, created, err)
				}
			}
		})
	}
	wg.Wait()
	ids := make(map[string]string)
	for i := range 10 * each {
		address := fmt.Sprintf("customer%d@example.com", i)
		found := s.find("main", address)
		if len(found) != 1 {
			s.Errorf("FindByEmail(%s) gave %+v, want the record that was created", address, found)
			continue
		}
		if other, have := ids[found[0].ID]; have {
			s.Errorf("%s and %s have the same ID %s", other, address, found[0].ID)
		}
		ids[found[0].ID] = address
	}
}

func attachManager(s *suite) {
	c := s.create("main", "anna@example.com")
	for _, asked := range []string{"1", "2", "1"} {
		attached, err := s.repo.AttachManager(s.Context(), c.ID, asked)
		if err != nil || attached != "1" {
			s.Errorf("AttachManager(%s) gave %q, %v; want 1, which was attached first", asked, attached, err)
		}
	}
	if found := s.find("main", "anna@example.com"); len(found) != 1 || found[0].ManagerID != "1" {
		s.Errorf("FindByEmail after AttachManager gave %+v, want the manager 1", found)
	}
	for _, unknown := range []string{"no such customer", "999999999"} {
		if _, err := s.repo.AttachManager(s.Context(), unknown, "1"); !errors.Is(err, customer.ErrNotFound) {
			s.Errorf("AttachManager of the unknown customer %q gave the error %v, want customer.ErrNotFound",
				unknown, err)
		}
	}
}

func concurrentAttach(s *suite) {
	c := s.create("main", "anna@example.com")
	var mu sync.Mutex
	reported := make(map[string]bool)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			attached, err := s.repo.AttachManager(s.Context(), c.ID, fmt.Sprint(1+i%2))
			if err != nil {
				s.Errorf("AttachManager: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			reported[attached] = true
		})
	}
	wg.Wait()
	found := s.find("main", "anna@example.com")
	if len(reported) != 1 || len(found) != 1 || !reported[found[0].ManagerID] {
		s.Errorf("concurrent calls of AttachManager returned %v, and the repository has %+v; want one manager",
			reported, found)
	}
}

// addressesAreNotPatterns adds addresses that a repository confuses if it quotes
// badly, compares by patterns or truncates long text.
func addressesAreNotPatterns(s *suite) {
	long := strings.Repeat("a", 60) + "@" + strings.Repeat("sub.", 45) + "example.com"
	records := make(map[string]customer.Customer)
	addresses := []string{
		"anna@example.com", "a_na@example.com", "a%@example.com", "o'neill@example.com", "anna+shop@example.com",
		"an.na@example.com", "анна@example.com", "anna@xn--kse-qla.example", "anna@[192.0.2.1]", long, long + "x",
	}
	for _, address := range addresses {
		records[address] = s.create("main", address)
	}
	for _, address := range addresses {
		if found := s.find("main", address); len(found) != 1 || found[0] != records[address] {
			s.Errorf("FindByEmail(%s) gave %+v, want only its own record %+v", address, found, records[address])
		}
		again, created, err := s.repo.Create(s.Context(), customer.New{Shop: "main", Email: address})
		if err != nil || created || again != records[address] {
			s.Errorf("Create(%s) again gave %+v, created %v, error %v; want its own record %+v",
				address, again, created, err, records[address])
		}
	}
}
