package main

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

// accountFile is the file of mailboxes: each line has the ID of an account and the address of
// its mailbox. It is read again for each job, so that a change is followed in seconds. All
// machines need the same file; a CRM keeps its accounts in its database instead
// (inbound.SavedAccounts).
//
//	shop   imaps://shop%40shop.example:secret@imap.shop.example
//	second imap://user:secret@mail.example?interval=1m
type accountFile string

// entry is a line of the file.
type entry struct {
	account  inbound.Account
	password inbound.Secret
}

// securities are the schemes that an address of a mailbox may have.
var securities = map[string]inbound.Security{
	"imaps": inbound.TLS, "imap": inbound.StartTLS, "imap+plain": inbound.Plain,
}

// Accounts implements inbound.AccountSource.
func (f accountFile) Accounts(context.Context) (list []inbound.Account, err error) {
	entries, err := f.read()
	for _, e := range entries {
		list = append(list, e.account)
	}
	return list, err
}

// Credentials implements inbound.Credentials.
func (f accountFile) Credentials(_ context.Context, accountID string) (inbound.Secrets, error) {
	entries, err := f.read()
	for _, e := range entries {
		if e.account.ID == accountID {
			return inbound.Secrets{Password: e.password}, nil
		}
	}
	return inbound.Secrets{}, err
}

func (f accountFile) read() (entries []entry, err error) {
	file, err := os.Open(string(f))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		e, err := parseEntry(text)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", f, n, err)
		}
		entries = append(entries, e)
	}
	return entries, lines.Err()
}

// parseEntry reads a line. Its errors do not show the address, which has a password.
func parseEntry(text string) (e entry, err error) {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return e, fmt.Errorf("want an ID and an address, got %d words", len(fields))
	}
	u, err := url.Parse(fields[1])
	if err != nil {
		return e, fmt.Errorf("the address of account %q is no URL; write @ in a user name as %%40", fields[0])
	}
	security, ok := securities[u.Scheme]
	if !ok {
		return e, fmt.Errorf("account %q: the address must begin with imaps://, imap:// or imap+plain://", fields[0])
	}
	port := 0
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return e, fmt.Errorf("account %q: port %q is no number", fields[0], u.Port())
		}
	}
	interval := time.Duration(0) // the default
	if text := u.Query().Get("interval"); text != "" {
		if interval, err = time.ParseDuration(text); err != nil {
			return e, fmt.Errorf("account %q: interval %q is no duration, such as 1m", fields[0], text)
		}
	}
	password, _ := u.User.Password()
	return entry{password: inbound.Secret(password), account: inbound.Account{
		ID: fields[0], Shop: "main", Protocol: inbound.IMAP, Host: u.Hostname(), Port: port, Security: security,
		Username: u.User.Username(), Interval: interval,
		CreateCustomer: true, NotifyManager: true, ManagerGroup: group,
	}}, nil
}
