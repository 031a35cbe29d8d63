package customertest_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/customer/customertest"
	"github.com/postroom/postroom/internal/mutant"
)

func TestRepo_CatchesBrokenRepos(t *testing.T) {
	mutant.Run(t, map[string]mutant.Mutant{
		"CreatesTwice":             repo(createsTwice, "CreateAgain", "want the existing record"),
		"LosesRaces":               repo(losesRaces, "ConcurrentCreate", "want one of each"),
		"CountsRecords":            repo(countsRecords, "ConcurrentCreateOfMany", "have the same ID"),
		"FillsInTheName":           repo(fillsInTheName, "CreateAndFind", "and nothing else"),
		"OverwritesTheManager":     repo(overwritesTheManager, "AttachManager", "want 1, which was attached first"),
		"OverwritesTheHostManager": repo(overwritesTheManager, "ExistingRecords", `@example.com gave "2"`),
		"EchoesTheManager":         repo(echoesTheManager, "ConcurrentAttach", "want one manager"),
		"AttachesToNobody":         repo(attachesToNobody, "AttachManager", "want customer.ErrNotFound"),
		"LooksInAllShops":          repo(looksInAllShops, "ShopsAreSeparate", "FindByEmail in a different shop"),
		"NobodyIsAnError":          repo(nobodyIsAnError, "CreateAndFind", "a missing customer is not an error"),
		"ComparesCapitals":         repo(comparesCapitals, "ExistingRecords", "typed as Anna.Schmidt@Example.COM"),
		"ShowsAddressesAsTyped":    repo(showsAddressesAsTyped, "ExistingRecords", "want {ID:"),
		"KeysByAddressAsTyped":     repo(keysByAddressAsTyped, "ExistingRecordsInOneQuery", "gave [] for anna"),
		"FoldsASCIIOnly":           repo(foldsASCIIOnly, "AddressesBeyondASCII", "was typed as"),
		"ComparesByPattern":        repo(comparesByPattern, "AddressesAreNotPatterns", "want only its own record"),
		"CutsAddresses":            repo(cutsAddresses, "AddressesAreNotPatterns", "customer gave created false"),
		"FindsTheFirst100":         repo(findsTheFirst100, "FindByEmails", "no key for an address without a customer"),
		"HasKeysForNobody":         repo(hasKeysForNobody, "FindByEmails", "no key for an address without a customer"),
		"ShowsOneOfSeveral":        repo(showsOneOfSeveral, "SeveralRecordsWithOneAddress", "want both records"),
		"BestMatchChanges":         repo(bestMatchChanges, "SeveralRecordsWithOneAddress", "must not change"),
		"IgnoresContexts":          repo(ignoresContexts, "CanceledContext", "gave no error"),
		"LendsItsCache":            repo(lendsItsCache, "CallerOwnsTheResult", "the caller must own the slice"),
		"HidesFields":              repo(hidesFields, "FieldsAreListed", `want a field "source" of type FieldString`),
	})
}

// spoiled is a correct repository with some methods replaced.
type spoiled struct {
	*memstore.Customers
	typed   map[string]string // addresses as they were typed, by their normalized form
	find    func(ctx context.Context, shop, address string) ([]customer.Customer, error)
	findAll func(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error)
	create  func(context.Context, customer.New) (customer.Customer, bool, error)
	attach  func(ctx context.Context, customerID, managerID string) (string, error)
	fields  func(context.Context) ([]customer.Field, error)
}

func (s *spoiled) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	return s.find(ctx, shop, address)
}

func (s *spoiled) FindByEmails(
	ctx context.Context, shop string, addresses []string,
) (map[string][]customer.Customer, error) {
	return s.findAll(ctx, shop, addresses)
}

func (s *spoiled) Create(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
	return s.create(ctx, n)
}

func (s *spoiled) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	return s.attach(ctx, customerID, managerID)
}

