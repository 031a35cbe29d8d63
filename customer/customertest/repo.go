// Package customertest has the tests that an implementation of customer.Repo
// must pass. It imports only the standard library and package customer.
package customertest

import (
	"context"
	"testing"

	"github.com/postroom/postroom/customer"
)

// TestRepo checks an implementation of customer.Repo. If the implementation is a
// customer.BatchFinder or a customer.FieldLister too, TestRepo checks that as
// well.
//
// For each test, open returns a repository that has the given records and no
// others. Each record has the given shop, address, name and manager, and an ID
// that the repository chooses. The address is as a person typed it, with
// capitals. If the repository cannot hold such records (two with the same
// address, for example), open calls t.Skip. It registers its cleanup with
// t.Cleanup.
//
// The tests use the shops "main" and "other" and the managers "1" and "2", which must
// exist. If the repository is a FieldLister that lists any custom fields, it must
// define a field "source" of type FieldString. Otherwise records are created without
// custom fields.
func TestRepo(t *testing.T, open func(t *testing.T, existing []customer.Customer) customer.Repo) {
	for name, test := range map[string]struct {
		existing []customer.Customer
		run      func(*suite)
	}{
		"CreateAndFind":                {nil, createAndFind},
		"CreateAgain":                  {nil, createAgain},
		"ShopsAreSeparate":             {nil, shopsAreSeparate},
		"ConcurrentCreate":             {nil, concurrentCreate},
		"ConcurrentCreateOfMany":       {nil, concurrentCreateOfMany},
		"AttachManager":                {nil, attachManager},
		"ConcurrentAttach":             {nil, concurrentAttach},
		"FindByEmails":                 {nil, findByEmails},
		"AddressesAreNotPatterns":      {nil, addressesAreNotPatterns},
		"CallerOwnsTheResult":          {nil, callerOwnsTheResult},
		"CanceledContext":              {nil, canceledContext},
		"FieldsAreListed":              {nil, fieldsAreListed},
		"ExistingRecords":              {enteredByPeople, existingRecords},
		"ExistingRecordsInOneQuery":    {enteredByPeople, existingRecordsInOneQuery},
		"SeveralRecordsWithOneAddress": {sameAddress, severalRecords},
		"AddressesBeyondASCII":         {international, existingRecords},
	} {
		t.Run(name, func(t *testing.T) {
			test.run(&suite{T: t, repo: open(t, test.existing), existing: test.existing})
		})
	}
}

// suite is one test of a repository.
type suite struct {
	*testing.T
	repo     customer.Repo
	existing []customer.Customer // the records that open entered
}

// fields returns the custom fields of a record to create, or nil if the
// repository lists none.
func (s *suite) fields(source string) map[string]string {
	s.Helper()
	if lister, ok := s.repo.(customer.FieldLister); ok {
		fields, err := lister.Fields(s.Context())
		if err != nil {
			s.Fatalf("Fields: %v", err)
		}
		if len(fields) > 0 {
			return map[string]string{"source": source}
		}
	}
	return nil
}

// create adds the record of a new customer.
func (s *suite) create(shop, address string) customer.Customer {
	s.Helper()
	n := customer.New{Shop: shop, Email: address, Fields: s.fields("email")}
	c, created, err := s.repo.Create(s.Context(), n)
	if err != nil || !created {
		s.Fatalf("Create(%s, %s) of a new customer gave created %v, error %v", shop, address, created, err)
	}
	return c
}

func (s *suite) find(shop, address string) []customer.Customer {
	s.Helper()
	found, err := s.repo.FindByEmail(s.Context(), shop, address)
	if err != nil {
		s.Fatalf("FindByEmail(%s, %s): %v; a missing customer is not an error", shop, address, err)
	}
	return found
}

// finder returns the repository as a BatchFinder. It skips the test if the
// repository is none.
func (s *suite) finder() customer.BatchFinder {
	s.Helper()
	finder, ok := s.repo.(customer.BatchFinder)
	if !ok {
		s.Skip("the repository is not a customer.BatchFinder")
	}
	return finder
}

func canceledContext(s *suite) {
	c := s.create("main", "anna@example.com")
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	if _, err := s.repo.FindByEmail(ctx, "main", "anna@example.com"); err == nil {
		s.Error("FindByEmail with a canceled context gave no error")
	}
	if _, _, err := s.repo.Create(ctx, customer.New{Shop: "main", Email: "bob@example.com"}); err == nil {
		s.Error("Create with a canceled context gave no error")
	}
	if _, err := s.repo.AttachManager(ctx, c.ID, "1"); err == nil {
		s.Error("AttachManager with a canceled context gave no error")
	}
	if found := s.find("main", "bob@example.com"); len(found) != 0 {
		s.Errorf("Create with a canceled context gave an error, but the record %+v exists", found)
	}
	if found := s.find("main", "anna@example.com"); len(found) != 1 || found[0] != c {
		s.Errorf("AttachManager with a canceled context gave an error, but changed the record from %+v to %+v",
			c, found)
	}
}

func fieldsAreListed(s *suite) {
	lister, ok := s.repo.(customer.FieldLister)
	if !ok {
		s.Skip("the repository is not a customer.FieldLister")
	}
	fields, err := lister.Fields(s.Context())
	if err != nil {
		s.Fatalf("Fields: %v", err)
	}
	if len(fields) == 0 {
		s.Skip("the repository has no custom fields")
	}
	if err := customer.CheckFields(fields, map[string]string{"source": "email"}); err != nil {
		s.Errorf("Fields gave %+v; want a field \"source\" of type FieldString: %v", fields, err)
	}
}
