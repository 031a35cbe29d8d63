package inbound

import "context"

// Check connects to an account's mailbox, logs in and reports what the server
// says about itself. A failure is an Error whose Hint says what to change. It
// changes nothing.
func (s *Syncer) Check(ctx context.Context, accountID string) (ServerInfo, error) {
	a, err := s.account(accountID)
	if err != nil {
		return ServerInfo{}, err
	}
	if err := s.customers.checkFields(ctx, a); err != nil {
		return ServerInfo{}, inAccount(a.ID, err)
	}
	info := ServerInfo{Encrypted: a.Security != Plain}
	c := &connection{fetcher: s.fetchers[a.Protocol], account: a, keychain: s.keychain}
	err = c.withSession(ctx, func() (err error) {
		if informer, ok := c.session.(Informer); ok {
			if info, err = informer.ServerInfo(ctx); err != nil {
				return err
			}
		}
		for _, folder := range a.listings(s.fetchers) {
			if _, err := c.session.List(ctx, folder, Cursor{}); err != nil {
				return inFolder(folder, err)
			}
		}
		return nil
	})
	return info, inAccount(a.ID, err)
}
