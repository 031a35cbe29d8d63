package inbound_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/postroom/postroom/inbound"
)

// oddServer is a server whose sessions deviate from those of the Fetcher in it.
type oddServer struct {
	inbound.Fetcher
	// before fails a step ("list", "fetch", "delete", "seen") on a folder.
	before func(step, folder string) error
	// listed changes a page of a listing.
	listed func(l *inbound.Listing)
	// omits leaves a message out of an answer to FETCH.
	omits func(ref inbound.Ref) bool
	// delivers changes what a message is read as.
	delivers func(ref inbound.Ref, raw []byte) []byte
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
	if s.odd.delivers == nil {
		return s.Session.Fetch(ctx, refs, part, each)
	}
	return s.Session.Fetch(ctx, refs, part, func(ref inbound.Ref, r io.Reader) error {
		raw, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return each(ref, bytes.NewReader(s.odd.delivers(ref, raw)))
	})
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

// temporaryError returns an Error of class ErrTemporary.
func temporaryError(op inbound.Op) error {
	return &inbound.Error{Op: op, Class: inbound.ErrTemporary, Err: fmt.Errorf("%s does not work now", op)}
}

// failAt returns a temporary error if a step is the one to fail at, else nil.
func failAt(step, at string) error {
	if step != at {
		return nil
	}
	return temporaryError(inbound.Op(step))
}

// fetchers opens the mailbox of each account by its user name.
type fetchers map[string]inbound.Fetcher

func (f fetchers) Open(ctx context.Context, a inbound.Account, login inbound.Login) (inbound.Session, error) {
	return f[a.Username].Open(ctx, a, login)
}
