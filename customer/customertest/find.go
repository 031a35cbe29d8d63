package customertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/postroom/postroom/customer"
)

// existing are cards of a shop that has had customers for years.
var existing = []customer.Customer{
	{Shop: "main", Email: "Anna.Schmidt@Example.COM", Name: "Anna Schmidt", ManagerID: "1"},
	{Shop: "main", Email: "bob@example.com", Name: "Bob"},
	{Shop: "other", Email: "carl@example.com", Name: "Carl", ManagerID: "2"},
}

// international are cards whose addresses no database folds by itself.
var international = []customer.Customer{
	{Shop: "main", Email: "ÄNNE@example.com", Name: "Änne"},
	{Shop: "main", Email: "anna@Käse.example", Name: "Anna", ManagerID: "1"},
	{Shop: "main", Email: " bob@example.com ", Name: "Bob"},
}

// sameAddress are two cards with one address, as they come into a base by hand
// and by imports.
var sameAddress = []customer.Customer{
	{Shop: "main", Email: "anna@example.com", Name: "Anna"},
	{Shop: "main", Email: "Anna@example.com", Name: "Anna Schmidt", ManagerID: "1"},
}

// normal is a card as the base has to return it.
func normal(t *testing.T, c customer.Customer) customer.Customer {
	t.Helper()
	address, err := customer.Normalize(c.Email)
	if err != nil {
		t.Fatal(err)
	}
	c.ID, c.Email = "", address
	return c
}

func findByEmails(b *base) {
	finder := b.finder()
	anna, bob := b.create("main", "anna@example.com"), b.create("main", "bob@example.com")
	b.create("other", "carl@example.com")
	var addresses []string
	for i := range 497 {
		addresses = append(addresses, fmt.Sprintf("nobody%d@example.com", i))
	}
	addresses = append(addresses, "carl@example.com", "bob@example.com", "anna@example.com")
	found, err := finder.FindByEmails(b.Context(), "main", addresses)
	if err != nil {
		b.Fatalf("FindByEmails of 500 addresses: %v", err)
	}
	if len(found) != 2 || len(found[anna.Email]) != 1 || found[anna.Email][0] != anna || len(found[bob.Email]) != 1 || found[bob.Email][0] != bob {
		b.Errorf("FindByEmails gave %+v, want %+v and %+v, and no key for addresses nobody in the shop has", found, anna, bob)
	}
	if found, err := finder.FindByEmails(b.Context(), "main", nil); err != nil || len(found) != 0 {
		b.Errorf("FindByEmails of no address gave %v, %v", found, err)
	}
}

// cardsThatWereThere: what people have entered is found, and nothing about it
// changes.
func cardsThatWereThere(b *base) {
	for _, card := range b.cards {
		want := normal(b.T, card)
		found := b.find(want.Shop, want.Email)
		if len(found) != 1 {
			b.Fatalf("FindByEmail(%s, %s) gave %+v; there is one, whose address was typed as %s", want.Shop, want.Email, found, card.Email)
		}
		if want.ID = found[0].ID; want.ID == "" || found[0] != want {
			b.Errorf("FindByEmail(%s, %s) gave %+v, want %+v with an ID", want.Shop, want.Email, found[0], want)
		}
		got, created, err := b.repo.Create(b.Context(), customer.New{Shop: want.Shop, Email: want.Email, Fields: b.fields("email")})
		if err != nil || created || got != want {
			b.Errorf("Create(%s, %s) gave %+v, created %v, error %v; want the card that was there, %+v, unchanged", want.Shop, want.Email, got, created, err, want)
		}
		if want.ManagerID == "" {
			want.ManagerID = "2"
		}
		attached, err := b.repo.AttachManager(b.Context(), want.ID, "2")
		if err != nil || attached != want.ManagerID {
			b.Errorf("AttachManager(2) of %s gave %q, %v; want %q", want.Email, attached, err, want.ManagerID)
		}
		if found := b.find(want.Shop, want.Email); len(found) != 1 || found[0] != want {
			b.Errorf("FindByEmail(%s, %s) gave %+v in the end, want %+v", want.Shop, want.Email, found, want)
		}
	}
}

// cardsFoundAtOnce: FindByEmails gives what FindByEmail gives, under the address
// that was asked for.
func cardsFoundAtOnce(b *base) {
	finder := b.finder()
	var addresses []string
	for _, card := range existing {
		addresses = append(addresses, normal(b.T, card).Email)
	}
	found, err := finder.FindByEmails(b.Context(), "main", addresses)
	if err != nil {
		b.Fatalf("FindByEmails(main, %q): %v", addresses, err)
	}
	for _, address := range addresses {
		if want := b.find("main", address); !slices.Equal(found[address], want) {
			b.Errorf("FindByEmails gave %+v for %s, FindByEmail %+v", found[address], address, want)
		}
	}
}

func severalCards(b *base) {
	found := b.find("main", "anna@example.com")
	if len(found) != 2 || found[0].ID == found[1].ID {
		b.Fatalf("FindByEmail gave %+v, want both cards that have the address", found)
	}
	for range 10 {
		if again := b.find("main", "anna@example.com"); !slices.Equal(again, found) {
			b.Fatalf("FindByEmail gave %+v and then %+v: which match is best must not change from call to call", found, again)
		}
	}
	got, created, err := b.repo.Create(b.Context(), customer.New{Shop: "main", Email: "anna@example.com"})
	if err != nil || created || got != found[0] {
		b.Errorf("Create gave %+v, created %v, error %v; want the best match %+v", got, created, err, found[0])
	}
	if finder, ok := b.repo.(customer.BatchFinder); ok {
		if all, err := finder.FindByEmails(b.Context(), "main", []string{"anna@example.com"}); err != nil || !slices.Equal(all["anna@example.com"], found) {
			b.Errorf("FindByEmails gave %+v, %v; FindByEmail gave %+v", all, err, found)
		}
	}
}

func callerOwnsTheResult(b *base) {
	c := b.create("main", "anna@example.com")
	found := b.find("main", "anna@example.com")
	found[0] = customer.Customer{ID: "changed by the caller"}
	if again := b.find("main", "anna@example.com"); len(again) != 1 || again[0] != c {
		b.Errorf("a change to the returned slice is seen by the next caller, who got %+v: the caller has to own it", again)
	}
}
