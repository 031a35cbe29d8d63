package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/mailgen"
)

const (
	mailbox  = "shop@shop.example"
	password = "correct horse"
)

// scene is a server whose mailbox gets mail, and a collector that empties it.
type scene struct {
	dir       string
	server    *dovecot.Server
	collector string
	mail      *mailgen.Generator
	rand      *rand.Rand

	delivered []delivered
	confirmed map[string]bool // notifications that are delivered according to the outbox
	logged    map[string]int  // notifications that were logged
}

type delivered struct {
	sum   string
	truth mailgen.Truth
}

func build(ctx context.Context, o options) (s *scene, err error) {
	s = &scene{confirmed: make(map[string]bool), logged: make(map[string]int), rand: rand.New(rand.NewPCG(o.seed, 1))}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.dir, err = os.MkdirTemp("", "sigkill"); err != nil {
		return s, err
	}
	if s.server, err = dovecot.Start(nil); err != nil {
		return s, err
	}
	if err := s.server.AddUser(mailbox, password); err != nil {
		return s, err
	}
	s.mail = mailgen.New(mailgen.Options{Seed: o.seed, Messages: 1_000_000, Senders: 200, Scale: 0.1})
	s.collector = filepath.Join(s.dir, "collector")
	build := exec.CommandContext(ctx, "go", "build", "-o", s.collector,
		"github.com/postroom/postroom/examples/collector")
	if text, err := build.CombinedOutput(); err != nil {
		return s, fmt.Errorf("build the collector: %w\n%s", err, text)
	}
	return s, os.WriteFile(s.config(), []byte(s.settings(o.protocol)), 0o600)
}

func (s *scene) close() error {
	var err error
	if s.server != nil {
		err = s.server.Close()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

func (s *scene) config() string { return filepath.Join(s.dir, "collector.yaml") }

func (s *scene) settings(protocol string) string {
	port := s.server.Ports().IMAPS
	if protocol == "pop3" {
		port = s.server.Ports().POP3S
	}
	return fmt.Sprintf(`database: sqlite:%s/collector.db
allow_private_networks: true
accounts:
  - id: shop
    shop: main
    protocol: %s
    host: %s
    port: %d
    username: %s
    password: %s
    interval: 1s
    delete_uploaded: true
    create_customer: true
    notify_manager: true
    manager_group: support
    initial_notifications: each
    initial_age: 0
managers:
  - {id: m1, name: Maria, groups: [support], status: free}
  - {id: m2, name: Miguel, groups: [support], status: free}
  - {id: m3, name: Mona, groups: [support], status: free}
notify:
  log: true
`, s.dir, protocol, s.server.Host(), port, mailbox, password)
}

// deliver puts the next message into the mailbox.
func (s *scene) deliver() error {
	raw, truth := s.mail.Message(len(s.delivered))
	sum := sha256.Sum256(raw)
	s.delivered = append(s.delivered, delivered{hex.EncodeToString(sum[:]), truth})
	return s.server.Deliver(mailbox, "INBOX", raw)
}

// killRepeatedly starts a collector, kills it after a moment and repeats that, while
// mail arrives.
func (s *scene) killRepeatedly(ctx context.Context, o options, out io.Writer) error {
	for kill := range o.kills {
		var said bytes.Buffer
		cmd := s.command(ctx, "run")
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			return err
		}
		err := s.keepDelivering(ctx, time.Duration(s.rand.Int64N(int64(o.pause))))
		killed := cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		if err := errors.Join(err, killed); err != nil {
			return err
		}
		if err := s.readLog(said.Bytes()); err != nil {
			return err
		}
		if err := s.askOutbox(ctx); err != nil {
			return err
		}
		if (kill+1)%10 == 0 {
			fmt.Fprintf(out, "%d kills, %d messages delivered to the mailbox, %d notifications so far\n",
				kill+1, len(s.delivered), len(s.confirmed))
		}
	}
	return nil
}

// keepDelivering delivers mail for a while, in bursts.
func (s *scene) keepDelivering(ctx context.Context, d time.Duration) error {
	for end := time.Now().Add(d); time.Now().Before(end); {
		for range s.rand.IntN(4) {
			if err := s.deliver(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(min(time.Until(end), time.Duration(s.rand.IntN(30))*time.Millisecond)):
		}
	}
	return nil
}

var notificationID = regexp.MustCompile(`\bid=((?:customer_assigned|incoming_email)/\S+)`)

// readLog reads which notifications a collector has logged.
func (s *scene) readLog(said []byte) error {
	var problems []error
	for _, found := range notificationID.FindAllSubmatch(said, -1) {
		id := string(found[1])
		if s.confirmed[id] {
			problems = append(problems,
				fmt.Errorf("notification %s was logged again after the outbox recorded its delivery", id))
		}
		s.logged[id]++
	}
	return errors.Join(problems...)
}

func (s *scene) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.collector, append([]string{name, "-config", s.config()}, args...)...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+s.server.CAFile(), "TMPDIR="+s.dir)
	return cmd
}
