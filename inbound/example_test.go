package inbound_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// shopCRM is a host's own code: its customers by address, and what its managers are told.
type shopCRM struct {
	customers map[string]customer.Customer
	told      []string
}

func (c *shopCRM) FindByEmail(_ context.Context, _, address string) ([]customer.Customer, error) {
	if found, ok := c.customers[address]; ok {
		return []customer.Customer{found}, nil
	}
	return nil, nil
}

func (c *shopCRM) Create(_ context.Context, n customer.New) (customer.Customer, bool, error) {
	if found, ok := c.customers[n.Email]; ok {
		return found, false, nil
	}
	created := customer.Customer{ID: fmt.Sprint("c", len(c.customers)+1), Shop: n.Shop, Email: n.Email}
	c.customers[n.Email] = created
	return created, true, nil
}

func (c *shopCRM) AttachManager(_ context.Context, customerID, managerID string) (string, error) {
	for address, found := range c.customers {
		if found.ID != customerID {
			continue
		}
		if found.ManagerID == "" {
			found.ManagerID = managerID
			c.customers[address] = found
		}
		return found.ManagerID, nil
	}
	return "", customer.ErrNotFound
}

func (c *shopCRM) Group(context.Context, string) ([]assign.Manager, error) {
	return []assign.Manager{{ID: "maria", Status: assign.Free}}, nil
}

func (c *shopCRM) Manager(_ context.Context, id string) (assign.Manager, error) {
	return assign.Manager{ID: id}, nil
}

func (c *shopCRM) Notify(_ context.Context, n notify.Notification) error {
	c.told = append(c.told, n.ManagerID+": "+n.Title())
	return nil
}

// exampleSyncer embeds the SDK in that CRM. In a test, inboundtest.Mailbox stands for
// the mail server.
func exampleSyncer(host *shopCRM, mailbox *inboundtest.Mailbox) *inbound.Syncer {
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{{
			ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "shop@example.com",
			NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
		}},
		Credentials:      inbound.StaticCredentials{"shop": {Password: "secret"}},
		Fetchers:         map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: mailbox},
		Store:            memstore.New(),
		CustomerRepo:     host,
		ManagerDirectory: host,
		Notifier:         host,
	})
	if err != nil {
		log.Fatal(err)
	}
	return syncer
}

// A host's unit test: deliver mail, make a pass, look at its own customers and
// notifications.
func ExampleSyncer_Sync() {
	host, mailbox := &shopCRM{customers: make(map[string]customer.Customer)}, inboundtest.NewMailbox()
	mailbox.Deliver([]byte("From: Ann <ann@example.com>\r\nSubject: Two mugs\r\n\r\nHello!\r\n"))
	syncer := exampleSyncer(host, mailbox)

	report, err := syncer.Sync(context.Background(), "shop")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := syncer.Dispatch(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Outcomes, host.customers["ann@example.com"].ManagerID)
	fmt.Println(strings.Join(host.told, "\n"))
	// Output:
	// map[uploaded:1] maria
	// maria: New customer assigned to you: ann@example.com
	// maria: Incoming email from ann@example.com: Two mugs
}

// Explain is a dry run.
func ExampleSyncer_Explain() {
	host := &shopCRM{customers: make(map[string]customer.Customer)}
	syncer := exampleSyncer(host, inboundtest.NewMailbox())
	raw := "From: no-reply@example.com\r\nSubject: Parcel\r\n\r\nOn its way.\r\n"
	explained, err := syncer.Explain(context.Background(), "shop", strings.NewReader(raw))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(explained.Outcome, len(host.customers))
	fmt.Println(explained.Reasons[len(explained.Reasons)-1])
	// Output:
	// unmatched 0
	// no customer is created for mail from a no-reply address
}

// AllEntries reads the ledger: what became of each message, and why.
func ExampleAllEntries() {
	store, mailbox := memstore.New(), inboundtest.NewMailbox()
	mailbox.Deliver([]byte("From: Ann <ann@example.com>\r\nSubject: Two mugs\r\n\r\nHello!\r\n"))
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{{ID: "shop", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "shop"}},
		Fetchers: map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: mailbox}, Credentials: inboundtest.Password("secret"),
		Store: store, CustomerRepo: memstore.NewCustomers(), ManagerDirectory: memstore.NewManagers(),
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := syncer.Sync(context.Background(), "shop"); err != nil {
		log.Fatal(err)
	}
	for entry, err := range inbound.AllEntries(context.Background(), store, "shop", "") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Subject, entry.Outcome)
		fmt.Println(entry.Reason)
	}
	// Output:
	// Two mugs unmatched
	// no customer has the address ann@example.com; the account does not create customers
}

// Accounts that an admin screen adds, pauses and removes while Run goes on.
func ExampleSavedAccounts() {
	ctx := context.Background()
	store := memstore.New() // or sqlstore
	accounts := inbound.NewSavedAccounts(store, &inbound.SavedAccountsOptions{MaxAccounts: 1})
	// inbound.New(inbound.Config{AccountSource: accounts, Store: store, ...})

	shop := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "shop"}
	fmt.Println(accounts.Add(ctx, shop))
	fmt.Println(accounts.Pause(ctx, "shop"))

	second := shop
	second.ID, second.Port = "second", 70_000
	for _, problem := range inbound.FieldErrors(accounts.Add(ctx, second)) {
		fmt.Println(problem.Field, "-", problem.Err)
	}
	second.Port = 993
	fmt.Println(accounts.Add(ctx, second))

	fmt.Println(accounts.Remove(ctx, "shop"), accounts.Forget(ctx, "shop"))
	// Output:
	// <nil>
	// <nil>
	// Port - port 70000 is not between 1 and 65535
	// inbound: account second: there are 1 accounts already, and at most 1 are allowed: remove one, or raise MaxAccounts
	// <nil> <nil>
}
