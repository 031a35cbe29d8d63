// Package presets knows what mail providers allow: how much may be read of a mailbox, in
// how many sessions, how often one may log in, and how long to wait after a refusal that
// does not say.
//
// Few providers publish their limits. Behind each number of the table is where it is
// from; where nothing is known, a Preset has the default, which suits the servers that
// most hosters run. The limits are of a mailbox and count all programs that use it.
package presets