func (s *spoiled) Fields(ctx context.Context) ([]customer.Field, error) { return s.fields(ctx) }

// repo runs the suite on a correct repository that spoil has broken.
func repo(spoil func(*spoiled), where, says string) mutant.Mutant {
	return mutant.Mutant{Where: where, Says: says, Suite: func(t *testing.T) {
		customertest.TestRepo(t, func(_ *testing.T, existing []customer.Customer) customer.Repo {
			good := memstore.NewCustomers(existing...)
			good.DefineFields(customer.Field{Name: "source"})
			s := &spoiled{
				Customers: good, typed: make(map[string]string),
				find: good.FindByEmail, findAll: good.FindByEmails,
				create: good.Create, attach: good.AttachManager, fields: good.Fields,
			}
			for _, c := range existing {
				s.typed[strings.ToLower(c.Email)] = c.Email
			}
			spoil(s)
			return s
		})
	}}
}

func createsTwice(s *spoiled) {
	s.create = func(_ context.Context, n customer.New) (customer.Customer, bool, error) {
		s.Put(customer.Customer{Shop: n.Shop, Email: n.Email})
		all := s.All()
		return all[len(all)-1], true, nil
	}
}

// losesRaces checks whether there is a record, and adds one in a second step.
func losesRaces(s *spoiled) {
	good, twice := s.create, new(spoiled)
	*twice = *s
	createsTwice(twice)
	var callers atomic.Int32
	s.create = func(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
		if callers.Add(1) <= 2 { // both checked before either added
			return twice.create(ctx, n)
		}
		return good(ctx, n)
	}
}

// countsRecords uses the number of records as an identifier.
func countsRecords(s *spoiled) {
	var ids atomic.Int32
	s.create = func(_ context.Context, n customer.New) (customer.Customer, bool, error) {
		return customer.Customer{ID: "c1", Shop: n.Shop, Email: n.Email}, true, nil
	}
	s.find = func(_ context.Context, shop, address string) ([]customer.Customer, error) {
		return []customer.Customer{{ID: string('0' + rune(ids.Add(1)/2)), Shop: shop, Email: address}}, nil
	}
}

func fillsInTheName(s *spoiled) {
	good := s.create
	s.create = func(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
		c, created, err := good(ctx, n)
		c.Name, _, _ = strings.Cut(c.Email, "@")
		return c, created, err
	}
}

func overwritesTheManager(s *spoiled) {
	s.attach = func(_ context.Context, customerID, managerID string) (string, error) {
		for _, c := range s.All() {
			if c.ID == customerID {
				c.ManagerID = managerID
				s.Put(c)
			}
		}
		return managerID, nil
	}
}

func echoesTheManager(s *spoiled) {
	good := s.attach
	s.attach = func(ctx context.Context, customerID, managerID string) (string, error) {
		_, err := good(ctx, customerID, managerID)
		return managerID, err
	}
}

func attachesToNobody(s *spoiled) {
	good := s.attach
	s.attach = func(ctx context.Context, customerID, managerID string) (string, error) {
		attached, err := good(ctx, customerID, managerID)
		if errors.Is(err, customer.ErrNotFound) {
			return managerID, nil // UPDATE changed no row, and the result is not checked
		}
		return attached, err
	}
}

func looksInAllShops(s *spoiled) {
	s.find = func(_ context.Context, _, address string) (found []customer.Customer, err error) {
		for _, c := range s.All() {
			if c.Email == address {
				found = append(found, c)
			}
		}
		return found, nil
	}
}

func nobodyIsAnError(s *spoiled) {
	good := s.find
	s.find = func(ctx context.Context, shop, address string) ([]customer.Customer, error) {
		found, err := good(ctx, shop, address)
		if len(found) == 0 {
			return nil, customer.ErrNotFound
		}
		return found, err
	}
}

