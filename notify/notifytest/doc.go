// Package notifytest has the tests that implementations of notify.Notifier and
// notify.Outbox must pass. It imports only the standard library and package
// notify.
package notifytest
