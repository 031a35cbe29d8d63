package cli

import (
	"context"

	"github.com/postroom/postroom/examples/collector/config"
)

// seed writes the customers, managers and fields of the settings to the database.
func (s *service) seed(ctx context.Context) error {
	return s.store.Atomic(ctx, func(ctx context.Context) error {
		if err := s.enter(ctx, s.settings); err != nil {
			return err
		}
		return s.store.Customers().Upsert(ctx, s.settings.Customers...)
	})
}

// enter writes managers and fields of settings to the database. Managers who are no
// longer in the settings get no new customers, but keep those that they have.
func (s *service) enter(ctx context.Context, c *config.Settings) error {
	return s.store.Atomic(ctx, func(ctx context.Context) error {
		managers := s.store.Managers()
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
		return s.store.Customers().DefineFields(ctx, c.Fields...)
	})
}
