// Package notify tells managers what happened: a customer was assigned to them,
// an email came in.
//
// Notifications arise in the transaction that commits an email and wait in an
// [Outbox]. A [Dispatcher] hands them to the host's [Notifier], in the order in
// which they arose for each manager, at least once, with pauses that grow after
// a failure, until they are delivered or given up as dead. The ID of a
// notification is the same whenever the same event is told again: a Notifier
// that remembers IDs delivers exactly once.
package notify
