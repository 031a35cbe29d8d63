package customertest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/postroom/postroom/customer"
)

func createAndFind(b *base) {
	if found := b.find("main", "anna@example.com"); len(found) != 0 {
		b.Fatalf("FindByEmail in an empty base gave %+v", found)
	}
	c := b.create("main", "anna@example.com")
	want := customer.Customer{ID: c.ID, Shop: "main", Email: "anna@example.com"}
	if c.ID == "" || c != want {
		b.Errorf("Create gave %+v, want an ID, the shop, the address and nothing else", c)
	}
	if found := b.find("main", "anna@example.com"); len(found) != 1 || found[0] != c {
		b.Errorf("FindByEmail gave %+v, want the created %+v", found, c)
	}
	if found := b.find("main", "ann@example.com"); len(found) != 0 {
		b.Errorf("FindByEmail of another address gave %+v", found)
	}
}

func createAgain(b *base) {
	first := b.create("main", "anna@example.com")
	if _, err := b.repo.AttachManager(b.Context(), first.ID, "1"); err != nil {
		b.Fatalf("AttachManager: %v", err)
	}
	again, created, err := b.repo.Create(b.Context(), customer.New{Shop: "main", Email: "anna@example.com", Fields: b.fields("elsewhere")})
	if err != nil || created {
		b.Fatalf("Create of an address that is there gave created %v, error %v; want the card that exists", created, err)
	}
	if again.ID != first.ID || again.ManagerID != "1" {
		b.Errorf("Create gave %+v, want the first card %s with its manager 1, unchanged", again, first.ID)
	}
	if found := b.find("main", "anna@example.com"); len(found) != 1 {
		b.Errorf("FindByEmail gave %+v after two calls of Create, want one card", found)
	}
}

func shopsAreSeparate(b *base) {
	here := b.create("main", "anna@example.com")
	if found := b.find("other", "anna@example.com"); len(found) != 0 {
		b.Errorf("FindByEmail in another shop gave %+v", found)
	}
	if there := b.create("other", "anna@example.com"); there.ID == here.ID {
		b.Errorf("two shops share the card %s", here.ID)
	}
}

func concurrentCreate(b *base) {
	var mu sync.Mutex
	ids, winners := make(map[string]bool), 0
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			c, created, err := b.repo.Create(b.Context(), customer.New{Shop: "main", Email: "anna@example.com"})
			if err != nil {
				b.Errorf("Create: %v; the loser of a race gets the winner's card", err)
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
		b.Errorf("10 concurrent calls of Create made %d cards and said created %d times; want one of each", len(ids), winners)
	}
}

func concurrentCreateOfMany(b *base) {
	const each = 10
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			for j := range each {
				address := fmt.Sprintf("customer%d@example.com", i*each+j)
				if c, created, err := b.repo.Create(b.Context(), customer.New{Shop: "main", Email: address}); err != nil || !created || c.Email != address {
					b.Errorf("Create(%s) gave %+v, created %v, error %v", address, c, created, err)
				}
			}
		})
	}
	wg.Wait()
	ids := make(map[string]string)
	for i := range 10 * each {
		address := fmt.Sprintf("customer%d@example.com", i)
		found := b.find("main", address)
		if len(found) != 1 {
			b.Errorf("FindByEmail(%s) gave %+v, want the card that was created", address, found)
			continue
		}
		if other, have := ids[found[0].ID]; have {
			b.Errorf("%s and %s have the same ID %s", other, address, found[0].ID)
		}
		ids[found[0].ID] = address
	}
}

func attachManager(b *base) {
	c := b.create("main", "anna@example.com")
	for _, asked := range []string{"1", "2", "1"} {
		attached, err := b.repo.AttachManager(b.Context(), c.ID, asked)
		if err != nil || attached != "1" {
			b.Errorf("AttachManager(%s) gave %q, %v; want 1, who was first", asked, attached, err)
		}
	}
	if found := b.find("main", "anna@example.com"); len(found) != 1 || found[0].ManagerID != "1" {
		b.Errorf("FindByEmail after AttachManager gave %+v, want the manager 1", found)
	}
	for _, unknown := range []string{"no such customer", "999999999"} {
		if _, err := b.repo.AttachManager(b.Context(), unknown, "1"); !errors.Is(err, customer.ErrNotFound) {
			b.Errorf("AttachManager of the unknown customer %q gave the error %v, want customer.ErrNotFound", unknown, err)
		}
	}
}

func concurrentAttach(b *base) {
	c := b.create("main", "anna@example.com")
	var mu sync.Mutex
	said := make(map[string]bool)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			attached, err := b.repo.AttachManager(b.Context(), c.ID, fmt.Sprint(1+i%2))
			if err != nil {
				b.Errorf("AttachManager: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			said[attached] = true
		})
	}
	wg.Wait()
	if found := b.find("main", "anna@example.com"); len(said) != 1 || len(found) != 1 || !said[found[0].ManagerID] {
		b.Errorf("concurrent calls of AttachManager said that %v are attached, and the base has %+v; want one manager everywhere", said, found)
	}
}

// addressesAreNotPatterns puts addresses side by side that are one for a base
// that quotes badly, compares by patterns or cuts long text off.
func addressesAreNotPatterns(b *base) {
	long := strings.Repeat("a", 60) + "@" + strings.Repeat("sub.", 45) + "example.com"
	cards := make(map[string]customer.Customer)
	addresses := []string{"anna@example.com", "a_na@example.com", "a%@example.com", "o'neill@example.com", "anna+shop@example.com",
		"an.na@example.com", "анна@example.com", "anna@xn--kse-qla.example", "anna@[192.0.2.1]", long, long + "x"}
	for _, address := range addresses {
		cards[address] = b.create("main", address)
	}
	for _, address := range addresses {
		if found := b.find("main", address); len(found) != 1 || found[0] != cards[address] {
			b.Errorf("FindByEmail(%s) gave %+v, want its own card %+v alone", address, found, cards[address])
		}
		again, created, err := b.repo.Create(b.Context(), customer.New{Shop: "main", Email: address})
		if err != nil || created || again != cards[address] {
			b.Errorf("Create(%s) again gave %+v, created %v, error %v; want its own card %+v", address, again, created, err, cards[address])
		}
	}
}
