package config

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// allKeys returns the keys of a struct type and of the sections in it, with paths.
func allKeys(t reflect.Type, path string) map[string]key {
	all := make(map[string]key)
	for _, k := range keysOf(t) {
		all[path+k.name] = k
		if inner, ok := k.section(); ok {
			for name, one := range allKeys(inner, path+k.name+".") {
				all[name] = one
			}
		}
	}
	return all
}

func TestFile_EveryKeyIsDescribed(t *testing.T) {
	all := allKeys(reflect.TypeFor[File](), "")
	require.Contains(t, all, "accounts.oauth2.token_url")
	for name, k := range all {
		assert.NotEmpty(t, k.name, name)
		assert.NotEmpty(t, k.doc, name)
		_, section := k.section()
		assert.True(t, section || k.example != "" || k.fallback != nil, "%s has neither example nor default", name)
		assert.False(t, k.required && k.fallback != nil, "%s is required and has a default", name)
		if k.fallback != nil {
			var node yaml.Node
			assert.NoError(t, yaml.Unmarshal([]byte(*k.fallback), &node), name)
		}
	}
}

func TestWriteTable(t *testing.T) {
	for _, width := range []uint{80, 100} {
		var b strings.Builder
		require.NoError(t, WriteTable(&b, width))
		for line := range strings.Lines(b.String()) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), int(width), line)
		}
		text := strings.Join(strings.Fields(b.String()), " ")
		for name, k := range allKeys(reflect.TypeFor[File](), "") {
			first, _, _ := strings.Cut(k.meaning(), " ")
			assert.Contains(t, text, strings.Join([]string{k.name, k.typeName(), k.defaultText(), first}, " "), name)
		}
	}
}

// reference returns the reference as YAML, and what it is read as with its
// environment variables set.
func reference(t *testing.T) (string, *Settings) {
	t.Helper()
	var b strings.Builder
	require.NoError(t, WriteYAML(&b))
	c, err := Parse("c.yaml", []byte(b.String()), environment("SHOP_PASSWORD", "s3cret"))
	require.NoError(t, err, b.String())
	return b.String(), c
}

func TestWriteYAML_IsAccepted(t *testing.T) {
	text, c := reference(t)
	assert.Equal(t, inbound.StaticCredentials{"shop": {Password: "s3cret"}}, c.Secrets)
	for name, k := range allKeys(reflect.TypeFor[File](), "") {
		assert.Regexp(t, `(?m)^[ #-]*`+k.name+`:`, text, name)
		assert.Contains(t, text, k.doc, name)
	}
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, len(line), 101, line)
	}
}

// The first run with the reference uploads mail of unknown senders, and somebody gets them.
func TestWriteYAML_CollectsFromNewCustomers(t *testing.T) {
	text, c := reference(t)
	assert.Equal(t, []inbound.Account{{ID: "shop", Shop: "main", Protocol: inbound.IMAP, Host: "imap.example.com",
		Username: "shop@shop.example", Security: inbound.TLS, Folders: []string{"INBOX"},
		InitialOrder: inbound.Oldest, Interval: inbound.DefaultInterval,
		NotifyManager: true, CreateCustomer: true, ManagerGroup: "support",
		InitialNotifications: inbound.NotifyDigest, InitialAge: inbound.DefaultInitialAge,
		Fields: map[string]string{}}}, c.Accounts)
	assert.Equal(t, []assign.Manager{{ID: "m1", Name: "Maria", Email: "maria@shop.example", Status: assign.Free}},
		c.Managers)
	assert.Equal(t, map[string][]string{"m1": {"support"}}, c.Groups)
	assert.Empty(t, c.Customers)
	assert.Empty(t, c.Fields)
	for _, section := range []string{"customers", "fields", "notify"} {
		assert.Contains(t, text, "\n# "+section+":")
	}
}

// uncommented returns the reference without the # before keys, as if somebody set them.
func uncommented(text string) string {
	return regexp.MustCompile(`(?m)^( *)# ( *(?:- )?[a-z0-9_]+:.*)$`).ReplaceAllString(text, "$1$2")
}

func TestWriteYAML_KeysInCommentsAreAccepted(t *testing.T) {
	text, _ := reference(t)
	text = regexp.MustCompile(`(?m)^ *(# )?(oauth2|  client_id|  client_secret|  refresh_token|  token_url): .*\n`).
		ReplaceAllString(text, "")
	text = uncommented(text)
	c, err := Parse("c.yaml", []byte(text), environment("SHOP_PASSWORD", "s3cret"))
	require.NoError(t, err, text)
	assert.Equal(t, []customer.Customer{{Email: "anna@example.com", Name: "Anna", Shop: "main", ManagerID: "m1"}},
		c.Customers)
	assert.Equal(t, []customer.Field{{Name: "source", Type: customer.FieldString}}, c.Fields)
	assert.True(t, c.LogNotices)
}

// The keys in comments are accepted instead of the one that they replace.
func TestWriteYAML_OAuth2InsteadOfPassword(t *testing.T) {
	text, _ := reference(t)
	text = regexp.MustCompile(`(?m)^ *password: .*\n`).ReplaceAllString(text, "")
	text = uncommented(text)
	c, err := Parse("c.yaml", []byte(text), environment("CLIENT_SECRET", "s", "REFRESH_TOKEN", "r"))
	require.NoError(t, err, text)
	assert.Equal(t, inbound.StaticCredentials{"shop": {ClientSecret: "s", RefreshToken: "r"}}, c.Secrets)
}

// The values that the reference has in comments are those of a file without the keys.
func TestWriteYAML_HasTheDefaults(t *testing.T) {
	text, written := reference(t)
	left, err := Parse("c.yaml", []byte("database: sqlite:./collector.db\naccounts:\n  - {id: shop, protocol: imap,"+
		" host: imap.example.com, username: shop@shop.example, password: s3cret, shop: main,"+
		" create_customer: true, notify_manager: true, manager_group: support}\n"), environment())
	require.NoError(t, err)
	assert.EqualExportedValues(t, written.Limits, left.Limits)
	assert.Equal(t, written.Accounts, left.Accounts)
	assert.Equal(t, written.LogNotices, left.LogNotices)
	assert.Equal(t, written.AllowPrivate, left.AllowPrivate)
	assert.Equal(t, written.OwnAddresses, left.OwnAddresses)
	assert.Equal(t, written.OwnDomains, left.OwnDomains)
	assert.Equal(t, inbound.Limits{MaxAccounts: 10, MessageBytes: 50 << 20}, left.Limits)

	for name, k := range allKeys(reflect.TypeFor[File](), "") {
		if _, section := k.section(); !section && k.fallback != nil && k.example == "" {
			assert.Regexp(t, `(?m)^ *# +`+k.name+": "+regexp.QuoteMeta(*k.fallback)+"( |$)", text, name)
		}
	}
}
