package main

import (
	"context"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
)

const (
	shop = "juniper" // the online store
	team = "sales"   // the group of managers that gets new customers
)

// enterPeople writes managers and customers to the tables that are part of the
// store. A CRM has them in tables of its own and does not need this function.
func enterPeople(ctx context.Context, store *sqlstore.Store) error {
	return store.Atomic(ctx, func(ctx context.Context) error {
		for _, m := range managers() {
			if err := store.Managers().Put(ctx, m, team); err != nil {
				return err
			}
		}
		if err := store.Customers().DefineFields(ctx, customer.Field{Name: "source"}); err != nil {
			return err
		}
		return store.Customers().Upsert(ctx, knownCustomers()...)
	})
}

func managers() []assign.Manager {
	return []assign.Manager{
		{ID: "maria", Name: "Maria", Status: assign.Free},
		{ID: "chen", Name: "Chen", Status: assign.Lunch},
		{ID: "oleg", Name: "Oleg", Status: assign.Free},
		{ID: "priya", Name: "Priya", Status: assign.Busy},
		{ID: "nadia", Name: "Nadia", Status: assign.Free},
		{ID: "tom", Name: "Tom", Status: assign.Offline},
	}
}

func knownCustomers() []customer.Customer {
	return []customer.Customer{
		{Shop: shop, Email: "anna.keller@example.com", Name: "Anna Keller", ManagerID: "priya"},
		{Shop: shop, Email: "james.osei@example.net", Name: "James Osei", ManagerID: "maria"},
		{Shop: shop, Email: "marina.volkova@example.org", Name: "Марина Волкова", ManagerID: "tom"},
		{Shop: shop, Email: "team@cafe-nord.example", Name: "Café Nord", ManagerID: "chen"},
		{Shop: shop, Email: "lucia.romero@example.com", Name: "Lucía Romero"}, // has no manager yet
	}
}
