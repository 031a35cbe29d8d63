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
	if err := s.checkFields(ctx, a); err != nil {
		return ServerInfo{}, inAccount(a.ID, err)
	}
	session, err := s.fetchers[a.Protocol].Open(ctx, a)
	if err != nil {
		return ServerInfo{}, inAccount(a.ID, err)
	}
	defer func() { _ = session.Close() }() // nothing was changed
	check := ServerInfo{Encrypted: a.Security != Plain}
	if checker, ok := session.(Informer); ok {
		if check, err = checker.ServerInfo(ctx); err != nil {
			return check, inAccount(a.ID, err)
		}
	}
	for _, folder := range a.listings(s.fetchers) {
		if _, err := session.List(ctx, folder, Cursor{}); err != nil {
			return check, inAccount(a.ID, inFolder(folder, err))
		}
	}
	return check, nil
}
