package cli

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

const defaultAccounts = 10

// readAccounts reads the accounts. It is called after everything is read that they
// refer to.
func (c *settings) readAccounts(top *section) {
	c.Secrets = make(inbound.StaticCredentials)
	list := top.sections("accounts", "id")
	if len(list) == 0 {
		top.wrong("accounts", "there is none: describe at least one mailbox")
	}
	most := c.Limits.MaxAccounts
	if most == 0 {
		most = defaultAccounts
	}
	lines := make(map[string]int)
	for i, s := range list {
		a := c.readAccount(s)
		if first, twice := lines[a.ID]; twice && a.ID != "" {
			s.wrong("id", "%q is the id of the account in line %d already", a.ID, first)
		} else {
			lines[a.ID] = s.line
		}
		if i == most {
			s.add(s.line, "%s: this is account %d of %d, but limits.accounts admits %d;"+
				" remove accounts or raise limits.accounts", s.path, i+1, len(list), most)
		}
		c.Accounts = append(c.Accounts, a)
	}
}

// accountID matches the account IDs that package inbound accepts.
var accountID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$`)

func (c *settings) readAccount(s *section) inbound.Account {
	a := inbound.Account{
		ID:             s.required("id", "a short name that never changes, such as shop"),
		Name:           s.text("name"),
		Inactive:       !s.flag("active", true),
		Shop:           s.text("shop"),
		Protocol:       inbound.Protocol(s.choice("protocol", "", "imap", "pop3")),
		Host:           s.required("host", "the name of the mail server, such as imap.example.com"),
		Port:           int(s.number("port", 1, maxPort)),
		Security:       inbound.Security(s.choice("security", "tls", "starttls", "none")),
		Username:       s.required("username", "what the mailbox is logged in to with"),
		Folders:        s.texts("folders"),
		Start:          readStart(s),
		Interval:       s.duration("interval"),
		DeleteUploaded: s.flag("delete_uploaded", false),
		DeleteAfter:    s.duration("delete_after"),
		MarkSeen:       s.flag("mark_seen", false),
		NotifyManager:  s.flag("notify_manager", false),
		CreateCustomer: s.flag("create_customer", false),
		CreateFor:      readClasses(s),
		ManagerGroup:   s.text("manager_group"),
		AssignExisting: s.flag("assign_existing", false),
		ReplyTo:        s.flag("reply_to", false),
		AuthservID:     s.text("authserv_id"),
	}
	if a.Interval > 0 && a.Interval < time.Second {
		s.wrong("interval", "%v is below one second; write a duration with its unit, such as 6m", a.Interval)
	}
	if a.ID != "" && !accountID.MatchString(a.ID) {
		s.wrong("id", "must be 1 to 100 letters, digits, or . _ @ -")
	}
	if strings.ContainsAny(a.Host, " /\r\n\x00") {
		s.wrong("host", "must be a name without protocol, path or port, such as imap.example.com")
	}
	if a.Security == inbound.Plain && !c.AllowPrivate {
		s.wrong("security",
			"none sends the password unprotected; it is permitted only with allow_private_networks: true")
	}
	if a.Protocol == inbound.POP3 && len(a.Folders) > 0 {
		s.wrong("folders", "POP3 has no folders; remove the key")
	}
	if strings.ContainsAny(a.Username, "\r\n\x00") {
		s.wrong("username", "has a line break or NUL in it")
	}
	if kind := s.choice("initial_notifications", "each", "digest", "none"); kind != "each" {
		s.wrong("initial_notifications", "%s is not there yet; write each", kind)
	}
	c.readLogin(s, &a)
	a.Fields = s.pairs("fields")
	if err := customer.CheckFields(c.Fields, a.Fields); err != nil {
		s.wrong("fields", "%s", oneLine(err))
	}
	s.end()
	return a
}

// readLogin reads the password or the OAuth 2.0 settings of an account.
func (c *settings) readLogin(s *section, a *inbound.Account) {
	password := s.word("password")
	secrets := inbound.Secrets{Password: inbound.Secret(password.text)}
	defer func() { c.Secrets[a.ID] = secrets }()
	if strings.ContainsAny(password.text, "\r\n\x00") {
		s.wrong("password", "has a line break or NUL in it")
	}
	consent := s.section("oauth2")
	switch {
	case consent == nil && !password.given:
		s.wrong("password",
			"is missing: write it as ${NAME} and set that environment variable, or give oauth2")
	case consent == nil && !password.bad && password.text == "":
		s.wrong("password", "is empty")
	case consent != nil && password.given:
		s.wrong("oauth2", "there is a password too; keep one of them")
	}
	if consent == nil {
		return
	}
	a.OAuth2 = inbound.OAuth2{
		ClientID: consent.required("client_id", "the program's ID at the mail provider"),
		TokenURL: consent.required("token_url", "where the mail provider gives access tokens"),
	}
	secrets.ClientSecret = inbound.Secret(consent.text("client_secret"))
	secrets.RefreshToken = inbound.Secret(
		consent.required("refresh_token", "what the owner of the mailbox consented to"))
	consent.end()
	if a.OAuth2.TokenURL != "" && !c.isTokenURL(a.OAuth2.TokenURL) {
		consent.wrong("token_url", "must be an address that begins with https://")
	}
}

// isTokenURL reports whether address is an https address. With
// allow_private_networks, http is allowed too.
func (c *settings) isTokenURL(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && c.AllowPrivate
}

// readStart reads from when on mail is collected. A date begins at midnight UTC.
func readStart(s *section) inbound.Start {
	w := s.word("start")
	switch w.text {
	case "", "all":
		return inbound.Start{}
	case "now":
		return inbound.Start{Now: true}
	}
	since, err := time.Parse(time.DateOnly, w.text)
	if err != nil {
		s.wrong("start", "%s is neither all, now nor a date such as 2026-01-31", w.quote)
	}
	return inbound.Start{Since: since}
}

// readClasses reads the classes of mail for which customers are created. nil means
// the default.
func readClasses(s *section) []inbound.Class {
	var classes []inbound.Class
	for _, w := range s.words("create_for") {
		switch class := inbound.Class(w.text); class {
		case email.ClassPersonal, email.ClassAutoReply, email.ClassBounce, email.ClassList, email.ClassBulk:
			classes = append(classes, class)
		default:
			s.wrong("create_for", "%s is not one of personal, auto_reply, bounce, list, bulk", w.quote)
		}
	}
	return classes
}
