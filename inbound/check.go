package inbound

import (
	"context"
	"errors"
	"time"
)

// checkTimeout bounds a check.
const checkTimeout = 2 * time.Minute

// Check connects to an account's mailbox, logs in once, opens the account's folders and
// reports what the server says about itself and them. Inactive accounts are checked
// as well. A failure is an Error whose Hint says what to change. Check changes nothing
// on the server or in the store, and ends within 2 minutes.
func (s *Syncer) Check(ctx context.Context, accountID string) (CheckResult, error) {
	a, err := s.account(ctx, accountID)
	if err != nil {
		return CheckResult{}, err
	}
	return s.check(ctx, a, s.keychain)
}

// CheckAccount is Check for an account that is not configured, such as one that somebody is
// about to add. Its secrets come from c, which is asked for a.ID: [StaticCredentials] have
// those of a form. An account whose settings are wrong is an error with a *FieldError for
// each problem, as of New, and nothing is connected to. Nothing is saved either, except that
// a provider of OAuth2 may replace the refresh token when the check logs in. If c is a
// [SecretsSaver], it gets the new one; without it, the mailbox's owner may have to sign in
// again.
func (s *Syncer) CheckAccount(ctx context.Context, a Account, c Credentials) (CheckResult, error) {
	if err := (accountRules{fetchers: s.fetchers, credentials: c}).check(a); err != nil {
		return CheckResult{}, err
	}
	k := newKeychain(c)
	k.logger, k.network = s.logger, s.keychain.network
	return s.check(ctx, a.withDefaults(), k)
}

// check connects to the mailbox of an account with the credentials of k.
func (s *Syncer) check(ctx context.Context, a Account, k *keychain) (CheckResult, error) {
	limited, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if err := s.customers.checkFields(limited, a); err != nil {
		return CheckResult{}, inAccount(a.ID, err)
	}
	trace := &checkTrace{}
	c := &connection{fetcher: trace.fetcher(s.fetchers[a.Protocol]), account: a, keychain: k}
	var info ServerInfo
	var waiting []FolderInfo
	loggedIn := false
	err := c.withSession(limited, func() (err error) {
		loggedIn = true
		if informer, ok := c.session.(Informer); ok {
			if info, err = informer.ServerInfo(limited); err != nil {
				return err
			}
		}
		for _, folder := range a.listings(s.fetchers) {
			there, err := folderInfo(limited, c.session, folder)
			if err != nil {
				return inFolder(folder, err)
			}
			waiting = append(waiting, there)
		}
		return nil
	})
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = checkTooLong(err)
	}
	result := trace.seen()
	result.LoggedIn, result.Reached = loggedIn, result.Reached || loggedIn
	result.Capabilities, result.Folders, result.Waiting = info.Capabilities, info.Folders, waiting
	result.Encrypted = result.Encrypted || info.Encrypted
	return result, inAccount(a.ID, err)
}

// checkTooLong returns the error of a check that its time limit ended.
func checkTooLong(err error) error {
	e := &Error{Op: OpSync, Class: ErrTemporary, Err: errors.New("the check has taken longer than 2 minutes"),
		Hint: "the server answers very slowly; check the network, and try again later"}
	if inner := new(Error); errors.As(err, &inner) {
		e.Op, e.Folder = inner.Op, inner.Folder
	}
	return e
}

// folderInfo opens a folder and counts its messages.
func folderInfo(ctx context.Context, s Session, folder string) (FolderInfo, error) {
	if informer, ok := s.(FolderInformer); ok {
		return informer.FolderInfo(ctx, folder)
	}
	listing, err := s.List(ctx, folder, Cursor{})
	info := FolderInfo{Folder: folder, Messages: listing.Total, Bytes: -1}
	switch {
	case listing.Total > 0:
	case listing.More:
		info.Messages = -1
	default:
		info.Messages = len(listing.Refs)
	}
	return info, err
}
