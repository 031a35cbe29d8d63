package cli

import "context"

// seed writes the customers, managers and fields of the settings to the database.
// Managers who are no longer in the settings get no new customers, but keep those
// that they have.
func (s *service) seed(ctx context.Context) error {
	return s.store.Atomic(ctx, func(ctx context.Context) error {
		c, managers, customers := s.settings, s.store.Managers(), s.store.Customers()
		before, err := managers.List(ctx)
		if err != nil {
			return err
		}
		listed := make(map[string]bool)
		for _, m := range c.Managers {
			listed[m.ID] = true
			if err := managers.Put(ctx, m, c.Groups[m.ID]...); err != nil {
				return err
			}
		}
		for _, m := range before {
			if !listed[m.ID] {
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
