package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

type mbsync struct {
	path string
	box  mailbox
}

func newMbsync(box mailbox) (*mbsync, error) {
	path, err := exec.LookPath("mbsync")
	if err != nil {
		return nil, errors.New(`mbsync is missing: install it, on Debian with "apt-get install isync",` +
			` or measure the collector alone with -only collector`)
	}
	return &mbsync{path: path, box: box}, nil
}

func (m *mbsync) name() string { return "mbsync" }

func (m *mbsync) download(ctx context.Context, dir string) (usage, error) {
	config := filepath.Join(dir, "mbsyncrc")
	text := fmt.Sprintf(`IMAPStore far
Host %s
Port %d
User %s
Pass %s
SSLType IMAPS
CertificateFile %s

MaildirStore near
Path %s/
Inbox %s/INBOX

Channel bench
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`, m.box.host, m.box.ports.IMAPS, user, password, m.box.caFile, dir, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return usage{}, err
	}
	u, err := timed(ctx, nil, m.path, "-c", config, "-q", "bench")
	if err != nil {
		return u, err
	}
	var files int
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(dir, "INBOX", sub))
		if err != nil {
			return u, err
		}
		files += len(entries)
	}
	if files != m.box.messages {
		return u, fmt.Errorf("it made %d files of %d messages", files, m.box.messages)
	}
	return u, nil
}
