package customertest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/postroom/postroom/customer"
)

// enteredByPeople are records with addresses as people typed them.
var enteredByPeople = []customer.Customer{
	{Shop: "main", Email: "Anna.Schmidt@Example.COM", Name: "Anna Schmidt", ManagerID: "1"},
	{Shop: "main", Email: "bob@example.com", Name: "Bob"},
	{Shop: "other", Email: "carl@example.com", Name: "Carl", ManagerID: "2"},
}

// international are records whose addresses need more than the ASCII folding of
// most databases.
var international = []customer.Customer{
	{Shop: "main", Email: "ÄNNE@example.com", Name: "Änne"},
	{Shop: "main", Email: "anna@Käse.example", Name: "Anna", ManagerID: "1"},
	{Shop: "main", Email: " bob@example.com ", Name: "Bob"},
}

// sameAddress are two records with one address, as manual entry and imports
// produce them.
var sameAddress = []customer.Customer{
	{Shop: "main", Email: "anna@example.com", Name: "Anna"},
	{Shop: "main", Email: "Anna@example.com", Name: "Anna Schmidt", ManagerID: "1"},
}

// normalized returns a record as the repository has to return it, without its ID.
func normalized(t *testing.T, c customer.Customer) customer.Customer {
	t.Helper()
	address, err := customer.Normalize(c.Email)
	if err != nil {
		t.Fatal(err)
	}
	c.ID, c.Email = "", address
	return c
}

func findByEmails(s *suite) {
	finder := s.finder()
	anna, bob := s.create("main", "anna@example.com"), s.create("main", "bob@example.com")
	s.create("other", "carl@example.com")
	var addresses []string
	for i := range 497 {
		addresses = append(addresses, fmt.Sprintf("nobody%d@example.com", i))
	}
	addresses = append(addresses, "carl@example.com", "bob@example.com", "anna@example.com")
	found, err := finder.FindByEmails(s.Context(), "main", addresses)
	if err != nil {
		s.Fatalf("FindByEmails of 500 addresses: %v", err)
	}
	want := map[string][]customer.Customer{anna.Email: {anna}, bob.Email: {bob}}
	if !maps.EqualFunc(found, want, slices.Equal) {
		s.Errorf("FindByEmails gave %+v, want %+v, and no key for an address without a customer in the shop",
			found, want)
	}
	if found, err := finder.FindByEmails(s.Context(), "main", nil); err != nil || len(found) != 0 {
		s.Errorf("FindByEmails of no address gave %v, %v", found, err)
	}
}

// existingRecords checks that the records that people entered are found, and that
// only their manager is changed.
func existingRecords(s *suite) {
	for _, record := range s.existing {
		want := normalized(s.T, record)
		found := s.find(want.Shop, want.Email)
		if len(found) != 1 {
			s.Fatalf("FindByEmail(%s, %s) gave %+v; want the one whose address was typed as %s",
				want.Shop, want.Email, found, record.Email)
		}
		if want.ID = found[0].ID; want.ID == "" || found[0] != want {
			s.Errorf("FindByEmail(%s, %s) gave %+v, want %+v with an ID", want.Shop, want.Email, found[0], want)
		}
		n := customer.New{Shop: want.Shop, Email: want.Email, Fields: s.fields("email")}
		got, created, err := s.repo.Create(s.Context(), n)
		if err != nil || created || got != want {
			s.Errorf("Create(%s, %s) gave %+v, created %v, error %v; want the existing record %+v, unchanged",
				want.Shop, want.Email, got, created, err, want)
		}
		if want.ManagerID == "" {
			want.ManagerID = "2"
		}
		attached, err := s.repo.AttachManager(s.Context(), want.ID, "2")
		if err != nil || attached != want.ManagerID {
			s.Errorf("AttachManager(2) of %s gave %q, %v; want %q", want.Email, attached, err, want.ManagerID)
		}
		if found := s.find(want.Shop, want.Email); len(found) != 1 || found[0] != want {
			s.Errorf("FindByEmail(%s, %s) gave %+v at the end, want %+v", want.Shop, want.Email, found, want)
		}
	}
}

// existingRecordsInOneQuery checks that FindByEmails finds what FindByEmail finds,
// keyed by the requested address.
func existingRecordsInOneQuery(s *suite) {
	finder := s.finder()
	var addresses []string
	for _, record := range s.existing {
		addresses = append(addresses, normalized(s.T, record).Email)
	}
	found, err := finder.FindByEmails(s.Context(), "main", addresses)
	if err != nil {
		s.Fatalf("FindByEmails(main, %q): %v", addresses, err)
	}
	for _, address := range addresses {
		if want := s.find("main", address); !slices.Equal(found[address], want) {
			s.Errorf("FindByEmails gave %+v for %s, FindByEmail %+v", found[address], address, want)
		}
	}
}

func severalRecords(s *suite) {
	found := s.find("main", "anna@example.com")
	if len(found) != 2 || found[0].ID == found[1].ID {
		s.Fatalf("FindByEmail gave %+v, want both records that have the address", found)
	}
	for range 10 {
		if again := s.find("main", "anna@example.com"); !slices.Equal(again, found) {
			s.Fatalf("FindByEmail gave %+v and then %+v: the first record must not change from call to call",
				found, again)
		}
	}
	got, created, err := s.repo.Create(s.Context(), customer.New{Shop: "main", Email: "anna@example.com"})
	if err != nil || created || got != found[0] {
		s.Errorf("Create gave %+v, created %v, error %v; want the first record %+v", got, created, err, found[0])
	}
	if finder, ok := s.repo.(customer.BatchFinder); ok {
		all, err := finder.FindByEmails(s.Context(), "main", []string{"anna@example.com"})
		if err != nil || !slices.Equal(all["anna@example.com"], found) {
			s.Errorf("FindByEmails gave %+v, %v; FindByEmail gave %+v", all, err, found)
		}
	}
}

func callerOwnsTheResult(s *suite) {
	c := s.create("main", "anna@example.com")
	found := s.find("main", "anna@example.com")
	found[0] = customer.Customer{ID: "changed by the caller"}
	if again := s.find("main", "anna@example.com"); len(again) != 1 || again[0] != c {
		s.Errorf("the next call gave %+v after a change to the returned slice: the caller must own the slice", again)
	}
}
