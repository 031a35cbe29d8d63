package imapfetch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// session is a logged-in connection, which reopen may replace.
type session struct {
	fetcher *Fetcher
	account inbound.Account
	login   inbound.Login
	*conn

	unusable   bool
	folder     string // selected; "" when none is
	generation string // its UIDVALIDITY
	writable   bool   // it is selected by SELECT

	kept   []*found          // listings with further pages, the latest one first; see keep
	newest *newest           // where a listing from the newest message on goes on; nil if none does
	looks  map[string]*look  // by folder
	names  map[string]string // of folders that are opened by a different name than the account's
	silent silence
}

// command calls run, which sends commands and waits for their answers. The server
// may send up to budget bytes meanwhile. An error other than the server's refusal
// makes the session unusable.
func (s *session) command(ctx context.Context, op inbound.Op, budget int64, run func() error) error {
	if err := ctx.Err(); err != nil {
		if !s.unusable {
			s.unusable = true
			s.close()
		}
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: dirty(err)}
	}
	if s.unusable {
		return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: dirty(errors.New("an earlier command failed"))}
	}
	release := s.transport.Bind(ctx)
	s.transport.Allow(budget)
	err := run()
	release()
	e, broken := s.failure(ctx, op, err)
	// A context that ends closes the connection, even if the answer came just
	// in time.
	if broken || ctx.Err() != nil {
		s.unusable = true
		s.close()
	}
	if broken {
		e.Err = dirty(e.Err)
	}
	if e != nil {
		return e
	}
	return nil
}

// reopen replaces a connection whose answer could not be read, and selects the
// folder again. The listing continues where it was.
func (s *session) reopen(ctx context.Context) error {
	folder := s.folder
	s.unusable, s.folder = true, ""
	s.close()
	for _, f := range s.kept {
		if f.ahead != nil {
			f.ahead.reset()
		}
	}
	l, err := s.fetcher.connect(ctx, s.account, s.login)
	if err != nil {
		return err
	}
	s.conn, s.unusable = l, false
	if folder == "" {
		return nil
	}
	return s.reselect(ctx, folder, s.generation, false)
}

// logoutWait is how long Close waits for the server's answer.
const logoutWait = time.Second

// Close logs out and closes. See [inbound.Session].
func (s *session) Close() error {
	if s.unusable {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), logoutWait)
	defer cancel()
	// Nothing depends on the answer.
	_ = s.command(ctx, inbound.OpLogout, answerBudget, func() error { return s.client.Logout().Wait() })
	s.unusable = true
	s.close()
	return nil
}

// reselect selects the folder in the given way, unless it is selected so already,
// and checks that it still has the given UIDVALIDITY.
func (s *session) reselect(ctx context.Context, folder string, generation string, writable bool) error {
	if s.folder == folder && s.generation == generation && (s.writable || !writable) {
		return nil
	}
	name, err := s.mailboxName(folder)
	if err != nil {
		return err
	}
	if err := s.leave(ctx); err != nil {
		return err
	}
	s.folder = ""
	return s.command(ctx, inbound.OpOpenFolder, answerBudget, func() error {
		box, err := s.client.Select(name, &imap.SelectOptions{ReadOnly: !writable}).Wait()
		if err != nil {
			return err
		}
		if now := s.wire.Selected().UIDValidity; now != generation {
			return &inbound.Error{Op: inbound.OpOpenFolder, Class: inbound.ErrTemporary,
				Err: fmt.Errorf("the server has renumbered the folder: UIDVALIDITY was %s and is %s", generation, now)}
		}
		s.folder, s.generation, s.writable = folder, generation, writable
		s.entered(folder, generation, box.NumMessages, uint64(box.UIDNext))
		return nil
	})
}
