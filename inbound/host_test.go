package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// syncerOf makes a Syncer of these accounts, which share the host's mailbox.
func (h *host) syncerOf(accounts ...inbound.Account) *inbound.Syncer {
	h.t.Helper()
	c := h.config
	var fetcher inbound.Fetcher = h.box
	if h.fetcher != nil {
		fetcher = h.fetcher
	}
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: fetcher, inbound.POP3: fetcher, "feed": fetcher}
	c.Accounts = accounts
	s, err := inbound.New(c)
	require.NoError(h.t, err)
	return s
}

// sibling returns a second account of the same shop, on a mailbox of its own.
func (h *host) sibling(id string) inbound.Account {
	a := h.account
	a.ID, a.Username = id, id+"@shop.example"
	return a
}

// fetchers gives each account its own mailbox, by user name.
type fetchers map[string]inbound.Fetcher

func (f fetchers) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	return f[a.Username].Open(ctx, a, login)
}

// use has the host speak a protocol.
func (h *host) use(protocol inbound.Protocol) {
	h.box.POP3, h.account.Protocol = protocol == inbound.POP3, protocol
}

// bothProtocols runs a test for each.
func bothProtocols(t *testing.T, test func(t *testing.T, protocol inbound.Protocol)) {
	for _, protocol := range []inbound.Protocol{inbound.IMAP, inbound.POP3} {
		t.Run(string(protocol), func(t *testing.T) { test(t, protocol) })
	}
}

// rows returns the ledger by subject.
func (h *host) rows() map[string]inbound.LedgerEntry {
	h.t.Helper()
	list, err := h.store.Entries(h.t.Context(), "shop", "", inbound.SourceID{}, 1000)
	require.NoError(h.t, err)
	rows := make(map[string]inbound.LedgerEntry)
	for _, row := range list {
		rows[row.Subject] = row
	}
	return rows
}

// subjects of the emails that were uploaded.
func (h *host) subjects() []string {
	h.t.Helper()
	var subjects []string
	for _, e := range h.emails() {
		subjects = append(subjects, e.Subject)
	}
	return subjects
}

func (h *host) health() inbound.Health {
	h.t.Helper()
	health, err := h.store.Health(h.t.Context(), "shop")
	require.NoError(h.t, err)
	return health
}

// assignment returns what is remembered of the customer of an address.
func (h *host) assignment(address string) assign.Assignment {
	h.t.Helper()
	found, err := h.customers.FindByEmail(h.t.Context(), "main", address)
	require.NoError(h.t, err)
	require.Len(h.t, found, 1)
	records, err := h.store.Assignments(h.t.Context(), []string{found[0].ID})
	require.NoError(h.t, err)
	return records[found[0].ID]
}

// oddServer changes what a session does.
type oddServer struct {
	inbound.Fetcher
	// before fails a step ("list", "fetch", "delete", "seen") on a folder.
	before func(step, folder string) error
	// listed changes a page of a listing.
	listed func(l *inbound.Listing)
	// omits leaves a message out of an answer to FETCH.
	omits func(ref inbound.Ref) bool
}

type oddSession struct {
	inbound.Session
	odd    *oddServer
	broken error // the session is unusable since
}

func (o *oddServer) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	s, err := o.Fetcher.Open(ctx, a, login)
	if err != nil {
		return nil, err
	}
	return &oddSession{Session: s, odd: o}, nil
}

func (s *oddSession) step(name, folder string) error {
	if s.odd.before == nil || s.broken != nil {
		return s.broken
	}
	err := s.odd.before(name, folder)
	if errors.Is(err, inbound.ErrDirty) || errors.Is(err, inbound.ErrEnded) {
		s.broken = err
	}
	return err
}

func (s *oddSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	if err := s.step("list", folder); err != nil {
		return inbound.Listing{}, err
	}
	l, err := s.Session.List(ctx, folder, from)
	if err == nil && s.odd.listed != nil {
		s.odd.listed(&l)
	}
	return l, err
}

func (s *oddSession) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	if err := s.step("fetch", refs[0].Folder); err != nil {
		return err
	}
	if s.odd.omits != nil {
		refs = slices.DeleteFunc(slices.Clone(refs), s.odd.omits)
	}
	return s.Session.Fetch(ctx, refs, part, each)
}

// Delete goes by the ID alone: the sizes may not be the true ones.
func (s *oddSession) Delete(ctx context.Context, refs []inbound.Ref) error {
	refs = slices.Clone(refs)
	for i := range refs {
		if err := s.step("delete", refs[i].Folder); err != nil {
			return err
		}
		refs[i].Size = 0
	}
	return s.Session.Delete(ctx, refs)
}

func (s *oddSession) MarkSeen(ctx context.Context, refs []inbound.Ref) error {
	if err := s.step("seen", refs[0].Folder); err != nil {
		return err
	}
	return s.Session.(inbound.Marker).MarkSeen(ctx, refs)
}

// scriptedRepo is a customer repository that does something beside its work.
type scriptedRepo struct {
	*memstore.Customers
	find   func(ctx context.Context, addresses []string) error
	found  func(found map[string][]customer.Customer) // may change the answer
	create func(ctx context.Context, address string) error
	attach func(ctx context.Context, customerID, managerID string) error
}

func (r *scriptedRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	found, err := r.FindByEmails(ctx, shop, []string{address})
	return found[address], err
}

func (r *scriptedRepo) FindByEmails(
	ctx context.Context, shop string, addresses []string,
) (map[string][]customer.Customer, error) {
	if r.find != nil {
		if err := r.find(ctx, addresses); err != nil {
			return nil, err
		}
	}
	found, err := r.Customers.FindByEmails(ctx, shop, addresses)
	if r.found != nil {
		r.found(found)
	}
	return found, err
}

func (r *scriptedRepo) Create(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
	if r.create != nil {
		if err := r.create(ctx, n.Email); err != nil {
			return customer.Customer{}, false, err
		}
	}
	return r.Customers.Create(ctx, n)
}

func (r *scriptedRepo) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	if r.attach != nil {
		if err := r.attach(ctx, customerID, managerID); err != nil {
			return "", err
		}
	}
	return r.Customers.AttachManager(ctx, customerID, managerID)
}

// joinedRepo says that it takes part in the store's transactions.
type joinedRepo struct{ customer.Repo }

func (joinedRepo) InTransaction(context.Context) bool { return true }

// bothRepos runs a test with a repository behind a network and with one that is
// part of the store's transactions.
func bothRepos(t *testing.T, test func(t *testing.T, wrap func(customer.Repo) customer.Repo)) {
	t.Run("behind a network", func(t *testing.T) {
		test(t, func(r customer.Repo) customer.Repo { return r })
	})
	t.Run("in the store's transactions", func(t *testing.T) {
		test(t, func(r customer.Repo) customer.Repo { return joinedRepo{r} })
	})
}

// deliverFrom delivers n messages, each from a different address: name0, name1, ...
func (h *host) deliverFrom(name string, n int) {
	for i := range n {
		h.box.Deliver(mail(fmt.Sprintf("%s%d@example.com", name, i), fmt.Sprint(name, i)))
	}
}
