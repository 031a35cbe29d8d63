package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/examples/collector/config"
)

const (
	// sqliteConnections and serverConnections are how many connections a process has at
	// most. One account at a time writes in SQLite; servers allow some 100 to all of
	// their clients together.
	sqliteConnections = 4
	serverConnections = 8
	// connectTime is how long it may take to connect to a server.
	connectTime = 10 * time.Second
	// idleTime is how long a connection is kept that nobody uses: firewalls forget those
	// that are silent for long. lifeTime is how long any is kept, so that a server that
	// moved to another machine gets all of them.
	idleTime = 5 * time.Minute
	lifeTime = 30 * time.Minute
)

// dialects are those of the databases.
var dialects = map[config.DatabaseKind]sqlstore.Dialect{
	config.SQLite: sqlstore.SQLite, config.Postgres: sqlstore.Postgres, config.MySQL: sqlstore.MariaDB,
}

// connect opens a database; nothing is sent to it yet.
func connect(d config.Database, options ...string) (*sql.DB, error) {
	if !d.OnServer() {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(d.File)+strings.Join(options, ""))
		if err != nil {
			return nil, err
		}
		bound(db, sqliteConnections)
		return db, nil
	}
	var db *sql.DB
	switch d.Kind {
	case config.Postgres:
		c, err := postgresConfig(d)
		if err != nil {
			return nil, err
		}
		db = stdlib.OpenDB(*c)
	default:
		c, err := mysqlConfig(d)
		if err != nil {
			return nil, err
		}
		connector, err := mysql.NewConnector(c)
		if err != nil {
			return nil, err
		}
		db = sql.OpenDB(connector)
	}
	bound(db, serverConnections)
	db.SetConnMaxIdleTime(idleTime)
	db.SetConnMaxLifetime(lifeTime)
	return db, nil
}

// bound limits the connections; all of them are kept.
func bound(db *sql.DB, connections int) {
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
}

// postgresConfig returns how to connect. A server on a different machine has to be verified
// unless the URL or the environment says otherwise by sslmode.
func postgresConfig(d config.Database) (*pgx.ConnConfig, error) {
	u, err := url.Parse(d.URL.Reveal())
	if err != nil {
		return nil, errors.New("the URL cannot be read")
	}
	query := u.Query()
	if _, set := os.LookupEnv("PGSSLMODE"); !set && !query.Has("sslmode") && !d.IsLocal() {
		query.Set("sslmode", "verify-full")
		u.RawQuery = query.Encode()
	}
	c, err := pgx.ParseConfig(u.String())
	if err != nil {
		// Its text has the URL, though not the password as it is written there.
		return nil, errors.New("a parameter of the URL has a value that PostgreSQL does not know; " +
			"see https://www.postgresql.org/docs/current/libpq-connect.html")
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTime
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "postroom collector"
	}
	return c, nil
}

// mysqlConfig returns how to connect. A server on a different machine has to be verified
// unless the URL says otherwise by tls.
func mysqlConfig(d config.Database) (*mysql.Config, error) {
	u, err := url.Parse(d.URL.Reveal())
	if err != nil {
		return nil, errors.New("the URL cannot be read")
	}
	query := u.Query()
	c := mysql.NewConfig()
	c.User, c.DBName = u.User.Username(), strings.TrimPrefix(u.Path, "/")
	c.Passwd, _ = u.User.Password()
	c.Net, c.Addr, c.Timeout = "tcp", d.Address(), connectTime
	if socket := query.Get("socket"); socket != "" {
		c.Net, c.Addr = "unix", socket
	}
	c.InterpolateParams = true    // see sqlstore.MariaDBDSN
	c.Logger = &mysql.NopLogger{} // errors are returned, too
	c.TLSConfig = query.Get("tls")
	if c.TLSConfig == "" {
		c.TLSConfig = "false"
		if !d.IsLocal() {
			c.TLSConfig = "true"
		}
	}
	if file := query.Get("ca"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the file %s of the parameter ca cannot be read: %s", file, reasonOf(err))
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("the file %s of the parameter ca has no certificate in PEM", file)
		}
		c.TLS, c.TLSConfig = &tls.Config{ServerName: u.Hostname(), RootCAs: roots, MinVersion: tls.VersionTLS12}, ""
	}
	return c, nil
}

