package inboundtest

import (
	"context"
	"errors"
	"sync"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/notify"
)

// ErrKilled is the error of every step from [Failpoints.At] on.
var ErrKilled = errors.New("inboundtest: killed at a failpoint")

// Failpoints kills a Syncer at a chosen step. It counts every call of the store and the
// host and every step of the mailbox; from step At on, all of them fail with ErrKilled,
// as if the process had died. A test sets At to 1, 2, 3, ... until Reached reports
// false, and each time checks the state after one more, undisturbed pass. The zero
// value only counts. It is safe for concurrent use.
type Failpoints struct {
	At int // the step from which on everything fails, counted from 1; 0: none
	// Fail, when not nil, is called at each step before At and may fail it, or wait.
	// The name is that of the call: "before Create", "after Create".
	Fail func(step int, name string) error

	mu    sync.Mutex
	steps int
	name  string
}

// Reached reports whether step At was reached, and returns its name.
func (f *Failpoints) Reached() (name string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.name, f.At > 0 && f.steps >= f.At
}

// Step counts a step of this name and returns the error that it must fail with, or
// nil.
func (f *Failpoints) Step(name string) error {
	f.mu.Lock()
	f.steps++
	step := f.steps
	if step == f.At {
		f.name = name
	}
	f.mu.Unlock()
	switch {
	case f.At > 0 && step >= f.At:
		return ErrKilled
	case f.Fail != nil:
		return f.Fail(step, name)
	}
	return nil
}

// do calls fn between two steps.
func (f *Failpoints) do(name string, fn func() error) error {
	if err := f.Step("before " + name); err != nil {
		return err
	}
	err := fn()
	if killed := f.Step("after " + name); killed != nil {
		return killed
	}
	return err
}

// get is do for calls that return something.
func get[T any](f *Failpoints, name string, fn func() (T, error)) (T, error) {
	var value T
	err := f.do(name, func() (err error) {
		value, err = fn()
		return err
	})
	return value, err
}

type failingRepo struct {
	customer.Repo
	points *Failpoints
}

// Repo returns r with a failpoint before and after each call. Of the optional
// interfaces, the result implements only [customer.Transactional], without failpoints.
func (f *Failpoints) Repo(r customer.Repo) customer.Repo { return &failingRepo{r, f} }

func (r *failingRepo) FindByEmail(ctx context.Context, shop, address string) ([]customer.Customer, error) {
	return get(r.points, "FindByEmail", func() ([]customer.Customer, error) {
		return r.Repo.FindByEmail(ctx, shop, address)
	})
}

func (r *failingRepo) Create(ctx context.Context, c customer.New) (created customer.Customer, ours bool, err error) {
	err = r.points.do("Create", func() (err error) {
		created, ours, err = r.Repo.Create(ctx, c)
		return err
	})
	return created, ours, err
}

func (r *failingRepo) AttachManager(ctx context.Context, customerID, managerID string) (string, error) {
	return get(r.points, "AttachManager", func() (string, error) {
		return r.Repo.AttachManager(ctx, customerID, managerID)
	})
}

// InTransaction implements [customer.Transactional]; it is false for a Repo that
// does not.
func (r *failingRepo) InTransaction(ctx context.Context) bool {
	inner, ok := r.Repo.(customer.Transactional)
	return ok && inner.InTransaction(ctx)
}

type failingDirectory struct {
	assign.ManagerDirectory
	points *Failpoints
}

// Directory returns d with a failpoint before and after each call.
func (f *Failpoints) Directory(d assign.ManagerDirectory) assign.ManagerDirectory {
	return &failingDirectory{d, f}
}

func (d *failingDirectory) Group(ctx context.Context, group string) ([]assign.Manager, error) {
	return get(d.points, "Group", func() ([]assign.Manager, error) { return d.ManagerDirectory.Group(ctx, group) })
}

func (d *failingDirectory) Manager(ctx context.Context, id string) (assign.Manager, error) {
	return get(d.points, "Manager", func() (assign.Manager, error) { return d.ManagerDirectory.Manager(ctx, id) })
}

type failingNotifier struct {
	notify.Notifier
	points *Failpoints
}

// Notifier returns n with a failpoint before and after each call.
func (f *Failpoints) Notifier(n notify.Notifier) notify.Notifier { return &failingNotifier{n, f} }

func (n *failingNotifier) Notify(ctx context.Context, news notify.Notification) error {
	return n.points.do("Notify", func() error { return n.Notifier.Notify(ctx, news) })
}
