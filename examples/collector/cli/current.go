package cli

import (
	"context"
	"sync"

	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/notify"
)

// current has the settings as they are now, of a collector that follows its settings
// file. They are replaced as a whole. It is safe for concurrent use.
type current struct {
	mu          sync.Mutex
	settings    *config.Settings
	credentials inbound.Credentials
	notifier    notify.Notifier // nil: notifications stay pending in the outbox
	changed     chan struct{}   // closed when the settings are replaced
}

var (
	_ inbound.AccountSource   = (*current)(nil)
	_ inbound.AccountNotifier = (*current)(nil)
	_ inbound.CompanySource   = (*current)(nil)
	_ inbound.Credentials     = (*current)(nil)
	_ inbound.SecretsSaver    = (*current)(nil)
	_ notify.Notifier         = (*current)(nil)
)

func newCurrent(settings *config.Settings, credentials inbound.Credentials) *current {
	return &current{settings: settings, credentials: credentials, changed: make(chan struct{})}
}

// replace makes these settings the current ones. A notification that is being delivered
// ends with the Notifier that there was.
func (c *current) replace(settings *config.Settings, credentials inbound.Credentials, notifier notify.Notifier) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settings, c.credentials, c.notifier = settings, credentials, notifier
	close(c.changed)
	c.changed = make(chan struct{})
}

// get returns the settings, which are not changed afterwards.
func (c *current) get() *config.Settings {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settings
}

// Accounts implements inbound.AccountSource.
func (c *current) Accounts(context.Context) ([]inbound.Account, error) { return c.get().Accounts, nil }

// OwnAddresses implements inbound.CompanySource.
func (c *current) OwnAddresses(context.Context) (addresses, domains []string, err error) {
	settings := c.get()
	return settings.OwnAddresses, settings.OwnDomains, nil
}

// Changed implements inbound.AccountNotifier.
func (c *current) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

func (c *current) secrets() inbound.Credentials {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.credentials
}

// Credentials implements inbound.Credentials.
func (c *current) Credentials(ctx context.Context, accountID string) (inbound.Secrets, error) {
	return c.secrets().Credentials(ctx, accountID)
}

// SaveSecrets implements inbound.SecretsSaver. Where no account has OAuth2, there is nothing
// to save.
func (c *current) SaveSecrets(ctx context.Context, accountID string, s inbound.Secrets) error {
	saver, ok := c.secrets().(inbound.SecretsSaver)
	if !ok {
		return nil
	}
	return saver.SaveSecrets(ctx, accountID, s)
}

// Notify implements notify.Notifier.
func (c *current) Notify(ctx context.Context, n notify.Notification) error {
	c.mu.Lock()
	notifier := c.notifier
	c.mu.Unlock()
	if notifier == nil {
		return notify.ErrPaused
	}
	return notifier.Notify(ctx, n)
}
