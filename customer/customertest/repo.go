// Package customertest has the tests that an implementation of customer.Repo
// must pass. It imports nothing but the standard library and package customer.
package customertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/postroom/postroom/customer"
)

// TestRepo checks an implementation of customer.Repo, and of
// customer.BatchFinder where it is one. open returns a base without customers
// for each test, in which the shops "main" and "other" and the managers "m1" and
// "m2" may be used and the custom field "source" holds text; it sees to the
// cleaning up itself, by t.Cleanup.
func TestRepo(t *testing.T, open func(t *testing.T) customer.Repo) {
	tests := map[string]func(*testing.T, customer.Repo){
		"CreateAndFind":         createAndFind,
		"CreateAgain":           createAgain,
		"ShopsAreSeparate":      shopsAreSeparate,
		"ConcurrentCreate":      concurrentCreate,
		"AttachManager":         attachManager,
		"ConcurrentAttach":      concurrentAttach,
		"FindByEmails":          findByEmails,
		"EndedContextIsNoticed": endedContext,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func create(t *testing.T, repo customer.Repo, shop, address string) customer.Customer {
	t.Helper()
	c, created, err := repo.Create(t.Context(), customer.New{Shop: shop, Email: address, Fields: map[string]string{"source": "email"}})
	if err != nil || !created {
		t.Fatalf("Create(%s, %s) of a new customer gave created %v, error %v", shop, address, created, err)
	}
	return c
}

func find(t *testing.T, repo customer.Repo, shop, address string) []customer.Customer {
	t.Helper()
	found, err := repo.FindByEmail(t.Context(), shop, address)
	if err != nil {
		t.Fatalf("FindByEmail(%s, %s): %v; nobody found is not an error", shop, address, err)
	}
	return found
}

func createAndFind(t *testing.T, repo customer.Repo) {
	if found := find(t, repo, "main", "anna@example.com"); len(found) != 0 {
		t.Fatalf("FindByEmail in an empty base gave %+v", found)
	}
	c := create(t, repo, "main", "anna@example.com")
	want := customer.Customer{ID: c.ID, Shop: "main", Email: "anna@example.com"}
	if c.ID == "" || c != want {
		t.Errorf("Create gave %+v, want an ID, the shop, the address and nothing else", c)
	}
	if found := find(t, repo, "main", "anna@example.com"); len(found) != 1 || found[0] != c {
		t.Errorf("FindByEmail gave %+v, want the created %+v", found, c)
	}
	if found := find(t, repo, "main", "ann@example.com"); len(found) != 0 {
		t.Errorf("FindByEmail of another address gave %+v", found)
	}
}

func createAgain(t *testing.T, repo customer.Repo) {
	first := create(t, repo, "main", "anna@example.com")
	if _, err := repo.AttachManager(t.Context(), first.ID, "m1"); err != nil {
		t.Fatalf("AttachManager: %v", err)
	}
	again, created, err := repo.Create(t.Context(), customer.New{Shop: "main", Email: "anna@example.com", Fields: map[string]string{"source": "elsewhere"}})
	if err != nil || created {
		t.Fatalf("Create of an address that is there gave created %v, error %v; want the card that exists", created, err)
	}
	if again.ID != first.ID || again.ManagerID != "m1" {
		t.Errorf("Create gave %+v, want the first card %s with its manager m1, unchanged", again, first.ID)
	}
}

func shopsAreSeparate(t *testing.T, repo customer.Repo) {
	here := create(t, repo, "main", "anna@example.com")
	if found := find(t, repo, "other", "anna@example.com"); len(found) != 0 {
		t.Errorf("FindByEmail in another shop gave %+v", found)
	}
	if there := create(t, repo, "other", "anna@example.com"); there.ID == here.ID {
		t.Errorf("two shops share the card %s", here.ID)
	}
}

func concurrentCreate(t *testing.T, repo customer.Repo) {
	var mu sync.Mutex
	ids, winners := make(map[string]bool), 0
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			c, created, err := repo.Create(t.Context(), customer.New{Shop: "main", Email: "anna@example.com"})
			if err != nil {
				t.Errorf("Create: %v; the loser of a race gets the winner's card", err)
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
		t.Errorf("10 concurrent calls of Create made %d cards and said created %d times; want one of each", len(ids), winners)
	}
}

func attachManager(t *testing.T, repo customer.Repo) {
	c := create(t, repo, "main", "anna@example.com")
	for _, asked := range []string{"m1", "m2", "m1"} {
		attached, err := repo.AttachManager(t.Context(), c.ID, asked)
		if err != nil || attached != "m1" {
			t.Errorf("AttachManager(%s) gave %q, %v; want m1, who was first", asked, attached, err)
		}
	}
	if found := find(t, repo, "main", "anna@example.com"); len(found) != 1 || found[0].ManagerID != "m1" {
		t.Errorf("FindByEmail after AttachManager gave %+v, want the manager m1", found)
	}
	if _, err := repo.AttachManager(t.Context(), "no such customer", "m1"); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("AttachManager of an unknown customer gave the error %v, want customer.ErrNotFound", err)
	}
}

func concurrentAttach(t *testing.T, repo customer.Repo) {
	c := create(t, repo, "main", "anna@example.com")
	var mu sync.Mutex
	said := make(map[string]bool)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			attached, err := repo.AttachManager(t.Context(), c.ID, fmt.Sprint("m", 1+i%2))
			if err != nil {
				t.Errorf("AttachManager: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			said[attached] = true
		})
	}
	wg.Wait()
	if found := find(t, repo, "main", "anna@example.com"); len(said) != 1 || len(found) != 1 || !said[found[0].ManagerID] {
		t.Errorf("concurrent calls of AttachManager said that %v are attached, and the base has %+v; want one manager everywhere", said, found)
	}
}

func findByEmails(t *testing.T, repo customer.Repo) {
	finder, ok := repo.(customer.BatchFinder)
	if !ok {
		t.Skip("the base has no customer.BatchFinder")
	}
	anna, bob := create(t, repo, "main", "anna@example.com"), create(t, repo, "main", "bob@example.com")
	create(t, repo, "other", "carl@example.com")
	addresses := []string{"carl@example.com", "bob@example.com", "anna@example.com"}
	for i := range 497 {
		addresses = append(addresses, fmt.Sprintf("nobody%d@example.com", i))
	}
	found, err := finder.FindByEmails(t.Context(), "main", addresses)
	if err != nil {
		t.Fatalf("FindByEmails of 500 addresses: %v", err)
	}
	if len(found) != 2 || len(found[anna.Email]) != 1 || found[anna.Email][0] != anna || len(found[bob.Email]) != 1 || found[bob.Email][0] != bob {
		t.Errorf("FindByEmails gave %+v, want %+v and %+v, and no key for addresses nobody in the shop has", found, anna, bob)
	}
	if found, err := finder.FindByEmails(t.Context(), "main", nil); err != nil || len(found) != 0 {
		t.Errorf("FindByEmails of no address gave %v, %v", found, err)
	}
}

func endedContext(t *testing.T, repo customer.Repo) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := repo.FindByEmail(ctx, "main", "anna@example.com"); err == nil {
		t.Error("FindByEmail with an ended context gave no error")
	}
	if _, _, err := repo.Create(ctx, customer.New{Shop: "main", Email: "anna@example.com"}); err == nil {
		t.Error("Create with an ended context gave no error")
	}
}
