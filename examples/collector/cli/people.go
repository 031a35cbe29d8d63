package cli

import (
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
)

// readFields reads the definitions of the custom fields.
func readFields(list []*section) []customer.Field {
	var fields []customer.Field
	seen := make(map[string]bool)
	for _, s := range list {
		f := customer.Field{
			Name: s.required("name", "what the field is called"),
			Type: customer.FieldType(s.choice("type", "string", "integer", "number", "boolean", "date")),
		}
		if f.Name != "" && seen[f.Name] {
			s.wrong("name", "%q is defined twice", f.Name)
		}
		seen[f.Name] = true
		s.end()
		fields = append(fields, f)
	}
	return fields
}

// readManagers reads the managers. A manager without a status is offline.
func readManagers(list []*section) []manager {
	var managers []manager
	seen := make(map[string]bool)
	for _, s := range list {
		m := manager{Manager: assign.Manager{
			ID:    s.required("id", "a short name that never changes, such as m1"),
			Name:  s.text("name"),
			Email: s.text("email"),
		}, groups: s.texts("groups")}
		status := s.choice("status", "offline", "free", "lunch", "busy", "break")
		m.Status, _ = assign.ParseStatus(status) // choice allows no other words
		if m.ID != "" && seen[m.ID] {
			s.wrong("id", "%q is the id of another manager already", m.ID)
		}
		seen[m.ID] = true
		if m.Email != "" {
			if _, err := customer.Normalize(m.Email); err != nil {
				s.wrong("email", "is not an email address")
			}
		}
		s.end()
		managers = append(managers, m)
	}
	return managers
}

// readCustomers reads the customers that the database has from the start.
func readCustomers(list []*section, managers []manager) []customer.Customer {
	known := make(map[string]bool)
	for _, m := range managers {
		known[m.ID] = true
	}
	var customers []customer.Customer
	for _, s := range list {
		c := customer.Customer{
			Email:     s.required("email", "the address that the customer writes from"),
			Name:      s.text("name"),
			Shop:      s.text("shop"),
			ManagerID: s.text("manager"),
		}
		if c.Email != "" {
			if _, err := customer.Normalize(c.Email); err != nil {
				s.wrong("email", "is not an email address")
			}
		}
		if c.ManagerID != "" && !known[c.ManagerID] {
			s.wrong("manager", "%q is not the id of a manager in this file", c.ManagerID)
		}
		s.end()
		customers = append(customers, c)
	}
	return customers
}
