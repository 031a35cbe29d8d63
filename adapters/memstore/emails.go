package memstore

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// AddEmails implements inbound.Emails.
func (s *Store) AddEmails(ctx context.Context, emails []inbound.NewEmail) error {
	return s.write(ctx, func(t *transaction) error {
		for _, e := range emails {
			if _, have := s.places[e.ID]; have {
				continue
			}
			raw := rawBytes{archived: e.SHA256}
			if !e.Archived {
				data, err := readRaw(e.Raw)
				if err != nil {
					return fmt.Errorf("memstore: email %s: %w", e.ID, err)
				}
				raw = rawBytes{data: data}
			}
			e.Sources = 0
			put(t, s.places, e.ID, len(s.emails))
			s.addAlike(t, e.Email, len(s.emails))
			put(t, s.raws, e.ID, raw)
			set(t, &s.emails, append(s.emails, cloned(e.Email)))
		}
		return nil
	})
}

// rawBytes is the bytes of an email or a kept message, or where they are.
type rawBytes struct {
	data     []byte
	archived string // SHA-256 of what is in the archive; "": data has it
}

func readRaw(raw inbound.Raw) ([]byte, error) {
	data := make([]byte, raw.Size())
	for at := 0; at < len(data); {
		n, err := raw.ReadAt(data[at:min(at+1<<20, len(data))], int64(at))
		if at += n; n == 0 {
			return nil, fmt.Errorf("read raw bytes at %d of %d: %w", at, len(data), err)
		}
	}
	return data, nil
}

// alikeKey is what EmailsByFingerprint finds emails by.
type alikeKey struct{ shop, fingerprint string }

// addAlike notes where the emails of a fingerprint are.
func (s *Store) addAlike(t *transaction, e inbound.Email, place int) {
	key := alikeKey{e.Shop, e.Fingerprint}
	put(t, s.alike, key, append(slices.Clip(s.alike[key]), place))
}

// EmailsByFingerprint implements inbound.Emails.
func (s *Store) EmailsByFingerprint(
	ctx context.Context, shop string, fingerprints []string,
) (map[string][]inbound.Email, error) {
	found := make(map[string][]inbound.Email)
	err := s.read(ctx, func() error {
		for _, fingerprint := range fingerprints {
			places := s.alike[alikeKey{shop, fingerprint}]
			var alike []inbound.Email
			for _, place := range places[:min(len(places), inbound.MaxAlike)] {
				alike = append(alike, s.email(place))
			}
			if len(alike) > 0 {
				found[fingerprint] = alike
			}
		}
		return nil
	})
	return found, err
}

// StaleFingerprints implements inbound.Emails.
func (s *Store) StaleFingerprints(ctx context.Context, version string, limit int) (ids []string, err error) {
	err = s.read(ctx, func() error {
		for _, e := range s.emails {
			if len(ids) < limit && !strings.HasPrefix(e.Fingerprint, version) {
				ids = append(ids, e.ID)
			}
		}
		return nil
	})
	return ids, err
}

// SetFingerprints implements inbound.Emails.
func (s *Store) SetFingerprints(ctx context.Context, fingerprints map[string]string) error {
	return s.write(ctx, func(t *transaction) error {
		for id, fingerprint := range fingerprints {
			place, have := s.places[id]
			if !have {
				continue
			}
			e := s.emails[place]
			key := alikeKey{e.Shop, e.Fingerprint}
			put(t, s.alike, key, slices.DeleteFunc(slices.Clone(s.alike[key]), func(p int) bool { return p == place }))
			e.Fingerprint = fingerprint
			setAt(t, s.emails, place, e)
			key.fingerprint = fingerprint
			put(t, s.alike, key, slices.Sorted(slices.Values(append(slices.Clone(s.alike[key]), place))))
		}
		return nil
	})
}

// email returns the email at a place.
func (s *Store) email(place int) inbound.Email {
	e := cloned(s.emails[place])
	e.Sources = 1 + s.duplicates[e.ID]
	return e
}

// cloned shares no slice with e.
func cloned(e inbound.Email) inbound.Email {
	e.References, e.Attachments, e.Warnings = slices.Clone(e.References), slices.Clone(e.Attachments),
		slices.Clone(e.Warnings)
	e.To, e.Cc = slices.Clone(e.To), slices.Clone(e.Cc)
	return e
}

