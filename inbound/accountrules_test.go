package inbound

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rulesOf admits accounts of IMAP with any credentials.
func rulesOf(maxAccounts int) accountRules {
	return accountRules{maxAccounts: maxAccounts,
		fetchers:    map[Protocol]Fetcher{IMAP: struct{ Fetcher }{}},
		credentials: CredentialsFunc(nil)}
}

func imapAccount(id string) Account {
	return Account{ID: id, Protocol: IMAP, Host: "imap.example.com", Username: id}
}

func TestAccountRules_AdmitsTheRest(t *testing.T) {
	deletes := func(a Account) Account {
		a.DeleteUploaded = true
		return a
	}
	as := func(a Account, username string) Account {
		a.Username = username
		return a
	}
	paused := func(a Account) Account {
		a.Paused = true
		return a
	}
	inactive := func(a Account) Account {
		a.Inactive = true
		return a
	}
	broken := func(a Account) Account {
		a.Interval = -1
		return a
	}
	a, b, c := imapAccount("a"), imapAccount("b"), imapAccount("c")
	type problem struct{ account, field, says string }
	for name, tc := range map[string]struct {
		list     []Account
		max      int
		admitted []string
		refused  []problem
	}{
		"none":     {max: 10},
		"all":      {list: []Account{a, inactive(b), paused(c)}, max: 3, admitted: []string{"a", "b", "c"}},
		"no limit": {list: []Account{a, b, c}, max: -1, admitted: []string{"a", "b", "c"}},
		"bad one":  {[]Account{a, broken(b), c}, 10, []string{"a", "c"}, []problem{{"b", "Interval", "negative"}}},
		"over limit": {[]Account{a, inactive(b), c}, 2, []string{"a", "b"},
			[]problem{{"c", "", "number 3 of 3 accounts"}}},
		"bad ones count towards the limit": {[]Account{broken(a), b, c}, 2, []string{"b"},
			[]problem{{"a", "Interval", "negative"}, {"c", "", "at most 2 are allowed"}}},
		"ID twice": {[]Account{a, b, as(a, "x")}, 10, []string{"a", "b"}, []problem{{"a", "ID", "used twice"}}},
		"conflict, the later deletes": {[]Account{a, b, deletes(as(c, "a"))}, 10, []string{"a", "b"},
			[]problem{{"c", "DeleteUploaded", "same mailbox as account a"}}},
		"conflict, the earlier deletes": {[]Account{deletes(a), b, as(c, "A")}, 10, []string{"a", "b"},
			[]problem{{"c", "DeleteUploaded", "same mailbox as account a"}}},
		"conflict with a paused one": {[]Account{paused(a), deletes(as(b, "a"))}, 10, []string{"a"},
			[]problem{{"b", "DeleteUploaded", "account a"}}},
		"no conflict with an inactive one": {[]Account{inactive(a), deletes(as(b, "a"))}, 10, []string{"a", "b"}, nil},
		"conflict with a refused one, which may run again": {[]Account{broken(a), deletes(as(b, "a"))}, 10, nil,
			[]problem{{"a", "Interval", "negative"}, {"b", "DeleteUploaded", "account a"}}},
		"conflict with one that has no fetcher": {
			[]Account{{ID: "a", Protocol: POP3, Host: a.Host, Username: "a"}, deletes(as(b, "a"))}, 10, nil,
			[]problem{{"a", "Protocol", `Config.Fetchers has ["imap"]`}, {"b", "DeleteUploaded", "account a"}}},
		"conflict with two": {[]Account{a, as(b, "a"), deletes(as(c, "a"))}, 10, []string{"a", "b"},
			[]problem{{"c", "DeleteUploaded", "account a"}, {"c", "DeleteUploaded", "account b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			admitted, refused := rulesOf(tc.max).admit(tc.list)
			var ids []string
			for _, one := range admitted {
				ids = append(ids, one.ID)
			}
			assert.Equal(t, tc.admitted, ids)
			var problems []problem
			for _, one := range refused {
				for _, e := range FieldErrors(one.err) {
					assert.Equal(t, one.ID, e.Account)
					problems = append(problems, problem{e.Account, e.Field, ""})
					if i := len(problems) - 1; i < len(tc.refused) {
						assert.Contains(t, e.Error(), tc.refused[i].says)
						problems[i].says = tc.refused[i].says
					}
				}
			}
			assert.Equal(t, tc.refused, problems)
		})
	}
}

// A reload must not take longer than the accounts are many.
func TestAccountRules_ManyAccountsOfOneServer(t *testing.T) {
	var list []Account
	for i := range 10_000 {
		a := imapAccount(fmt.Sprint("account", i))
		a.DeleteUploaded = true
		list = append(list, a)
	}
	before := time.Now()
	admitted, refused := rulesOf(-1).admit(list)
	assert.Len(t, admitted, 10_000)
	assert.Empty(t, refused)
	assert.Less(t, time.Since(before), 5*time.Second, "some 30 ms; comparing each with each takes half a minute")
}

func TestAccountRules_StaticCredentials(t *testing.T) {
	r := rulesOf(10)
	r.credentials = StaticCredentials{"a": {Password: "x"}}
	admitted, refused := r.admit([]Account{imapAccount("a"), imapAccount("b")})
	require.Len(t, admitted, 1)
	require.Len(t, refused, 1)
	problems := FieldErrors(refused[0].err)
	require.Len(t, problems, 1)
	assert.Equal(t, "Credentials", problems[0].Field)
}

type ownAddresses struct {
	AccountSource
	CompanySource
}

func TestConfigValidate_AccountSource(t *testing.T) {
	says := func(c Config) string { return c.validate(Limits{}).Error() }
	c := Config{AccountSource: struct{ AccountSource }{}, OwnAddresses: []string{"shop@shop.example"}}
	assert.NotContains(t, says(c), "AccountSource")
	c.AccountSource = ownAddresses{}
	assert.Contains(t, says(c), "leave Config.OwnAddresses and Config.OwnDomains empty")
	c.OwnAddresses, c.OwnDomains = nil, []string{"shop.example"}
	assert.Contains(t, says(c), "leave Config.OwnAddresses and Config.OwnDomains empty")
	c.Accounts = []Account{imapAccount("a")}
	assert.Contains(t, says(c), "Config.Accounts and Config.AccountSource are both set")
}
