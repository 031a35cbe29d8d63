package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// Settings is the content of a settings file, as the SDK takes it. Its fields are
// exported because fmt hides the passwords in exported fields only.
type Settings struct {
	File         string
	Offline      bool // see ReadOffline
	Database     Database
	Archive      string // folder of the raw mail; "": the database has it
	HTTP         string // where the health page is served; "": nowhere
	Limits       inbound.Limits
	AllowPrivate bool
	AllowedPorts []int          // at public addresses, besides those of mail
	RootCAs      *x509.CertPool // nil: those of the system
	SecretKey    inbound.Secret // inbound.SealerKeySize bytes; "" means the key file beside the database
	OwnAddresses []string
	OwnDomains   []string
	Accounts     []inbound.Account
	Secrets      inbound.StaticCredentials
	Customers    []customer.Customer
	Managers     []assign.Manager
	Groups       map[string][]string // by ID of the manager
	Fields       []customer.Field
	LogNotices   bool // notifications go to the log
	SecretInFile bool // the file has a secret in clear, not as ${NAME}

	problems *problems // for the lines of what inbound.New reports
}

// Read reads a settings file. env is that of os.LookupEnv. If the file has problems,
// Read returns an *Error that names all of them.
func Read(path string, env func(string) (string, bool)) (*Settings, error) {
	return read(path, env, false)
}

// ReadOffline reads a settings file for a command that connects to no server. It
// leaves out the passwords and other secrets, whose environment variables need not be
// set, and ca_file.
func ReadOffline(path string, env func(string) (string, bool)) (*Settings, error) {
	return read(path, env, true)
}

func read(path string, env func(string) (string, bool), offline bool) (*Settings, error) {
	text, err := readFile(path)
	if err != nil {
		var inner *os.PathError
		if errors.As(err, &inner) {
			err = inner.Err // it does not repeat the path
		}
		return nil, &Error{path, []Problem{{Text: fmt.Sprintf("cannot read the settings: %v", err)}}}
	}
	return parse(path, text, env, offline)
}

// readFile reads a file, but not more than shows that it is too large.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// Parse reads the text of a settings file, as [Read] does. Problems name the file by
// its path.
func Parse(path string, text []byte, env func(string) (string, bool)) (*Settings, error) {
	return parse(path, text, env, false)
}

func parse(path string, text []byte, env func(string) (string, bool), offline bool) (*Settings, error) {
	d := &document{problems: newProblems(), env: env, offline: offline}
	s := &Settings{File: path, Offline: offline, problems: d.problems}
	if file := d.decode(text); file != nil {
		s.convert(file)
	}
	s.SecretInFile = d.secretInFile || s.Database.HasPassword() && !d.variable["database"]
	if err := d.err(path); err != nil {
		return nil, err
	}
	return s, nil
}

// Account returns the settings of an account, or an *Error that names those that
// there are.
func (s *Settings) Account(id string) (inbound.Account, error) {
	var ids []string
	for _, a := range s.Accounts {
		if a.ID == id {
			return a, nil
		}
		ids = append(ids, a.ID)
	}
	return inbound.Account{}, &Error{s.File, []Problem{{
		Text: fmt.Sprintf("there is no account %q; the accounts are %s", id, strings.Join(ids, ", "))}}}
}

// convert fills s from the file. It reports what is wrong with values that only
// mean something together with others.
func (s *Settings) convert(f *File) {
	p := s.problems
	s.Database = p.database(f.Database)
	s.Archive = p.archive(f.Archive)
	s.HTTP = string(f.HTTP)
	s.Limits = inbound.Limits{MaxAccounts: int(f.Limits.Accounts), MessageBytes: int64(f.Limits.MessageBytes)}
	s.AllowPrivate = bool(f.AllowPrivateNetworks)
	for _, port := range f.AllowedPorts {
		s.AllowedPorts = append(s.AllowedPorts, int(port))
	}
	if !s.Offline {
		s.RootCAs = p.rootCAs(f.CAFile)
		s.SecretKey = p.secretKey(f.SecretKey)
	}
	s.LogNotices = f.Notify == nil || bool(f.Notify.Log) // without a Notifier, they would never be delivered
	for _, address := range f.OwnAddresses {
		s.OwnAddresses = append(s.OwnAddresses, string(address))
	}
	for _, domain := range f.OwnDomains {
		s.OwnDomains = append(s.OwnDomains, string(domain))
	}
	p.unique("fields[%d].name", names(f.Fields, func(one Field) string { return one.Name }))
	for _, one := range f.Fields {
		s.Fields = append(s.Fields, customer.Field{Name: one.Name, Type: one.Type})
	}
	p.unique("managers[%d].id", names(f.Managers, func(m Manager) string { return m.ID }))
	s.Groups = make(map[string][]string)
	for _, m := range f.Managers {
		status, _ := assign.ParseStatus(string(m.Status)) // words has no others
		s.Managers = append(s.Managers, assign.Manager{ID: m.ID, Name: m.Name, Email: string(m.Email), Status: status})
		s.Groups[m.ID] = m.Groups
	}
	for i, c := range f.Customers {
		if _, known := s.Groups[c.Manager]; c.Manager != "" && !known {
			p.add(fmt.Sprintf("customers[%d].manager", i), "is not the id of a manager in this file")
		}
		s.Customers = append(s.Customers,
			customer.Customer{Email: string(c.Email), Name: c.Name, Shop: c.Shop, ManagerID: c.Manager})
	}
	s.convertAccounts(f.Accounts)
	s.requireKey()
}

// names returns a name of each item of a list.
func names[T any](list []T, name func(T) string) []string {
	var all []string
	for _, one := range list {
		all = append(all, name(one))
	}
	return all
}

// unique reports the names that are there already. path has a verb for the number.
func (p *problems) unique(path string, names []string) {
	first := make(map[string]int)
	for i, name := range names {
		at := fmt.Sprintf(path, i)
		if earlier, twice := first[name]; twice && name != "" {
			p.add(at, "is the same as in line %d; each must be different", p.place(fmt.Sprintf(path, earlier)).line)
			continue
		}
		first[name] = i
	}
}

// archive returns the folder of the raw mail; "" if the database has it. Problems do not quote the
// value: it may hold a password.
func (p *problems) archive(value string) string {
	kind, folder, _ := strings.Cut(value, ":")
	switch {
	case value == "database":
		return ""
	case kind == "s3" || kind == "gs" || kind == "azblob":
		p.add("archive", "the collector has no %s, to stay free of cloud libraries: use database, or file:FOLDER; "+
			"a host of your own can use adapters/blob", kind)
	case kind != "file" || folder == "":
		p.add("archive", "must be database or file:FOLDER, such as file:./mail")
	case strings.HasPrefix(folder, "//") && !strings.HasPrefix(folder, "///"):
		p.add("archive", "the folder comes right after file:, such as file:./mail or file:/var/lib/mail")
	}
	return folder
}
