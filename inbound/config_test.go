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
		{ID: "x", Protocol: inbound.IMAP, Host: "h", Username: "u", Password: "p", Folders: []string{"a\r\nb"}},
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
