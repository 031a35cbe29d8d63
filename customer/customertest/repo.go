// Package customertest has the tests that an implementation of customer.Repo
// must pass. It imports nothing but the standard library and package customer.
package customertest

import (
	"context"
	"testing"

	"github.com/postroom/postroom/customer"
)

// TestRepo checks an implementation of customer.Repo, and of
// customer.BatchFinder and customer.FieldLister where it is one as well.
//
// For each test, open returns a customer base with these cards and no others. A
// card has the shop, address, name and manager given, and an ID of the base's
// own; the address is as a person has typed it, with capitals. The shops "main"
// and "other" may be used, and the managers "1" and "2" exist. A FieldLister that
// lists any custom fields has a field "source", of text; without one, cards are
// created without fields. Where a base cannot hold such cards (two with the same
// address, say), open calls t.Skip. It sees to the cleaning up by t.Cleanup.
func TestRepo(t *testing.T, open func(t *testing.T, cards []customer.Customer) customer.Repo) {
	for name, test := range map[string]struct {
		cards []customer.Customer
		run   func(*base)
	}{
		"CreateAndFind":                 {nil, createAndFind},
		"CreateAgain":                   {nil, createAgain},
		"ShopsAreSeparate":              {nil, shopsAreSeparate},
		"ConcurrentCreate":              {nil, concurrentCreate},
		"ConcurrentCreateOfMany":        {nil, concurrentCreateOfMany},
		"AttachManager":                 {nil, attachManager},
		"ConcurrentAttach":              {nil, concurrentAttach},
		"FindByEmails":                  {nil, findByEmails},
		"AddressesAreNotPatterns":       {nil, addressesAreNotPatterns},
		"CallerOwnsTheResult":           {nil, callerOwnsTheResult},
		"EndedContextIsNoticed":         {nil, endedContext},
		"FieldsAreListed":               {nil, fieldsAreListed},
		"CardsThatWereThere":            {existing, cardsThatWereThere},
		"CardsThatWereThereFoundAtOnce": {existing, cardsFoundAtOnce},
		"SeveralCardsWithOneAddress":    {sameAddress, severalCards},
		"AddressesBeyondASCII":          {international, cardsThatWereThere},
	} {
		t.Run(name, func(t *testing.T) { test.run(&base{T: t, repo: open(t, test.cards), cards: test.cards}) })
	}
}

// base is a customer base under test.
type base struct {
	*testing.T
	repo  customer.Repo
	cards []customer.Customer // that were there
}

// fields returns the custom fields to create a card with; nil where the base
// tells of none.
func (b *base) fields(source string) map[string]string {
	b.Helper()
	if lister, ok := b.repo.(customer.FieldLister); ok {
		fields, err := lister.Fields(b.Context())
		if err != nil {
			b.Fatalf("Fields: %v", err)
		}
		if len(fields) > 0 {
			return map[string]string{"source": source}
		}
	}
	return nil
}

// create adds the card of a new customer.
func (b *base) create(shop, address string) customer.Customer {
	b.Helper()
	c, created, err := b.repo.Create(b.Context(), customer.New{Shop: shop, Email: address, Fields: b.fields("email")})
	if err != nil || !created {
		b.Fatalf("Create(%s, %s) of a new customer gave created %v, error %v", shop, address, created, err)
	}
	return c
}

func (b *base) find(shop, address string) []customer.Customer {
	b.Helper()
	found, err := b.repo.FindByEmail(b.Context(), shop, address)
	if err != nil {
		b.Fatalf("FindByEmail(%s, %s): %v; nobody found is not an error", shop, address, err)
	}
	return found
}

// finder is the base's BatchFinder; the test ends where there is none.
func (b *base) finder() customer.BatchFinder {
	b.Helper()
	finder, ok := b.repo.(customer.BatchFinder)
	if !ok {
		b.Skip("the base has no customer.BatchFinder")
	}
	return finder
}

func endedContext(b *base) {
	c := b.create("main", "anna@example.com")
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	if _, err := b.repo.FindByEmail(ctx, "main", "anna@example.com"); err == nil {
		b.Error("FindByEmail with an ended context gave no error")
	}
	if _, _, err := b.repo.Create(ctx, customer.New{Shop: "main", Email: "bob@example.com"}); err == nil {
		b.Error("Create with an ended context gave no error")
	}
	if _, err := b.repo.AttachManager(ctx, c.ID, "1"); err == nil {
		b.Error("AttachManager with an ended context gave no error")
	}
	if found := b.find("main", "bob@example.com"); len(found) != 0 {
		b.Errorf("Create with an ended context gave an error, and yet there is the card %+v", found)
	}
	if found := b.find("main", "anna@example.com"); len(found) != 1 || found[0] != c {
		b.Errorf("AttachManager with an ended context gave an error, and yet the card is %+v; it was %+v", found, c)
	}
}

func fieldsAreListed(b *base) {
	lister, ok := b.repo.(customer.FieldLister)
	if !ok {
		b.Skip("the base has no customer.FieldLister")
	}
	fields, err := lister.Fields(b.Context())
	if err != nil {
		b.Fatalf("Fields: %v", err)
	}
	if len(fields) == 0 {
		b.Skip("the base has no custom fields")
	}
	if err := customer.CheckFields(fields, map[string]string{"source": "email"}); err != nil {
		b.Errorf("Fields gave %+v, where the field source is to hold text: %v", fields, err)
	}
}
