// Collector is a service that uses the whole SDK. It collects the mail of the
// accounts in a settings file into a SQLite database and reports what it did.
// "collector -h" lists its commands.
//
// It is also the template for a service of your own. Read its files in this order:
//
//	main.go      handles signals and sets the exit code
//	cli.go       selects the command; turns errors into lines and exit codes
//	settings.go  reads the settings file (with account.go and people.go); reports
//	             all problems together, each with its line
//	open.go      opens database, store, fetchers and Syncer, as each host does
//	seed.go      writes the customers and managers of the settings to the
//	             database; a host with tables of its own does not need it
//	run.go       runs passes, delivers notifications and stops cleanly
//
// Each of the other files has one command, or what several commands share. To use
// your own customers, replace store.Customers and store.Managers in open.go with
// your implementations of inbound.CustomerRepo and inbound.ManagerDirectory. To
// notify your managers by something else than the log, replace the Notifier.
//
// Standard output has only JSON, or the bytes of a message. Logs and progress go
// to standard error. The exit code is 0 after success, 1 after a failure and 2
// after wrong usage or settings.
package main
