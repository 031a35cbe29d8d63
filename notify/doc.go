// Package notify delivers notifications to managers: that a customer was assigned
// to them, or that one of their customers sent an email.
//
// A notification is added to an [Outbox] in the transaction that commits the email. A
// [Dispatcher] passes the notifications of each manager to the host's [Notifier], in
// the order in which they were added. It delivers each of them at least once: it
// retries after a failure, with growing pauses, until the notification is delivered or
// declared dead. Repeated deliveries of a notification have the same ID, so a Notifier
// that records the ID together with the delivery delivers exactly once.
package notify