// checkServer reports a database on a server that run cannot use, with a databaseError. It
// changes nothing; change is how to take a different one. there is false if the collector has nothing in it yet.
func checkServer(ctx context.Context, d config.Database, change string) (there bool, err error) {
	db, err := connect(d)
	if err != nil {
		return false, &databaseError{d.String(), "cannot be used: " + plainText(err.Error()), change}
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, 2*connectTime)
	defer cancel()
	if err := db.PingContext(ctx); err != nil {
		return false, serverError(d, change, err)
	}
	return schemaVersion(ctx, db) > 0, nil
}

// schemaVersion returns the version of the schema; 0 where there is none.
func schemaVersion(ctx context.Context, db *sql.DB) (version int) {
	err := db.QueryRowContext(ctx,
		"SELECT COALESCE(MAX(version), 0) FROM postroom_migrations WHERE applied_at >= 0").Scan(&version)
	if err != nil {
		return 0 // no such table, mostly; else the next statement says what it is
	}
	return version
}

// serverError says why a server cannot be used, and what to do about that.
func serverError(d config.Database, change string, err error) error {
	failed := func(reason, hint string) error {
		if hint != "" {
			hint += ", or "
		}
		return &databaseError{d.String(), reason, hint + change}
	}
	said := func(text string) string { return ": " + plainText(strings.Join(strings.Fields(text), " ")) }
	postgres, mariadb := new(pgconn.PgError), new(mysql.MySQLError)
	code := ""
	switch {
	case errors.As(err, &postgres):
		code, err = postgres.Code, errors.New(postgres.Message)
	case errors.As(err, &mariadb):
		code, err = fmt.Sprint(mariadb.Number), errors.New(mariadb.Message)
	}
	network, name := new(net.OpError), new(net.DNSError)
	certificate := new(tls.CertificateVerificationError)
	switch {
	case code == "28P01" || code == "28000" || code == "1045" || code == "1698":
		return failed("refuses the login"+said(err.Error()), "correct user and password")
	case code == "3D000" || code == "1049":
		return failed("is not there"+said(err.Error()), "make it with CREATE DATABASE")
	case code == "1044":
		return failed("refuses the login"+said(err.Error()), "give the user all rights on the database")
	case code == "53300" || code == "1040":
		return failed("has no connection left"+said(err.Error()), "end other programs")
	case code != "":
		return failed("cannot be used"+said(err.Error()), "")
	case errors.As(err, &certificate):
		hint := "add ?sslrootcert=FILE for a private certificate authority"
		if d.Kind == config.MySQL {
			hint = "add ?ca=FILE for a private certificate authority"
		}
		return failed("cannot be verified"+said(certificate.Err.Error()), hint)
	case errors.Is(err, mysql.ErrNoTLS) || strings.Contains(err.Error(), "server refused TLS"):
		hint := "add ?sslmode=disable where the network is trusted"
		if d.Kind == config.MySQL {
			hint = "add ?tls=false where the network is trusted"
		}
		return failed("offers no TLS", hint)
	case errors.As(err, &name):
		return failed("cannot be reached: there is no host "+plainText(name.Name), "correct the host")
	case errors.As(err, &network):
		return failed("cannot be reached"+said(network.Err.Error()), "start the server")
	case errors.Is(err, context.DeadlineExceeded):
		return failed(fmt.Sprintf("does not answer within %v", 2*connectTime), "start the server")
	}
	return failed("cannot be used"+said(err.Error()), "")
}
