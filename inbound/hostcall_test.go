package inbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// hang returns when its context ends, or after a week.
func hang(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(7 * 24 * time.Hour):
		return nil
	}
}

type hangingFields struct{ customer.Repo }

func (hangingFields) Fields(ctx context.Context) ([]customer.Field, error) { return nil, hang(ctx) }

type hangingDirectory struct{ assign.ManagerDirectory }

func (hangingDirectory) Group(ctx context.Context, _ string) ([]assign.Manager, error) {
	return nil, hang(ctx)
}

// noBatchRepo hides that a repository implements customer.BatchFinder.
type noBatchRepo struct{ customer.Repo }

// Each call of the host has a timeout, wherever it is made.
func TestHostCall_HangingHost(t *testing.T) {
	find := func(ctx context.Context, _ []string) error { return hang(ctx) }
	for name, tc := range map[string]struct {
		set  func(h *host, repo *scriptedRepo)
		call func(h *host, s *inbound.Syncer) error // nil: Sync
		text string
	}{
		"lookup of several": {set: func(_ *host, r *scriptedRepo) { r.find = find }, text: "find customers"},
		"lookup of one": {set: func(h *host, r *scriptedRepo) {
			r.find = find
			h.config.CustomerRepo = noBatchRepo{r}
		}, text: "find customer"},
		"fields": {set: func(h *host, r *scriptedRepo) {
			h.account.Fields = map[string]string{"source": "email"}
			h.config.CustomerRepo = hangingFields{r}
		}, text: "read field definitions"},
		"explanation": {set: func(_ *host, r *scriptedRepo) { r.find = find }, text: "find customer",
			call: func(h *host, s *inbound.Syncer) error {
				_, err := s.Explain(h.t.Context(), "shop", strings.NewReader(string(mail("iris@example.com", "hello"))))
				return err
			}},
		"group": {set: func(h *host, _ *scriptedRepo) { h.config.ManagerDirectory = hangingDirectory{h.managers} },
			text: "support",
			call: func(h *host, s *inbound.Syncer) error {
				_, err := s.Sync(h.t.Context(), "shop")
				require.NoError(h.t, err, "mail does not wait for it")
				_, err = s.AssignWaiting(h.t.Context())
				return err
			}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				repo := &scriptedRepo{Customers: h.customers}
				h.config.CustomerRepo = repo
				tc.set(h, repo)
				h.box.Deliver(mail("iris@example.com", "hello"))
				began := time.Now()
				call := tc.call
				if call == nil {
					call = func(h *host, s *inbound.Syncer) error {
						_, err := s.Sync(h.t.Context(), "shop")
						return err
					}
				}
				err := call(h, h.syncer())
				require.ErrorContains(t, err, "no answer within 15s")
				assert.ErrorContains(t, err, tc.text)
				assert.Less(t, time.Since(began), 5*time.Minute)

				h.config.CustomerRepo, h.config.ManagerDirectory, h.account.Fields = h.customers, h.managers, nil
				h.manager("kim", assign.Free)
				h.pass()
				assert.Len(t, h.emails(), 1, "no message was held responsible")
				assert.Len(t, h.notified.list, 2)
			})
		})
	}
}

// A customer whose creation or attachment hangs is tried again later; the others are
// not delayed.
func TestHostCall_HangingForOne(t *testing.T) {
	for _, method := range []string{"create", "attach"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.manager("kim", assign.Free)
				repo := &scriptedRepo{Customers: h.customers}
				h.config.CustomerRepo = repo
				h.deliverFrom("guest", 3)
				if method == "create" {
					repo.create = func(ctx context.Context, address string) error {
						if address == "guest1@example.com" {
							return hang(ctx)
						}
						return nil
					}
				} else {
					repo.attach = func(ctx context.Context, id, _ string) error {
						if id == "c2" {
							return hang(ctx)
						}
						return nil
					}
				}
				began := time.Now()
				assert.Equal(t, map[string]int{"kim": 2}, h.pass().Assigned)
				assert.Less(t, time.Since(began), 5*time.Minute)
				repo.create, repo.attach = nil, nil
				time.Sleep(2 * time.Minute)
				assert.Equal(t, map[string]int{"kim": 1}, h.pass().Assigned)
				assert.Len(t, h.notified.list, 6)
			})
		})
	}
}

// emptyAnswerRepo answers without the IDs that its contract requires.
type emptyAnswerRepo struct {
	*scriptedRepo
	method string
}

