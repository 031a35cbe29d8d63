package main

import "context"

// seed enters the customers, managers and fields of the settings into the
// database. Managers who are not in the settings any more get no new customers;
// those they have stay theirs.
func (s *service) seed(ctx context.Context) error {
	return s.store.Atomic(ctx, func(ctx context.Context) error {
		c, managers, customers := s.settings, s.store.Managers(), s.store.Customers()
		before, err := managers.List(ctx)
		if err != nil {
			return err
		}
		here := make(map[string]bool)
		for _, m := range c.Managers {
			here[m.ID] = true
			if err := managers.Put(ctx, m.Manager, m.groups...); err != nil {
				return err
			}
		}
		for _, m := range before {
			if !here[m.ID] {
				if err := managers.SetActive(ctx, m.ID, false); err != nil {
					return err
				}
			}
		}
		if err := customers.DefineFields(ctx, c.Fields...); err != nil {
			return err
		}
		return customers.Upsert(ctx, c.Customers...)
	})
}
