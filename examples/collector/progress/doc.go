// Package progress shows how the passes of the accounts go: on a terminal a bar for
// each account, with the log above the bars; elsewhere one line of text a minute. At
// the end it prints what became of everything.
package progress
