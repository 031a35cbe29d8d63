package integration

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// Managers of 5,000 messages that were there before get a digest each, and are then notified
// of each email that comes.
func TestPromise_InitialUploadFloodsNobody(t *testing.T) {
	t.Parallel()
	for _, setting := range []inbound.InitialNotifications{inbound.NotifyEach, inbound.NotifyDigest} {
		t.Run(string(setting), func(t *testing.T) {
			store, notifier, box := openSQLite(t, ""), &recorder{}, inboundtest.NewMailbox()
			customers := make([]customer.Customer, 200)
			for i := range customers {
				customers[i] = customer.Customer{ID: fmt.Sprint("c", i), Shop: "main", Email: writerOf(i),
					ManagerID: fmt.Sprint("m", i%5)}
			}
			require.NoError(t, store.Customers().Upsert(t.Context(), customers...))
			for i := range 5000 {
				box.DeliverAt("INBOX", time.Now().Add(-time.Hour), fmt.Appendf(nil,
					"From: %s\r\nSubject: mail %d\r\nMessage-ID: <%d@example.com>\r\n\r\nHello.\r\n",
					writerOf(i), i, i))
			}
			s, err := inbound.New(inbound.Config{
				Accounts: []inbound.Account{{ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "mail.example.com",
					Username: mailbox, NotifyManager: true, InitialNotifications: setting}},
				Credentials: inboundtest.Password("test"),
				Fetchers:    map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: box},
				Store:       store, CustomerRepo: store.Customers(), ManagerDirectory: store.Managers(),
				Notifier: notifier, SpoolDir: t.TempDir(),
			})
			require.NoError(t, err)
			pass := func() {
				_, err := s.Sync(t.Context(), "shop")
				require.NoError(t, err)
				_, err = s.Dispatch(t.Context())
				require.NoError(t, err)
			}
			began := time.Now()
			_, err = s.Sync(t.Context(), "shop")
			require.NoError(t, err)
			uploaded := time.Since(began)
			_, err = s.Dispatch(t.Context())
			require.NoError(t, err)
			t.Logf("uploaded in %v, told in %v: %d notifications", uploaded, time.Since(began)-uploaded,
				len(notifier.all()))
			if setting == inbound.NotifyEach {
				assert.Len(t, notifier.all(), 5000)
				return
			}
			require.Len(t, notifier.all(), 5)
			for _, n := range notifier.all() {
				assert.Equal(t, notify.InitialDigest, n.Kind)
				assert.Equal(t, 1000, n.Emails)
				assert.Equal(t, 40, n.Customers)
			}
			box.DeliverAt("INBOX", time.Now().Add(time.Second),
				[]byte("From: "+writerOf(1)+"\r\nSubject: new\r\n\r\nHello.\r\n"))
			pass()
			require.Len(t, notifier.all(), 6)
			assert.Equal(t, notify.IncomingEmail, notifier.all()[5].Kind)
			assert.Equal(t, "m1", notifier.all()[5].ManagerID)
			pass()
			assert.Len(t, notifier.all(), 6)
		})
	}
}

func writerOf(i int) string { return fmt.Sprintf("c%d@example.com", i%200) }
