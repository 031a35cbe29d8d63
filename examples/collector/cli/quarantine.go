package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"time"

	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/inbound"
)

// quarantineLine is what "quarantine list" prints of one message.
type quarantineLine struct {
	ID         string     `json:"id"`
	Account    string     `json:"account"`
	Folder     string     `json:"folder"`
	Generation any        `json:"generation"`
	UID        any        `json:"uid"`
	From       string     `json:"from"`
	Subject    string     `json:"subject"`
	Size       int64      `json:"size"`
	Reason     string     `json:"reason"`
	At         *time.Time `json:"at"`
}

// quarantine returns what a command below quarantine does. It takes the ID of a
// message, which may be missing unless the ID is required.
func (p *app) quarantine(act func(*app, context.Context, *service, string) error, required bool) urfave.ActionFunc {
	return func(ctx context.Context, cmd *urfave.Command) (err error) {
		least := 0
		if required {
			least = 1
		}
		ids, err := operands(cmd, least, 1)
		if err != nil {
			return err
		}
		s, err := p.inspect(ctx, cmd)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		return act(p, ctx, s, append(ids, "")[0])
	}
}

// quarantined lists the messages in quarantine, or the one with the given ID.
func (p *app) quarantined(ctx context.Context, s *service, id string) error {
	sender, err := s.senders(ctx)
	if err != nil {
		return err
	}
	found := id == ""
	for _, account := range s.settings.Accounts {
		for e, err := range s.inQuarantine(ctx, account.ID, id) {
			if err != nil {
				return err
			}
			found = true
			if err := p.print(quarantineLine{
				e.EmailID, account.ID, e.Folder, generation(e.SourceID), uid(e.SourceID),
				sender(account.ID, e), e.Subject, e.Size, e.Reason, jsonTime(e.At),
			}); err != nil {
				return err
			}
		}
	}
	if !found {
		return notQuarantined(id, s)
	}
	return nil
}

// inQuarantine returns the messages of an account that are in quarantine, or the one
// with the given ID; "" means all.
func (s *service) inQuarantine(ctx context.Context, account, id string) iter.Seq2[inbound.LedgerEntry, error] {
	return func(yield func(inbound.LedgerEntry, error) bool) {
		for e, err := range inbound.AllEntries(ctx, s.store, account, inbound.Quarantined) {
			if (err != nil || id == "" || e.EmailID == id) && !yield(e, err) {
				return
			}
		}
	}
}

// release decides again on the message with the given ID, or on all messages.
func (p *app) release(ctx context.Context, s *service, id string) error {
	if err := s.lockForRun(ctx); err != nil {
		return err
	}
	syncer, err := s.syncer(ctx, slog.New(slog.NewTextHandler(p.stderr, nil)), nil)
	if err != nil {
		return err
	}
	found := id == ""
	for _, account := range s.settings.Accounts {
		var ids []string
		for e, err := range s.inQuarantine(ctx, account.ID, id) {
			if err != nil {
				return err
			}
			ids = append(ids, e.EmailID)
		}
		if len(ids) == 0 || account.Inactive {
			continue
		}
		found = true
		report, err := syncer.Redecide(ctx, account.ID, ids...)
		if err != nil {
			return failures{accountLine(account.ID, err)}
		}
		if err := p.print(settled{account.ID, report.Outcomes, report.CustomersCreated}); err != nil {
			return err
		}
	}
	if !found {
		return notQuarantined(id, s)
	}
	return deliver(ctx, syncer)
}

func notQuarantined(id string, s *service) error {
	return fmt.Errorf("nothing is quarantined as %q; \"collector quarantine list -config %s\" lists what is",
		id, s.settings.File)
}

// export writes the bytes of a message in quarantine as they were received.
func (p *app) export(ctx context.Context, s *service, id string) error {
	found := false
	for _, account := range s.settings.Accounts {
		for _, err := range s.inQuarantine(ctx, account.ID, id) {
			if err != nil {
				return err
			}
			found = true
			break
		}
	}
	if !found {
		return notQuarantined(id, s)
	}
	bytes, err := inbound.OpenRaw(ctx, s.store, s.rawArchive(), id)
	if errors.Is(err, inbound.ErrNotFound) {
		return notQuarantined(id, s)
	} else if err != nil {
		return err
	}
	defer bytes.Close()
	if _, err := io.Copy(p.stdout, bytes); err != nil {
		return fmt.Errorf("message %s: %w", id, err)
	}
	return nil
}
