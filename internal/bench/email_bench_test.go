package main

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // decode the same charsets as the others
	messagemail "github.com/emersion/go-message/mail"
	"github.com/jhillyerd/enmime/v2"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound/email"
	"github.com/postroom/postroom/internal/mailgen"
)

// readers read a message in the way in which programs use these libraries: the fields
// that a person sees, and the decoded content of every part. Package email also hashes
// the message and each attachment, classifies the message and converts HTML to text.
var readers = map[string]func(raw []byte) error{
	"email":      readEmail,
	"go-message": readGoMessage,
	"net-mail":   readNetMail,
	"enmime":     readEnmime,
}

func generated(messages int) [][]byte {
	g := mailgen.New(mailgen.Options{Seed: 1, Messages: messages})
	list := make([][]byte, messages)
	for i := range list {
		list[i], _ = g.Message(i)
	}
	return list
}

// BenchmarkReaders reads a generated mailbox, one message after the other.
//
//	go test -run '^$' -bench Readers -benchmem ./internal/bench
func BenchmarkReaders(b *testing.B) {
	list := generated(400)
	size := 0
	for _, raw := range list {
		size += len(raw)
	}
	for _, name := range [...]string{"email", "go-message", "net-mail", "enmime"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				for _, raw := range list {
					if err := readers[name](raw); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(list)*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// All readers must be able to read the messages of the benchmark.
func TestReaders_ReadGeneratedMail(t *testing.T) {
	for i, raw := range generated(100) {
		for name, read := range readers {
			require.NoError(t, read(raw), "message %d by %s", i, name)
		}
	}
}

func readEmail(raw []byte) error {
	_, err := email.Parse(bytes.NewReader(raw), email.Limits{})
	return err
}

func readGoMessage(raw []byte) error {
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	h := messagemail.Header{Header: e.Header}
	for _, field := range [...]string{"From", "To", "Cc", "Reply-To"} {
		if _, err := h.AddressList(field); err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
	}
	if _, err := h.Subject(); err != nil {
		return err
	}
	if _, err := h.Date(); err != nil {
		return err
	}
	return e.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil || strings.HasPrefix(part.Header.Get("Content-Type"), "multipart/") {
			return err
		}
		_, err = io.Copy(io.Discard, part.Body)
		return err
	})
}

func readNetMail(raw []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for _, field := range [...]string{"From", "To", "Cc", "Reply-To"} {
		if v := m.Header.Get(field); v != "" {
			if _, err := addresses.ParseList(v); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
		}
	}
	if _, err := words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		return err
	}
	return readStandardPart(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func readEnmime(raw []byte) error {
	e, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for _, field := range [...]string{"From", "To", "Cc", "Reply-To"} {
		if e.GetHeader(field) != "" {
			if _, err := e.AddressList(field); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
		}
	}
	_ = e.GetHeader("Subject")
	return nil
}
