package postroom_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/adapters/slognotify"
	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
	"github.com/postroom/postroom/notify"
)

// Collect a mailbox until Ctrl-C or SIGTERM, with everything in memory.
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	managers := memstore.NewManagers()
	managers.Put(assign.Manager{ID: "m1", Name: "Maria", Status: assign.Free}, "support")
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{{
			ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
			Username: "shop@example.com", NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
		}},
		Credentials:      inbound.StaticCredentials{"shop": {Password: inbound.Secret(os.Getenv("SHOP_PASSWORD"))}},
		Fetchers:         map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: imapfetch.New(nil)},
		Store:            memstore.New(),          // or sqlstore, to survive the process
		CustomerRepo:     memstore.NewCustomers(), // yours
		ManagerDirectory: managers,                // yours
		Notifier:         slognotify.New(nil),     // yours
	})
	if err != nil {
		log.Fatal(err)
	}
	_ = syncer.Run(ctx) // it returns nil after ctx has ended
}

// A host's unit test needs no server: inboundtest.Mailbox stands for one.
func Example_withoutAServer() {
	ctx := context.Background()
	mailbox := inboundtest.NewMailbox()
	mailbox.Deliver([]byte("From: Ann <ann@example.com>\r\nSubject: Two mugs\r\n\r\nHello!\r\n"))
	managers := memstore.NewManagers()
	managers.Put(assign.Manager{ID: "maria", Status: assign.Free}, "support")
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{{
			ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "shop",
			NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
		}},
		Credentials:      inbound.StaticCredentials{"shop": {Password: "any"}},
		Fetchers:         map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: mailbox},
		Store:            memstore.New(),
		CustomerRepo:     memstore.NewCustomers(),
		ManagerDirectory: managers,
		Notifier:         printer{},
	})
	if err != nil {
		log.Fatal(err)
	}
	report, err := syncer.Sync(ctx, "shop")
	fmt.Println(report.Outcomes, err)
	if _, err := syncer.Dispatch(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// map[uploaded:1] <nil>
	// to maria: New customer assigned to you: ann@example.com
	// to maria: Incoming email from ann@example.com: Two mugs
}

// printer is a Notifier.
type printer struct{}

func (printer) Notify(_ context.Context, n notify.Notification) error {
	fmt.Printf("to %s: %s\n", n.ManagerID, n.Title())
	return nil
}

// The README shows the body of Example, so that what it shows compiles.
func TestREADMEShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(source), "func Example() {\n")
	code, _, _ = strings.Cut(code, "\n}\n")
	if !strings.Contains(string(readme), "func main() {\n"+code+"\n}\n") {
		t.Error("the code in README.md differs from the body of Example")
	}
}