func comparesCapitals(s *spoiled) {
	good := s.find
	s.find = func(ctx context.Context, shop, address string) ([]customer.Customer, error) {
		if typed, have := s.typed[address]; have && typed != address {
			return nil, nil
		}
		return good(ctx, shop, address)
	}
}

func foldsASCIIOnly(s *spoiled) {
	good := s.find
	s.find = func(ctx context.Context, shop, address string) ([]customer.Customer, error) {
		if strings.Contains(address, "xn--") || strings.Contains(address, "ä") {
			return nil, nil
		}
		return good(ctx, shop, address)
	}
}

func showsAddressesAsTyped(s *spoiled) {
	good := s.find
	s.find = func(ctx context.Context, shop, address string) ([]customer.Customer, error) {
		found, err := good(ctx, shop, address)
		for i := range found {
			if typed, have := s.typed[address]; have {
				found[i].Email = typed
			}
		}
		return found, err
	}
}

func keysByAddressAsTyped(s *spoiled) {
	good := s.findAll
	s.findAll = func(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error) {
		found, err := good(ctx, shop, addresses)
		for address, typed := range s.typed {
			if customers := found[address]; customers != nil {
				delete(found, address)
				found[typed] = customers
			}
		}
		return found, err
	}
}

// comparesByPattern compares by LIKE.
func comparesByPattern(s *spoiled) {
	s.find = func(_ context.Context, shop, address string) (found []customer.Customer, err error) {
		pattern := strings.NewReplacer("_", "?", "%", "*", "[", `\[`).Replace(address)
		for _, c := range s.All() {
			if same, _ := path.Match(pattern, c.Email); same && c.Shop == shop {
				found = append(found, c)
			}
		}
		return found, nil
	}
}

// cutsAddresses stores addresses in a column that is too narrow.
func cutsAddresses(s *spoiled) {
	good := s.create
	s.create = func(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
		n.Email = n.Email[:min(len(n.Email), 128)]
		return good(ctx, n)
	}
}

func findsTheFirst100(s *spoiled) {
	good := s.findAll
	s.findAll = func(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error) {
		return good(ctx, shop, addresses[:min(len(addresses), 100)])
	}
}

func hasKeysForNobody(s *spoiled) {
	good := s.findAll
	s.findAll = func(ctx context.Context, shop string, addresses []string) (map[string][]customer.Customer, error) {
		found, err := good(ctx, shop, addresses)
		for _, address := range addresses {
			found[address] = append(found[address], []customer.Customer{}...)
		}
		return found, err
	}
}

func showsOneOfSeveral(s *spoiled) {
	good := s.find
	s.find = func(ctx context.Context, shop, address string) ([]customer.Customer, error) {
		found, err := good(ctx, shop, address)
		return found[:min(len(found), 1)], err
	}
}

// bestMatchChanges has no ORDER BY.
func bestMatchChanges(s *spoiled) {
	good, calls := s.find, 0
	s.find = func(ctx context.Context, shop, address string) ([]customer.Customer, error) {
		found, err := good(ctx, shop, address)
		if calls++; len(found) == 2 && calls%3 == 0 {
			found[0], found[1] = found[1], found[0]
		}
		return found, err
	}
}

func ignoresContexts(s *spoiled) {
	good := s.attach
	s.attach = func(ctx context.Context, customerID, managerID string) (string, error) {
		return good(context.WithoutCancel(ctx), customerID, managerID)
	}
}

func lendsItsCache(s *spoiled) {
	good, cache := s.find, make(map[string][]customer.Customer)
	s.find = func(ctx context.Context, shop, address string) ([]customer.Customer, error) {
		if cache[shop+address] == nil {
			cache[shop+address], _ = good(ctx, shop, address)
		}
		return cache[shop+address], nil
	}
}

func hidesFields(s *spoiled) {
	s.fields = func(context.Context) ([]customer.Field, error) { return []customer.Field{{Name: "color"}}, nil }
}
