package inbound_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestNew_ReportsAllProblems(t *testing.T) {
	_, err := inbound.New(inbound.Config{Accounts: []inbound.Account{
		{ID: "a b", Protocol: "smtp", Security: "maybe", Port: 70000, Interval: -time.Second},
		{ID: "x", Protocol: inbound.POP3, Host: "h", Username: "u\r\nDELE 1", Folders: []string{"INBOX"},
			Start: inbound.Start{Now: true, Since: time.Unix(1, 0)}},
		{ID: "x", Protocol: inbound.IMAP, Folders: []string{"a\r\nb"}},
	}, OwnAddresses: []string{"nonsense"}})
	require.Error(t, err)
	for _, part := range []string{"Store is missing", "CustomerRepo is missing", "ManagerDirectory is missing",
		`"a b"`, `"smtp"`, `"maybe"`, "70000", "-1s",
		"host", "user name is missing", "password or OAuth2", "folders are for IMAP", "line break",
		"not both", "used twice", "no fetcher", "nonsense", "is not a folder name"} {
		assert.ErrorContains(t, err, part)
	}
}

func TestNew_TooManyAccounts(t *testing.T) {
	h := newHost(t)
	c := h.config
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: inboundtest.NewMailbox()}
	for i := range 11 {
		a := h.account
		a.ID = fmt.Sprint("account", i)
		c.Accounts = append(c.Accounts, a)
	}
	_, err := inbound.New(c)
	require.ErrorContains(t, err, "11 accounts, but at most 10 are allowed")
	c.Limits.MaxAccounts = 11
	_, err = inbound.New(c)
	require.NoError(t, err, "a host may raise the limit")
}

func TestNew_NegativeDurations(t *testing.T) {
	h := newHost(t)
	c := h.config
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: inboundtest.NewMailbox()}
	refusal := func(change func(a *inbound.Account)) error {
		a := h.account
		change(&a)
		c.Accounts = []inbound.Account{a}
		_, err := inbound.New(c)
		return err
	}
	assert.ErrorContains(t, refusal(func(a *inbound.Account) { a.Interval = -time.Minute }),
		"interval -1m0s is negative")
	assert.NoError(t, refusal(func(a *inbound.Account) { a.Interval = 6 }), "counts as a second")
	assert.ErrorContains(t, refusal(func(a *inbound.Account) { a.DeleteAfter = -time.Hour }),
		"delete after -1h0m0s is negative")
	assert.NoError(t, refusal(func(a *inbound.Account) { a.DeleteAfter = time.Hour }))
}

// Each problem names its field, so that a form can mark it.
func TestAccountValidate_NamesTheField(t *testing.T) {
	good := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "imap.example.com", Username: "shop"}
	require.NoError(t, good.Validate())
	for field, spoil := range map[string]func(a *inbound.Account){
		"ID":          func(a *inbound.Account) { a.ID = "a b" },
		"Protocol":    func(a *inbound.Account) { a.Protocol = "" },
		"Host":        func(a *inbound.Account) { a.Host = "imap example com" },
		"Port":        func(a *inbound.Account) { a.Port = 70000 },
		"Security":    func(a *inbound.Account) { a.Security = "maybe" },
		"Username":    func(a *inbound.Account) { a.Username = "" },
		"OAuth2":      func(a *inbound.Account) { a.OAuth2.ClientID = "c" },
		"Folders":     func(a *inbound.Account) { a.Folders = []string{"INBOX", ""} },
		"CreateFor":   func(a *inbound.Account) { a.CreateFor = []inbound.Class{"spam", "letters"} },
		"Start":       func(a *inbound.Account) { a.Start = inbound.Start{Now: true, Since: time.Unix(1, 0)} },
		"Interval":    func(a *inbound.Account) { a.Interval = -1 },
		"DeleteAfter": func(a *inbound.Account) { a.DeleteAfter = -1 },
	} {
		a := good
		spoil(&a)
		problems := inbound.FieldErrors(a.Validate())
		require.Len(t, problems, 1, field)
		assert.Equal(t, field, problems[0].Field)
		assert.Equal(t, a.ID, problems[0].Account)
		assert.Contains(t, problems[0].Error(), fmt.Sprintf("inbound: account %s: ", a.ID))
	}
	two := good
	two.Port, two.Interval = -1, -1
	assert.Len(t, inbound.FieldErrors(two.Validate()), 2)
	assert.Empty(t, inbound.FieldErrors(nil))
}

