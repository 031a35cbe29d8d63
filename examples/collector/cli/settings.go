package cli

import (
	"math"
	"os"
	"strings"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// settings is the content of the settings file. Its fields are exported because fmt
// hides the passwords in exported fields only.
type settings struct {
	File         string
	Database     string // path of the SQLite file
	Limits       inbound.Limits
	AllowPrivate bool
	OwnAddresses []string
	Accounts     []inbound.Account
	Secrets      inbound.StaticCredentials
	Customers    []customer.Customer
	Managers     []manager
	Fields       []customer.Field
	LogNotices   bool // notifications go to the log
}

// manager is a manager with their groups.
type manager struct {
	assign.Manager
	groups []string
}

// readSettings reads a settings file. If the file has problems, it returns a
// *settingsError that names all of them.
func readSettings(file string, env func(string) (string, bool)) (*settings, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("cannot read the settings: %v", err)
	}
	return parseSettings(file, text, env)
}

func parseSettings(file string, text []byte, env func(string) (string, bool)) (*settings, error) {
	y := &yamlFile{env: env}
	c := &settings{File: file}
	if top := y.parse(text); top != nil {
		c.read(top)
	}
	return c, y.in(file)
}

func (c *settings) read(top *section) {
	c.Database = readDatabase(top)
	if top.get("http") != nil {
		top.later("http")
	}
	limits := top.section("limits")
	c.Limits.MaxAccounts = int(limits.number("accounts", 1, 100_000))
	c.Limits.MessageBytes = limits.number("message_bytes", 1, maxSize)
	limits.end()
	c.AllowPrivate = top.flag("allow_private_networks", false)
	for _, w := range top.words("own_addresses") {
		if _, err := customer.Normalize(w.text); err != nil {
			top.wrong("own_addresses", "%s is not an email address", w.quote)
		}
		c.OwnAddresses = append(c.OwnAddresses, w.text)
	}
	c.Fields = readFields(top.sections("fields", "name"))
	c.Managers = readManagers(top.sections("managers", "id"))
	c.Customers = readCustomers(top.sections("customers", "email"), c.Managers)
	c.readAccounts(top)
	configured := top.get("notify") != nil
	notify := top.section("notify")
	c.LogNotices = notify.flag("log", !configured) // without a Notifier, they would never be delivered
	refuseTransports(notify)
	top.end()
}

// readDatabase returns the path of the SQLite file.
func readDatabase(top *section) string {
	w := top.word("database")
	kind, path, _ := strings.Cut(w.text, ":")
	switch {
	case w.bad:
	case w.text == "":
		top.wrong("database", "is missing: write sqlite:FILE, such as sqlite:./collector.db")
	case kind == "postgres" || kind == "postgresql" || kind == "mysql":
		top.wrong("database", "%s is not there yet; use sqlite:FILE", kind)
	case kind != "sqlite" || path == "" || path == ":memory:":
		// The text is not quoted: it may hold a password.
		top.wrong("database", "must be sqlite:FILE, such as sqlite:./collector.db")
	case strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///"):
		top.wrong("database", "the file comes right after sqlite:, such as sqlite:./collector.db"+
			" or sqlite:/var/lib/collector.db")
	}
	return path
}

// account returns the settings of an account.
func (c *settings) account(id string) (inbound.Account, error) {
	var ids []string
	for _, a := range c.Accounts {
		if a.ID == id {
			return a, nil
		}
		ids = append(ids, a.ID)
	}
	return inbound.Account{}, usagef("there is no account %q in %s; the accounts are %s",
		id, c.File, strings.Join(ids, ", "))
}

// refuseTransports reports the transports for notifications that do not exist yet,
// so that nobody waits in vain for notifications by them.
func refuseTransports(notify *section) {
	if webhook := notify.section("webhook"); webhook != nil {
		webhook.text("url")
		webhook.text("secret")
		webhook.end()
		notify.later("webhook")
	}
	if smtp := notify.section("smtp"); smtp != nil {
		for _, key := range []string{"host", "port", "security", "username", "password", "from"} {
			smtp.text(key)
		}
		smtp.end()
		notify.later("smtp")
	}
	notify.end()
}

const (
	maxPort = math.MaxUint16
	maxSize = math.MaxInt64
)