// KeepRaw implements inbound.Emails.
func (s *Store) KeepRaw(ctx context.Context, key string, raw inbound.Raw) error {
	return s.keep(ctx, key, func() (rawBytes, error) {
		data, err := readRaw(raw)
		return rawBytes{data: data}, err
	})
}

// KeepArchived implements inbound.Emails.
func (s *Store) KeepArchived(ctx context.Context, key, sha256 string) error {
	return s.keep(ctx, key, func() (rawBytes, error) { return rawBytes{archived: sha256}, nil })
}

func (s *Store) keep(ctx context.Context, key string, raw func() (rawBytes, error)) error {
	return s.write(ctx, func(t *transaction) error {
		if _, have := s.raws[key]; have {
			return nil
		}
		kept, err := raw()
		if err != nil {
			return fmt.Errorf("memstore: keep %s: %w", key, err)
		}
		put(t, s.raws, key, kept)
		return nil
	})
}

// ListArchived implements inbound.Emails.
func (s *Store) ListArchived(ctx context.Context, after string, limit int) (sums []string, next string, err error) {
	err = s.read(ctx, func() error {
		all := make(map[string]bool)
		for _, raw := range s.raws {
			if raw.archived > after {
				all[raw.archived] = true
			}
		}
		sums = slices.Sorted(maps.Keys(all))
		if len(sums) > limit {
			sums, next = sums[:limit], sums[limit-1]
		}
		return nil
	})
	return sums, next, err
}

// SetManager implements inbound.Emails.
func (s *Store) SetManager(ctx context.Context, customerID, managerID string) error {
	return s.write(ctx, func(t *transaction) error {
		for i, e := range s.emails {
			if e.CustomerID == customerID && e.ManagerID == "" {
				e.ManagerID = managerID
				setAt(t, s.emails, i, e)
			}
		}
		return nil
	})
}

// HaveEmails implements inbound.Emails.
func (s *Store) HaveEmails(ctx context.Context, ids []string) (map[string]bool, error) {
	have := make(map[string]bool)
	err := s.read(ctx, func() error {
		for _, id := range ids {
			if _, ok := s.places[id]; ok {
				have[id] = true
			}
		}
		return nil
	})
	return have, err
}

// Email implements inbound.Emails.
func (s *Store) Email(ctx context.Context, id string) (e inbound.Email, err error) {
	err = s.read(ctx, func() error {
		place, ok := s.places[id]
		if !ok {
			return fmt.Errorf("%w: email %q", inbound.ErrNotFound, id)
		}
		e = s.email(place)
		return nil
	})
	return e, err
}

// OpenRaw implements inbound.Emails.
func (s *Store) OpenRaw(ctx context.Context, id string) (r io.ReadCloser, err error) {
	err = s.read(ctx, func() error {
		raw, ok := s.raws[id]
		if !ok {
			return fmt.Errorf("%w: raw bytes of %q", inbound.ErrNotFound, id)
		}
		if raw.archived != "" {
			return &inbound.ArchivedError{SHA256: raw.archived}
		}
		r = io.NopCloser(bytes.NewReader(raw.data))
		return nil
	})
	return r, err
}

// ListEmails implements inbound.Emails.
func (s *Store) ListEmails(
	ctx context.Context, filter inbound.EmailFilter, after string, limit int,
) ([]inbound.Email, error) {
	var found []inbound.Email
	err := s.read(ctx, func() error {
		next := 0
		if after != "" {
			place, ok := s.places[after]
			if !ok {
				return fmt.Errorf("%w: email %q", inbound.ErrNotFound, after)
			}
			next = place + 1
		}
		for ; next < len(s.emails) && len(found) < limit; next++ {
			if matches(filter, s.emails[next]) {
				found = append(found, s.email(next))
			}
		}
		return nil
	})
	return found, err
}

func matches(f inbound.EmailFilter, e inbound.Email) bool {
	return (f.AccountID == "" || f.AccountID == e.AccountID) && (f.CustomerID == "" || f.CustomerID == e.CustomerID)
}

// CountEmails implements inbound.Emails.
func (s *Store) CountEmails(ctx context.Context, filter inbound.EmailFilter) (n int, err error) {
	err = s.read(ctx, func() error {
		for _, e := range s.emails {
			if matches(filter, e) {
				n++
			}
		}
		return nil
	})
	return n, err
}