// A protocol that the host adds needs neither a server nor a user name.
func TestAccountValidate_OtherProtocol(t *testing.T) {
	require.NoError(t, inbound.Account{ID: "shop", Protocol: "mailbox-api"}.Validate())
}

func TestNew_ProtocolWithoutFetcher(t *testing.T) {
	h := newHost(t)
	f := &providerFetcher{Mailbox: h.box}
	_, err := inbound.New(configOf(h, f, inbound.Account{ID: "shop", Protocol: "provider"}))
	require.NoError(t, err, "host, user name and password are for IMAP and POP3")
	for _, protocol := range []inbound.Protocol{"other", "absent", ""} {
		_, err = inbound.New(configOf(h, f, inbound.Account{ID: "shop", Protocol: protocol}))
		assert.ErrorContains(t, err, `Config.Fetchers has ["provider"]`)
	}
}

func TestNew_FetcherValidatesAccounts(t *testing.T) {
	h := newHost(t)
	tenant := errors.New("the tenant is missing")
	f := &providerFetcher{Mailbox: h.box}
	f.validate = func(a inbound.Account) error {
		assert.Equal(t, []string{""}, a.Folders, "defaults are filled in")
		if a.ID == "bad" {
			return tenant
		}
		return nil
	}
	good := inbound.Account{ID: "good", Protocol: "provider"}
	bad := inbound.Account{ID: "bad", Protocol: "provider", Port: -1}
	_, err := inbound.New(configOf(h, f, good))
	require.NoError(t, err)
	_, err = inbound.New(configOf(h, f, good, bad))
	require.ErrorIs(t, err, tenant)
	assert.ErrorContains(t, err, "account bad: the tenant is missing")
	assert.ErrorContains(t, err, "port -1", "together with the other problems")
}

func TestNew_DeletingAccountSharesMailbox(t *testing.T) {
	h := newHost(t)
	c := h.config
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: inboundtest.NewMailbox()}
	one, other := h.account, h.account
	other.ID, other.Host = "other", strings.ToUpper(one.Host)
	check := func() error {
		c.Accounts = []inbound.Account{one, other}
		_, err := inbound.New(c)
		return err
	}
	require.NoError(t, check(), "no account deletes")
	other.DeleteUploaded = true
	require.ErrorContains(t, check(), `account other: it collects from the same mailbox as account shop (folder "INBOX")`)
	other.Folders = []string{"Orders"}
	require.NoError(t, check(), "different folders")
	other.Folders, other.Username = nil, "other@shop.example"
	require.NoError(t, check(), "different mailboxes")
	other.Username, other.Inactive = one.Username, true
	require.NoError(t, check(), "one account is inactive")
}