func (r emptyAnswerRepo) Create(ctx context.Context, n customer.New) (customer.Customer, bool, error) {
	c, created, err := r.scriptedRepo.Create(ctx, n)
	if r.method == "Create" {
		c.ID = ""
	}
	return c, created, err
}

func (r emptyAnswerRepo) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	if r.method == "AttachManager" {
		return "", nil
	}
	return r.scriptedRepo.AttachManager(ctx, customerID, managerID)
}

type noIDManagers struct{ assign.ManagerDirectory }

func (noIDManagers) Group(context.Context, string) ([]assign.Manager, error) {
	return []assign.Manager{{ID: "", Status: assign.Free}}, nil
}

// An answer that breaks a contract is an error, and no customer leaves the queue
// because of it.
func TestHostCall_AnswersWithoutIDs(t *testing.T) {
	for _, method := range []string{"FindByEmails", "Create", "AttachManager", "Group"} {
		t.Run(method, func(t *testing.T) {
			bothRepos(t, func(t *testing.T, wrap func(customer.Repo) customer.Repo) {
				synctest.Test(t, func(t *testing.T) {
					h := newHost(t)
					h.account.AssignExisting = true
					h.manager("kim", assign.Free)
					repo := &scriptedRepo{Customers: h.customers}
					if method == "FindByEmails" {
						h.customers.Put(customer.Customer{Shop: "main", Email: "iris@example.com"})
						repo.found = func(found map[string][]customer.Customer) {
							for _, list := range found {
								list[0].ID = ""
							}
						}
					}
					if method == "Group" {
						h.config.ManagerDirectory = noIDManagers{h.managers}
					}
					h.config.CustomerRepo = wrap(emptyAnswerRepo{repo, method})
					h.box.Deliver(mail("iris@example.com", "hello"))
					report, err := h.syncer().Sync(t.Context(), "shop")
					require.NoError(t, exceptOfMessages(err))
					switch row := h.rows()["hello"]; {
					case method == "Create": // the second attempt finds the customer
						assert.NotEmpty(t, h.emails()[0].CustomerID)
					case row.Outcome == inbound.Failed:
						assert.Contains(t, row.Reason, "broke a contract")
					default:
						assert.Len(t, h.pending("support"), 1)
						assert.Empty(t, report.Assigned)
						assert.Empty(t, h.customers.All()[0].ManagerID)
					}
					h.config.CustomerRepo, h.config.ManagerDirectory = wrap(h.customers), h.managers
					time.Sleep(2 * time.Minute)
					h.pass()
					assert.Equal(t, []string{"customer_assigned kim iris@example.com",
						"incoming_email kim iris@example.com"}, summaries(h.notified.list))
				})
			})
		})
	}
}

// watchedStore marks the contexts of its transactions, so that others can tell
// whether they are called in one.
type watchedStore struct{ inbound.Store }

type inTransaction struct{}

func (s watchedStore) Atomic(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.Store.Atomic(ctx, func(ctx context.Context) error {
		return fn(context.WithValue(ctx, inTransaction{}, true))
	})
}

// assertOutsideTransaction checks that a call is not made within a transaction.
func assertOutsideTransaction(ctx context.Context, t *testing.T, call string) {
	assert.Nil(t, ctx.Value(inTransaction{}), "%s is called within a transaction", call)
}

type watchedServer struct {
	inbound.Fetcher
	t *testing.T
}

type watchedSession struct {
	inbound.Session
	t *testing.T
}

func (f watchedServer) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	assertOutsideTransaction(ctx, f.t, "Open")
	s, err := f.Fetcher.Open(ctx, a, login)
	return watchedSession{s, f.t}, err
}

func (s watchedSession) List(ctx context.Context, folder string, from inbound.Cursor) (inbound.Listing, error) {
	assertOutsideTransaction(ctx, s.t, "List")
	l, err := s.Session.List(ctx, folder, from)
	l.NextPosition = 0
	return l, err
}

func (s watchedSession) Fetch(
	ctx context.Context, refs []inbound.Ref, part inbound.FetchOptions, each func(inbound.Ref, io.Reader) error,
) error {
	assertOutsideTransaction(ctx, s.t, "Fetch")
	return s.Session.Fetch(ctx, refs, part, each)
}

