// Tenants measures what many companies in one process cost and whether they get in each
// other's way. Each has a Syncer and a namespace of its own; they share a Budget, a SQLite file
// and a mail server in the same process, which is scripted and has IDLE:
//
//	go run ./internal/bench/tenants                    1,000 of them for two minutes
//	go run ./internal/bench/tenants -short             50 of them for some seconds
//
// Of ten, one floods (a mailbox full of mail), one hangs (its customer repository never answers)
// and one fails (its logins are refused); -quiet has none of these. The others get a message now
// and then.
//
// It prints memory, goroutines and statements for each tenant, and how long new mail took in
// the slowest of those that behave. It fails if mail of those is missed.
package main
