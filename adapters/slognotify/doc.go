// Package slognotify is a notify.Notifier that writes notifications to a log,
// for services that forward their logs and for trying things out.
//
// Each notification is one record. Addresses and subjects are personal data:
// they are written only where the logger admits level Debug.
package slognotify