func TestPromise_NoAccountDeletesWhatAnotherCollects(t *testing.T) {
	h := newHost(t)
	c := h.config
	box := inboundtest.NewMailbox()
	c.Fetchers = map[inbound.Protocol]inbound.Fetcher{inbound.IMAP: box, inbound.POP3: box}
	type account = inbound.Account
	for name, tc := range map[string]struct {
		change   func(one, other *account)
		conflict string // the folder
	}{
		"the same":            {func(_, _ *account) {}, "INBOX"},
		"inbox in lower case": {func(_, b *account) { b.Folders = []string{"inbox"} }, "INBOX"},
		"INBOX among others": {func(a, b *account) {
			a.Folders = []string{"Orders", "Inbox"}
		}, "INBOX"},
		"other folder": {func(a, b *account) {
			a.Folders, b.Folders = []string{"A", "B"}, []string{"C", "B"}
		}, "B"},
		"other folder in other case": {func(a, b *account) {
			a.Folders, b.Folders = []string{"Orders"}, []string{"ORDERS"}
		}, ""},
		"IMAP and POP3": {func(_, b *account) { b.Protocol = inbound.POP3 }, "INBOX"},
		"POP3 and IMAP": {func(a, _ *account) { a.Protocol = inbound.POP3 }, "INBOX"},
		"POP3 twice": {func(a, b *account) {
			a.Protocol, b.Protocol = inbound.POP3, inbound.POP3
		}, "INBOX"},
		"POP3 and a different folder": {func(a, b *account) {
			a.Folders, b.Protocol = []string{"Orders"}, inbound.POP3
		}, ""},
		"993 and 143": {func(a, b *account) {
			a.Port, b.Port, b.Security = 993, 143, inbound.StartTLS
		}, "INBOX"},
		"143 by default": {func(_, b *account) { b.Security = inbound.StartTLS }, "INBOX"},
		"993 and 995": {func(a, b *account) {
			a.Port, b.Port, b.Protocol = 993, 995, inbound.POP3
		}, "INBOX"},
		"993 and 110": {func(_, b *account) {
			b.Port, b.Protocol, b.Security = 110, inbound.POP3, inbound.StartTLS
		}, "INBOX"},
		"a dot after the host": {func(_, b *account) { b.Host += "." }, "INBOX"},
		"letter case": {func(a, b *account) {
			a.Host, b.Username = strings.ToUpper(a.Host), strings.ToUpper(b.Username)
		}, "INBOX"},
		"two tunnels": {func(a, b *account) {
			a.Host, b.Host, a.Port, b.Port = "localhost", "localhost", 1143, 2143
		}, ""},
		"one tunnel": {func(a, b *account) {
			a.Host, b.Host, a.Port, b.Port = "localhost", "LOCALHOST", 1143, 1143
		}, "INBOX"},
		"a tunnel and the server": {func(_, b *account) { b.Port = 1143 }, ""},
		"different host":          {func(_, b *account) { b.Host = "mail.example.org" }, ""},
		"different user":          {func(_, b *account) { b.Username = "other@shop.example" }, ""},
	} {
		for _, deletes := range []string{"first", "second", "nobody"} {
			one, other := h.account, h.account
			other.ID = "other"
			tc.change(&one, &other)
			one.DeleteUploaded, other.DeleteUploaded = deletes == "first", deletes == "second"
			c.Accounts = []inbound.Account{one, other}
			_, err := inbound.New(c)
			if tc.conflict == "" || deletes == "nobody" {
				assert.NoError(t, err, "%s, %s deletes", name, deletes)
			} else {
				assert.ErrorContains(t, err,
					fmt.Sprintf("account other: it collects from the same mailbox as account shop (folder %q)", tc.conflict),
					"%s, %s deletes", name, deletes)
			}
		}
	}
}

func TestNew_DeletingAccountSharesWholeMailbox(t *testing.T) {
	h := newHost(t)
	f := &providerFetcher{Mailbox: h.box}
	one := inbound.Account{ID: "one", Protocol: "provider", Username: "shop@shop.example", Folders: []string{"A"},
		DeleteUploaded: true}
	other := one
	other.ID, other.Folders = "other", []string{"B"}
	_, err := inbound.New(configOf(h, f, one, other))
	require.NoError(t, err, "different folders")
	_, err = inbound.New(configOf(h, wholeFetcher{f}, one, other))
	require.ErrorContains(t, err, "collects from the same mailbox", "a deletion takes a message out of every folder")
	one.Username, other.Username = "", ""
	_, err = inbound.New(configOf(h, wholeFetcher{f}, one, other))
	require.NoError(t, err, "without user names, the mailboxes are not known to be the same")
}
