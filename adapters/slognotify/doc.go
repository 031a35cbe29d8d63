// Package slognotify has a notify.Notifier that writes notifications to a log. It
// is for services that forward their logs, and for experiments.
//
// Each notification is one log record. Addresses and subjects are personal data: the
// record has them only if the logger is enabled for level Debug.
package slognotify
