package inboundtest_test

import (
	"bytes"
	"cmp"
	"context"
	"io"

	"github.com/postroom/postroom/inbound"
)

type keepsHalf struct{ inbound.Store }

func (s keepsHalf) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	e, err := s.Email(ctx, id)
	if err != nil {
		return nil, err
	}
	r, err := s.Store.OpenRaw(ctx, id)
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, e.Size/2), r}, err
}

type overwritesEmails struct {
	inbound.Store
	latest map[string]inbound.Email
}

func (s *overwritesEmails) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	if s.latest == nil {
		s.latest = make(map[string]inbound.Email)
	}
	for _, e := range emails {
		s.latest[e.ID] = e.Email
	}
	return s.Store.AddEmails(ctx, emails)
}

func (s *overwritesEmails) Email(_ context.Context, id string) (inbound.Email, error) {
	return s.latest[id], nil
}

type hasEveryEmail struct{ inbound.Store }

func (hasEveryEmail) HaveEmails(_ context.Context, ids []string) (map[string]bool, error) {
	have := make(map[string]bool)
	for _, id := range ids {
		have[id] = true
	}
	return have, nil
}

type forgetsKept struct{ inbound.Store }

func (forgetsKept) KeepRaw(context.Context, string, inbound.Raw) error { return nil }

type forgetsNotify struct{ inbound.Store }

func (s forgetsNotify) Email(ctx context.Context, id string) (inbound.Email, error) {
	e, err := s.Store.Email(ctx, id)
	e.Notify = false
	return e, err
}

type forgetsInitial struct{ inbound.Store }

func (s forgetsInitial) Email(ctx context.Context, id string) (inbound.Email, error) {
	e, err := s.Store.Email(ctx, id)
	e.Initial = false
	return e, err
}

type forgetsAddressees struct{ inbound.Store }

func (s forgetsAddressees) Email(ctx context.Context, id string) (inbound.Email, error) {
	e, err := s.Store.Email(ctx, id)
	e.To, e.Cc = nil, nil
	return e, err
}

// keepsTheKept finds what was kept before it looks for an email.
type keepsTheKept struct {
	inbound.Store
	kept map[string][]byte
}

func (s *keepsTheKept) KeepRaw(ctx context.Context, key string, raw inbound.Raw) error {
	if s.kept == nil {
		s.kept = make(map[string][]byte)
	}
	data := make([]byte, raw.Size())
	if _, err := raw.ReadAt(data, 0); err != nil {
		return err
	}
	s.kept[key] = data
	return s.Store.KeepRaw(ctx, key, raw)
}

func (s *keepsTheKept) OpenRaw(ctx context.Context, id string) (io.ReadCloser, error) {
	if data, ok := s.kept[id]; ok {
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	return s.Store.OpenRaw(ctx, id)
}

// overwritesManagers keeps the managers that were set beside the emails.
type overwritesManagers struct {
	inbound.Store
	managers map[string]string // by customer ID
}

func (s *overwritesManagers) SetManager(_ context.Context, customerID, managerID string) error {
	if s.managers == nil {
		s.managers = make(map[string]string)
	}
	s.managers[customerID] = managerID
	return nil
}

func (s *overwritesManagers) Email(ctx context.Context, id string) (inbound.Email, error) {
	e, err := s.Store.Email(ctx, id)
	e.ManagerID = cmp.Or(s.managers[e.CustomerID], e.ManagerID)
	return e, err
}

type setsNoManager struct{ inbound.Store }

func (setsNoManager) SetManager(context.Context, string, string) error { return nil }
