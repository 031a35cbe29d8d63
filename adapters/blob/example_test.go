package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"

	gocloud "gocloud.dev/blob"
	_ "gocloud.dev/blob/memblob" // or s3blob, gcsblob, azureblob

	"github.com/postroom/postroom/adapters/blob"
	"github.com/postroom/postroom/adapters/memstore"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

// A host opens its bucket by an address, and gives the archive to the Syncer. Raw mail is in the
// bucket from then on.
func Example() {
	ctx := context.Background()
	// s3://crm-mail?region=eu-central-1, gs://crm-mail or azblob://crm-mail in production.
	bucket, err := gocloud.OpenBucket(ctx, "mem://")
	if err != nil {
		log.Fatal(err)
	}
	defer bucket.Close()
	archive, err := blob.New(bucket, &blob.Options{Prefix: "mail"})
	if err != nil {
		log.Fatal(err)
	}
	message := []byte("From: anna@example.com\r\nSubject: price list\r\n\r\nHello\r\n")
	mailbox := inboundtest.NewMailbox()
	mailbox.Deliver(message)
	syncer, err := inbound.New(inbound.Config{
		Accounts: []inbound.Account{{ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
			Username: "shop@shop.example", CreateCustomer: true}},
		Fetchers:         map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: mailbox},
		Credentials:      inboundtest.Password("test"),
		Store:            memstore.New(),
		CustomerRepo:     memstore.NewCustomers(),
		ManagerDirectory: memstore.NewManagers(),
		Archive:          archive,
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := syncer.Sync(ctx, "shop"); err != nil {
		log.Fatal(err)
	}

	page, _, err := archive.ListBlobs(ctx, "", 10)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page), "message of", page[0].Size, "bytes")
	sum := sha256.Sum256(message)
	raw, err := archive.Open(ctx, hex.EncodeToString(sum[:])) // checked while it is read
	if err != nil {
		log.Fatal(err)
	}
	defer raw.Close()
	data, err := io.ReadAll(raw)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("as it came:", bytes.Equal(data, message))

	// Output:
	// 1 message of 54 bytes
	// as it came: true
}
