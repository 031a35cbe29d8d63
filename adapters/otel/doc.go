// Package otel sends metrics and spans of an inbound.Syncer to OpenTelemetry, by its
// semantic conventions for messaging where they fit, and with names under "postroom"
// elsewhere. README.md has a table of them.
//
//	telemetry, err := otel.New(nil) // the global providers
//	...
//	config.Observer = inbound.Observers(telemetry.Observer(), mine)
//
// The number of series is bounded by that of accounts, servers and outcomes. No metric and no
// span has an address, a subject or the text of an error.
package otel