func (s watchedSession) Delete(ctx context.Context, refs []inbound.Ref) error {
	assertOutsideTransaction(ctx, s.t, "Delete")
	return s.Session.Delete(ctx, refs)
}

type watchedDirectory struct {
	assign.ManagerDirectory
	t *testing.T
}

func (d watchedDirectory) Group(ctx context.Context, group string) ([]assign.Manager, error) {
	assertOutsideTransaction(ctx, d.t, "Group")
	return d.ManagerDirectory.Group(ctx, group)
}

// Calls that may use a network are not made within a transaction of the store.
func TestHostCall_NotWithinTransactions(t *testing.T) {
	bothProtocols(t, func(t *testing.T, protocol inbound.Protocol) {
		h := newHost(t)
		h.use(protocol)
		h.account.Start, h.account.DeleteUploaded = fromNow, true
		h.config.Store, h.fetcher = watchedStore{h.store}, watchedServer{h.box, t}
		h.config.ManagerDirectory = watchedDirectory{h.managers, t}
		outside := func(ctx context.Context, call string) error {
			assertOutsideTransaction(ctx, t, call)
			return nil
		}
		h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
			find:   func(ctx context.Context, _ []string) error { return outside(ctx, "FindByEmails") },
			create: func(ctx context.Context, _ string) error { return outside(ctx, "Create") },
			attach: func(ctx context.Context, _, _ string) error { return outside(ctx, "AttachManager") }}
		h.deliverFrom("old", 30)
		h.pass()
		for i := range 30 {
			h.box.Deliver(received(fmt.Sprintf("guest%d@example.com", i), fmt.Sprint("guest", i)))
		}
		h.pass()
		h.manager("kim", assign.Free)
		assert.Equal(t, map[string]int{"kim": 30}, h.pass().Assigned)
		h.box.Renumber()
		for i := range 30 {
			h.box.Deliver(received(fmt.Sprintf("visitor%d@example.com", i), fmt.Sprint("visitor", i)))
		}
		h.pass()
		assert.Len(t, h.emails(), 60)
	})
}

// An API that takes two seconds per call is slow but works: each customer of a full
// batch is looked up and created once.
func TestHostCall_SlowHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.manager("kim", assign.Free)
		finds, creates := 0, 0
		slow := func(calls *int) error {
			*calls++
			time.Sleep(2 * time.Second)
			return nil
		}
		h.config.CustomerRepo = noBatchRepo{&scriptedRepo{Customers: h.customers,
			find:   func(context.Context, []string) error { return slow(&finds) },
			create: func(context.Context, string) error { return slow(&creates) },
		}}
		h.deliverFrom("guest", 256)
		began := time.Now()
		assert.Equal(t, map[string]int{"kim": 256}, h.pass().Assigned)
		assert.Equal(t, 256, creates)
		assert.Less(t, finds, 2*300, "each sender, and once more before the assignment")
		assert.Less(t, time.Since(began), 30*time.Minute)
	})
}

func TestHostCall_FieldsCheckedBeforeFirstPass(t *testing.T) {
	h := newHost(t)
	h.customers.DefineFields(customer.Field{Name: "source"}, customer.Field{Name: "score", Type: customer.FieldInteger})
	h.account.Fields = map[string]string{"source": "email", "score": "high"}
	h.box.Deliver(mail("a@example.com", "one"))
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, customer.ErrField)
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Empty(t, h.outcomes())
	h.account.Fields["score"] = "7"
	assert.Equal(t, 1, h.pass().Outcomes[inbound.Uploaded])
}

func TestHostCall_LongErrorsTrimmed(t *testing.T) {
	h := newHost(t)
	long := errors.New(strings.Repeat("å page of HTML ", 100_000))
	h.config.CustomerRepo = &scriptedRepo{Customers: h.customers,
		create: func(context.Context, string) error { return long },
		attach: func(context.Context, string, string) error { return long }}
	h.box.Deliver(mail("iris@example.com", "hello"))
	h.customers.Put(customer.Customer{Shop: "main", Email: "noor@example.com"})
	h.account.AssignExisting = true
	h.box.Deliver(mail("noor@example.com", "known"))
	h.manager("kim", assign.Free)
	h.pass()
	for _, text := range []string{h.rows()["hello"].Reason, h.assignment("noor@example.com").LastError} {
		assert.Less(t, len(text), 1100)
		assert.True(t, strings.HasSuffix(text, "…"), text)
	}
}
