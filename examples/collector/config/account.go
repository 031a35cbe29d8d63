package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// convertAccounts fills the accounts. It is called after everything is there that
// they refer to.
func (s *Settings) convertAccounts(list []Account) {
	p := s.problems
	if len(list) == 0 {
		p.add("accounts", "there is none: describe at least one mailbox")
	}
	p.unique("accounts[%d].id", names(list, func(a Account) string { return a.ID }))
	if most := s.Limits.MaxAccounts; len(list) > most {
		at := p.place(fmt.Sprintf("accounts[%d]", most))
		p.report(at.line, "%s: this is account %d of %d, but limits.accounts admits %d;"+
			" remove accounts or raise limits.accounts", at.name, most+1, len(list), most)
	}
	s.Secrets = make(inbound.StaticCredentials)
	for i, one := range list {
		path := fmt.Sprintf("accounts[%d]", i)
		a := one.account()
		if _, given := p.places[path+".create_for"]; !given {
			a.CreateFor = nil // the default of the SDK leaves out no-reply addresses, too
		}
		if _, given := p.places[path+".folders"]; a.Protocol == inbound.POP3 && !given {
			a.Folders = nil // the default is that of IMAP
		}
		s.checkAccount(path, one)
		s.Accounts, s.Secrets[a.ID] = append(s.Accounts, a), one.secrets()
		if a.Protocol == "" {
			a.Protocol = inbound.IMAP // it is reported; without it, the SDK would not check the host
		}
		for _, e := range inbound.FieldErrors(a.Validate()) {
			p.addField(path, e)
		}
	}
}

// account returns the account as the SDK takes it.
func (a Account) account() inbound.Account {
	to := inbound.Account{
		ID:             a.ID,
		Name:           a.Name,
		Shop:           a.Shop,
		Inactive:       !bool(a.Active),
		Protocol:       a.Protocol,
		Host:           a.Host,
		Port:           int(a.Port),
		Security:       a.Security,
		Username:       a.Username,
		Folders:        a.Folders,
		Start:          inbound.Start(a.Start),
		InitialOrder:   a.InitialOrder,
		DeleteUploaded: bool(a.DeleteUploaded),
		DeleteAfter:    time.Duration(a.DeleteAfter),
		MarkSeen:       bool(a.MarkSeen),
		NotifyManager:  bool(a.NotifyManager),
		CreateCustomer: bool(a.CreateCustomer),
		CreateFor:      a.CreateFor,
		ManagerGroup:   a.ManagerGroup,
		AssignExisting: bool(a.AssignExisting),
		Fields:         a.Fields,
		ReplyTo:        bool(a.ReplyTo),
		AuthservID:     a.AuthservID,
		Interval:       time.Duration(a.Interval),

		InitialNotifications: a.InitialNotifications,
		InitialAge:           time.Duration(a.InitialAge),
	}
	if to.InitialAge == 0 {
		to.InitialAge = inbound.AnyAge
	}
	if a.OAuth2 != nil {
		to.OAuth2 = inbound.OAuth2{ClientID: a.OAuth2.ClientID, TokenURL: a.OAuth2.TokenURL}
	}
	return to
}

func (a Account) secrets() inbound.Secrets {
	secrets := inbound.Secrets{Password: a.Password}
	if a.OAuth2 != nil {
		secrets.ClientSecret, secrets.RefreshToken = a.OAuth2.ClientSecret, a.OAuth2.RefreshToken
	}
	return secrets
}

// checkAccount reports what the SDK accepts or does not see.
func (s *Settings) checkAccount(path string, a Account) {
	p := s.problems
	switch _, port, err := net.SplitHostPort(a.Host); {
	case strings.Contains(a.Host, "://"):
		p.add(path+".host", "is a URL: write only the name, such as imap.example.com")
	case err == nil && numeric.MatchString(port):
		p.add(path+".host", "has a port: write only the name, and put the port in port")
	}
	if a.Security == inbound.Plain && !s.AllowPrivate {
		p.add(path+".security",
			"none sends the password unprotected; it is permitted only with allow_private_networks: true"+
				" at the top of the file")
	}
	if span := time.Duration(a.Interval); span < time.Second {
		p.add(path+".interval", "%v is below one second; write a duration with its unit, such as 6m", span)
	}
	if err := customer.CheckFields(s.Fields, a.Fields); err != nil {
		p.addError(path+".fields", err)
	}
	_, given := p.places[path+".password"]
	switch {
	case a.OAuth2 != nil && a.Password != "":
		p.add(path+".oauth2", "there is a password too; keep one of them")
	case a.OAuth2 != nil:
		if !s.isTokenURL(a.OAuth2.TokenURL) {
			p.add(path+".oauth2.token_url", "must be an address that begins with https://")
		}
	case a.Password == "" && given:
		p.add(path+".password", "is empty")
	case a.Password == "":
		p.add(path+".password", "is missing: write it as ${NAME} and set that environment variable, or give oauth2")
	case strings.ContainsAny(a.Password.Reveal(), "\r\n\x00"):
		p.add(path+".password", "has a line break or NUL in it")
	}
}

var numeric = regexp.MustCompile(`^[0-9]+$`)

// isTokenURL reports whether address is an https address. With
// allow_private_networks, http is allowed too.
func (s *Settings) isTokenURL(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && s.AllowPrivate
}

// addField adds a problem that the SDK found in the account at path.
func (p *problems) addField(path string, e *inbound.FieldError) {
	if field, ok := reflect.TypeFor[Account]().FieldByName(e.Field); ok {
		path += "." + field.Tag.Get("yaml")
	}
	p.addError(path, e.Err)
}

// addError adds a problem that the SDK found in a value. The SDK may quote the value,
// so its text is left out if that came from the environment.
func (p *problems) addError(path string, err error) {
	if p.variable[path] {
		p.add(path, "the value, which has an environment variable in it, is not valid")
		return
	}
	text := strings.ReplaceAll(err.Error(), customer.ErrField.Error()+": ", "")
	p.add(path, "%s", strings.ReplaceAll(text, "\n", "; "))
}

// Locate returns an error of [inbound.New] as problems of the settings file, with
// their lines.
func (s *Settings) Locate(err error) error {
	p := newProblems()
	p.places, p.variable = s.problems.places, s.problems.variable
	s.locate(p, err)
	return p.err(s.File)
}

func (s *Settings) locate(p *problems, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			s.locate(p, one)
		}
		return
	}
	var field *inbound.FieldError
	if errors.As(err, &field) {
		for i, a := range s.Accounts {
			if a.ID == field.Account {
				p.addField(fmt.Sprintf("accounts[%d]", i), field)
				return
			}
		}
	}
	p.report(0, "%s", strings.ReplaceAll(strings.TrimPrefix(err.Error(), "inbound: "), "\n", "; "))
}
