// Collector is the whole SDK as a service: it collects the mail of the accounts
// in a settings file into a SQLite database, and answers questions about what
// it did. "collector -h" lists its commands.
//
// It is also the template for a service of your own. In the order in which to
// read it:
//
//	main.go      the process: signals, and the exit code
//	program.go   which command it is; errors become lines and exit codes
//	settings.go  what the settings file says (with account.go, people.go,
//	             sending.go); every problem is found at once, with its line
//	open.go      database, store, fetchers and Syncer: what a host has to write
//	seed.go      customers and managers of the settings enter the database; a
//	             host with tables of its own has no need of it
//	run.go       passes, notifications, and a clean stop
//
// The other files are a command each, or what the commands share. To keep your
// own customers, replace store.Customers and store.Managers in open.go by your
// implementations of inbound.CustomerRepo and inbound.ManagerDirectory; to tell
// your managers otherwise than by the log, replace the Notifier.
//
// Standard output has nothing but JSON, or the bytes of a message; logs and
// progress go to standard error. The exit code is 0 after success, 1 after a
// failure and 2 for wrong usage or settings.
package main
