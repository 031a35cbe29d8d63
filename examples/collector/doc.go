// Collector is a service that uses the whole SDK. It collects the mail of the
// accounts in a settings file into a database and reports what it did: a SQLite file,
// PostgreSQL, or MariaDB.
// "collector -h" lists its commands.
//
// It is also the template for a service of your own. Read it in this order:
//
//	main.go         handles signals, of which the first one ends the process within
//	                5 s whatever blocks, and sets the exit code; SIGHUP is one of
//	                them where standard error is a terminal
//	config          reads the settings file; reports all problems together, each
//	                with its line
//	cli/app.go      has the commands; turns errors into lines and exit codes
//	cli/open.go     opens database, store, fetchers and Syncer, as each host does
//	cli/connect.go  connects to the database
//	cli/credentials.go  takes secrets from the settings, and the refresh tokens that
//	                providers have replaced from the database
//	cli/hints.go    says in hints which key of the settings to set
//	cli/seed.go     writes the customers and managers of the settings to the
//	                database; a host with tables of its own does not need it
//	cli/run.go      runs passes, delivers notifications and stops cleanly
//	cli/page.go     serves the health page of a run
//	cli/reload.go   takes over a changed settings file on SIGHUP, whole or not at all
//	cli/view.go     says what run logs and shows of that
//	cli/notes.go    says why mail was not uploaded, and what to do about it
//	progress        shows on a terminal how far the accounts have come
//	suggest         finds the name that was meant where an unknown one is written
//
// Each of the other files of cli has one command, or what several commands share.
// To use your own customers, replace store.Customers and store.Managers in
// cli/open.go with your implementations of inbound.CustomerRepo and
// inbound.ManagerDirectory. To notify managers by something other than the log,
// replace what view.notifierOf in cli/view.go returns. To send metrics and spans by
// OpenTelemetry, join the Observer of adapters/otel to that in service.following of
// cli/open.go, by inbound.Observers.
//
// Standard output has only JSON, or the bytes of a message; the command check shows
// a screen for a person where it is a terminal. Logs and progress go to standard
// error. The exit code is 0 after success, 1 after a failure and 2
// after wrong usage or settings.
package main
