package inbound_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/inboundtest"
)

func TestNewNamesEveryProblemAtOnce(t *testing.T) {
	_, err := inbound.New(inbound.Config{Accounts: []inbound.Account{
		{ID: "a b", Protocol: "smtp", Security: "maybe", Port: 70000, Interval: -time.Second},
		{ID: "x", Protocol: inbound.POP3, Host: "h", Username: "u\r\nDELE 1", Password: "p", Folders: []string{"INBOX"},
			Start: inbound.Start{Now: true, Since: time.Unix(1, 0)}},
		{ID: "x", Protocol: inbound.IMAP, Folders: []string{"a\r\nb"}},
	}, OwnAddresses: []string{"nonsense"}})
	require.Error(t, err)
	for _, part := range []string{"Store is missing", "CustomerRepo is missing", "ManagerDirectory is missing", `"a b"`, `"smtp"`, `"maybe"`, "70000", "-1s",
		"host", "user name is missing", "password or OAuth2", "folders are for IMAP", "line break", "not both", "used twice", "no fetcher", "nonsense", "is not a folder name"} {
		assert.ErrorContains(t, err, part)
	}
}

func TestElevenAccountsAreTooMany(t *testing.T) {
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

func TestNoAccountDeletesWhatAnotherCollects(t *testing.T) {
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
	require.NoError(t, check(), "nobody deletes")
	other.DeleteUploaded = true
	require.ErrorContains(t, check(), `accounts shop and other collect from the same mailbox (folder "INBOX")`)
	other.Folders = []string{"Orders"}
	require.NoError(t, check(), "folders of their own")
	other.Folders, other.Username = nil, "other@shop.example"
	require.NoError(t, check(), "mailboxes of their own")
	other.Username, other.Inactive = one.Username, true
	require.NoError(t, check(), "one is switched off")
}

func TestNew_RefusesDurationsWithoutTheirUnit(t *testing.T) {
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
	assert.ErrorContains(t, refusal(func(a *inbound.Account) { a.Interval = -time.Minute }), "interval -1m0s is negative")
	assert.NoError(t, refusal(func(a *inbound.Account) { a.Interval = 6 }), "taken as a second")
	assert.ErrorContains(t, refusal(func(a *inbound.Account) { a.DeleteAfter = -time.Hour }), "delete after -1h0m0s is negative")
	assert.NoError(t, refusal(func(a *inbound.Account) { a.DeleteAfter = time.Hour }))
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
		"POP3 and another folder": {func(a, b *account) {
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
		"a dot behind the host": {func(_, b *account) { b.Host += "." }, "INBOX"},
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
		"another host":            {func(_, b *account) { b.Host = "mail.example.org" }, ""},
		"another user":            {func(_, b *account) { b.Username = "other@shop.example" }, ""},
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
				assert.ErrorContains(t, err, fmt.Sprintf("accounts shop and other collect from the same mailbox (folder %q)", tc.conflict),
					"%s, %s deletes", name, deletes)
			}
		}
	}
}

func TestCustomFieldsAreCheckedBeforeTheFirstPass(t *testing.T) {
	h := newHost(t)
	h.customers.DefineFields(customer.Field{Name: "source"}, customer.Field{Name: "score", Type: customer.FieldInteger})
	h.account.Fields = map[string]string{"source": "email", "score": "high"}
	h.box.Deliver(mail("a@example.com", "one"))
	_, err := h.syncer().Sync(t.Context(), "shop")
	require.ErrorIs(t, err, customer.ErrField)
	require.ErrorIs(t, err, inbound.ErrPermanent)
	assert.Empty(t, h.outcomes())
	h.account.Fields["score"] = "7"
	assert.Equal(t, 1, h.pass().Outcomes[inbound.Uploaded])
}

func TestSecretsDoNotShow(t *testing.T) {
	a := inbound.Account{ID: "shop", Password: "hunter2"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.NotContains(t, fmt.Sprintf(format, a), "hunter2")
		assert.NotContains(t, fmt.Sprintf(format, a.Password), "68756e746572")
	}
	text, err := a.Password.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, `"[redacted]"`, string(text))
	assert.Equal(t, "[redacted]", a.Password.LogValue().String())
	assert.Equal(t, "hunter2", a.Password.Reveal())
}
