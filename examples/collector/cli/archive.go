package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/postroom/postroom/adapters/filearchive"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

// openWithArchive opens the database of the settings, and where the raw mail is.
func openWithArchive(ctx context.Context, c *config.Settings) (*service, error) {
	s, err := open(ctx, c, c.Database)
	if err != nil || c.Archive == "" {
		return s, err
	}
	if s.archive, err = filearchive.Open(c.Archive, nil); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the archive %s: %w", config.AbsolutePath(c.Archive), err), s.close())
	}
	return s, nil
}

// rawArchive returns where the raw mail is; nil: the store has it.
func (s *service) rawArchive() inbound.Archive {
	if s.archive == nil {
		return nil
	}
	return s.archive
}

const (
	cleanAfter = time.Hour      // the first time: a start is not delayed
	cleanEvery = 24 * time.Hour // later
)

// cleanArchive removes from the archive what nothing refers to, once a day, until end is called.
func (s *service) cleanArchive(ctx context.Context, syncer *inbound.Syncer, logger *slog.Logger) (end func()) {
	if s.archive == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var cleaning sync.WaitGroup
	cleaning.Go(func() {
		for pause := cleanAfter; ; pause = cleanEvery {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			found, err := syncer.CleanArchive(ctx, 0)
			switch {
			case ctx.Err() != nil, errors.Is(err, inbound.ErrBusy): // a different process does it
			case err != nil:
				logger.Warn("the archive is not cleaned", "error", err)
			case found.RemovedBlobs > 0:
				logger.Info("removed from the archive what is not used", "messages", found.RemovedBlobs,
					"bytes", found.RemovedBytes)
			}
		}
	})
	return func() {
		cancel()
		cleaning.Wait()
	}
}
