package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/postroom/postroom/inbound"
)

// DatabaseKind is the kind of a database.
type DatabaseKind string

// The kinds of databases. MySQL stands for MariaDB, too.
const (
	SQLite   DatabaseKind = "sqlite"
	Postgres DatabaseKind = "postgres"
	MySQL    DatabaseKind = "mysql"
)

// Database is where everything is kept.
type Database struct {
	Kind DatabaseKind
	File string         // path of the SQLite file
	URL  inbound.Secret // of a database on a server; it may have a password
}

// OnServer reports a database that other machines may use, too.
func (d Database) OnServer() bool { return d.Kind != SQLite }

// String returns the database as people are told of it: the whole path of the file, or
// the URL without its password and parameters.
func (d Database) String() string {
	if !d.OnServer() {
		return AbsolutePath(d.File)
	}
	u, err := url.Parse(d.URL.Reveal())
	if err != nil {
		return string(d.Kind) + "://..."
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if name := u.User.Username(); name != "" {
		shown.User = url.User(name)
	}
	return shown.String()
}

// databaseForms are what a database may look like.
const databaseForms = "sqlite:FILE, postgres://USER:PASSWORD@HOST/NAME or mysql://USER:PASSWORD@HOST/NAME"

// ParseDatabase reads sqlite:FILE, postgres://... or mysql://.... problem says what is wrong
// with it, without the text: it may have a password.
func ParseDatabase(text string) (d Database, problem string) {
	kind, path, _ := strings.Cut(text, ":")
	switch kind {
	case "sqlite":
		switch {
		case path == "" || path == ":memory:":
			return d, "must be sqlite:FILE, such as sqlite:./collector.db"
		case strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///"):
			return d, "the file comes right after sqlite:, such as sqlite:./collector.db" +
				" or sqlite:/var/lib/collector.db"
		}
		return Database{Kind: SQLite, File: path}, ""
	case "postgres", "postgresql":
		d.Kind = Postgres
	case "mysql", "mariadb":
		d.Kind = MySQL
	default:
		return d, "must be " + databaseForms
	}
	d.URL = inbound.Secret(text)
	return d, d.check(text)
}

// ParseDatabaseIn is ParseDatabase for a text in which ${NAME} stands for an environment
// variable.
func ParseDatabaseIn(text string, env func(string) (string, bool)) (d Database, problem string) {
	text = variable.ReplaceAllStringFunc(text, func(match string) string {
		name := variable.FindStringSubmatch(match)[1]
		value, set := env(name)
		if !set && problem == "" {
			problem = "takes the environment variable " + name + ", which is not set"
		}
		return value
	})
	if problem != "" {
		return d, problem
	}
	return ParseDatabase(text)
}

// parameters are what may follow a ? in the URL of a MySQL database.
var parameters = []string{"tls", "ca", "socket"}

// tlsValues are those of the parameter tls.
var tlsValues = []string{"true", "skip-verify", "preferred", "false"}

// check says what is wrong with the URL of a database on a server.
func (d Database) check(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return fmt.Sprintf("is not a URL such as %s://crm:PASSWORD@db.example.com/crm; in user and password, write"+
			" %%40 for @, %%3A for :, %%2F for /, %%3F for ?, %%23 for # and %%25 for %%", d.Kind)
	}
	query, err := url.ParseQuery(u.RawQuery)
	name := strings.TrimPrefix(u.Path, "/")
	socket := query.Get("socket")
	if d.Kind == Postgres {
		socket = query.Get("host")
	}
	switch {
	case err != nil:
		return "has parameters after the ? that cannot be read"
	case u.Opaque != "":
		return fmt.Sprintf("needs // after %s:", d.Kind)
	case u.Fragment != "":
		return "has a #; in user and password, write %23 for it"
	case u.Hostname() == "" && socket == "":
		return "names no host"
	case name == "" || strings.Contains(name, "/"):
		return fmt.Sprintf("must end in the name of the database, as in %s://db.example.com/crm", d.Kind)
	case d.Kind == Postgres: // it has many parameters, and a user and a password of the environment
		return ""
	case u.User.Username() == "":
		return "names no user, as in mysql://crm:PASSWORD@db.example.com/crm"
	}
	for key, values := range query {
		switch {
		case !slices.Contains(parameters, key):
			return "has a parameter after the ? that is not one of: " + strings.Join(parameters, ", ")
		case key == "tls" && !slices.Contains(tlsValues, values[0]):
			return "has a tls that is not one of: " + strings.Join(tlsValues, ", ")
		}
	}
	return ""
}

// HasPassword reports a URL with a password in it.
func (d Database) HasPassword() bool {
	u, err := url.Parse(d.URL.Reveal())
	if err != nil {
		return false
	}
	_, has := u.User.Password()
	return has || u.Query().Has("password")
}

// IsLocal reports a database on this machine.
func (d Database) IsLocal() bool {
	u, err := url.Parse(d.URL.Reveal())
	if err != nil {
		return false
	}
	host := u.Hostname()
	if d.Kind == Postgres && u.Query().Has("host") {
		host = u.Query().Get("host")
	}
	if host == "" || host == "localhost" || strings.HasPrefix(host, "/") || u.Query().Has("socket") {
		return true
	}
	at, err := netip.ParseAddr(host)
	return err == nil && at.IsLoopback()
}

// Address returns host and port of a URL, or the default port where it has none.
func (d Database) Address() string {
	u, err := url.Parse(d.URL.Reveal())
	if err != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[DatabaseKind]string{Postgres: "5432", MySQL: "3306"}[d.Kind]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// database returns the database of the settings.
func (p *problems) database(value string) Database {
	d, problem := ParseDatabase(value)
	if problem != "" {
		p.add("database", "%s", problem)
	}
	return d
}
