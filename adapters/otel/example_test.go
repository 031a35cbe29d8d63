package otel_test

import (
	"context"
	"fmt"
	"log"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/adapters/otel"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// A host gives its own providers to the Telemetry, and the Telemetry's Observer to the Syncer.
func Example() {
	ctx := context.Background()
	// A service has a reader that sends, such as sdkmetric.NewPeriodicReader with an exporter by
	// OTLP, and a TracerProvider.
	reader := sdkmetric.NewManualReader()
	provider := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	defer provider.Shutdown(ctx) // sends what was not sent so far

	telemetry, err := otel.New(&otel.Options{MeterProvider: provider})
	if err != nil {
		log.Fatal(err)
	}
	mailbox := inboundtest.NewMailbox()
	mailbox.Deliver([]byte("From: anna@example.com\r\nSubject: price list\r\n\r\nHello\r\n"))
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{{ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
			Username: "shop@shop.example", CreateCustomer: true}},
		Fetchers:         map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: mailbox},
		Credentials:      inboundtest.Password("test"),
		Store:            memstore.New(),
		CustomerRepo:     memstore.NewCustomers(),
		ManagerDirectory: memstore.NewManagers(),
		// Together with an Observer of the host's own: inbound.Observers(telemetry.Observer(), mine).
		Observer: telemetry.Observer(),
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := syncer.Sync(ctx, "shop"); err != nil { // a service calls Run
		log.Fatal(err)
	}

	var sent metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &sent); err != nil {
		log.Fatal(err)
	}
	for _, m := range sent.ScopeMetrics[0].Metrics {
		if m.Name != "postroom.messages" {
			continue
		}
		for _, point := range m.Data.(metricdata.Sum[int64]).DataPoints {
			account, _ := point.Attributes.Value("postroom.account.id")
			outcome, _ := point.Attributes.Value("postroom.outcome")
			fmt.Println(m.Name, account.AsString(), outcome.AsString(), point.Value)
		}
	}
	// Output:
	// postroom.messages shop uploaded 1
}
