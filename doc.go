// Package postroom documents a module that uploads incoming emails into a
// CRM: it collects mail from IMAP and POP3 mailboxes, binds every email to the
// customer who sent it, creates the customer when asked to, shares new customers
// out among managers, and notifies the manager. This package has no code.
//
// # Packages
//
//	inbound               accounts, the Syncer, and the ports of a host: start here
//	inbound/email         what is in a message; class, reply text, attachments
//	customer              port to the host's customers; addresses, custom fields
//	assign                port to the host's users; whose turn it is
//	notify                port to the host's notifications; the outbox
//	adapters/imapfetch    mailboxes by IMAP
//	adapters/pop3fetch    mailboxes by POP3
//	adapters/sqlstore     store, customers and managers in SQLite, PostgreSQL or MariaDB
//	adapters/memstore     the same in memory
//	adapters/filearchive  raw mail in files instead of the database
//	adapters/slognotify   notifications as log records
//	adapters/otel         metrics and spans by OpenTelemetry; a module of its own
//	adapters/river        passes as jobs of River on several machines; a module of its own
//	adapters/safehtml     the HTML of a message made safe to show; a module of its own
//	adapters/smime        opens letters that are sealed by S/MIME; a module of its own
//
// Packages inbound/inboundtest, customer/customertest, assign/assigntest and
// notify/notifytest have the tests that implementations of the ports must pass.
// The module in examples has programs to run and to copy from.
//
// # Promises
//
//   - Nothing is lost: after a crash at any step, the next pass goes on with
//     what is not committed.
//   - Nothing twice: each message becomes at most one email, each new address at
//     most one customer with one assignment, whatever is interrupted, repeated or
//     renumbered.
//   - Nothing is deleted from the server that is not uploaded, committed and
//     kept; nothing is marked as read unless asked for.
//   - No message stops the others: one that fails is tried again, then quarantined.
//   - Bounded: the bytes of messages in memory stay below a limit, and every
//     step ends with its context.
//   - Accountable: every message that was looked at has an outcome and a reason.
//   - Secure by default: certificates are verified, secrets are not printed, and private
//     networks are refused unless allowed.
//
// The README says what is not there yet.
//
// # Start
//
//	managers := memstore.NewManagers()
//	managers.Put(assign.Manager{ID: "m1", Status: assign.Free}, "support")
//	syncer, err := inbound.New(inbound.Config{
//		Accounts: []inbound.Account{{
//			ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
//			Username: "shop@example.com", NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
//		}},
//		Credentials: inbound.StaticCredentials{"shop": {Password: inbound.Secret(os.Getenv("SHOP_PASSWORD"))}},
//		Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: imapfetch.New(nil)},
//		Store:    memstore.New(), CustomerRepo: memstore.NewCustomers(),
//		ManagerDirectory: managers, Notifier: slognotify.New(nil),
//	})
//	// check err
//	err = syncer.Run(ctx) // until ctx ends
package postroom
