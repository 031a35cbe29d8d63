// Package mailgen writes realistic incoming mail of an online store, for tests
// and measurements: short letters in several languages and charsets, answers to
// them, newsletters, attachments, bounces and automatic replies.
//
// The same options give the same bytes on every machine. Each message comes
// with the truth about it: what a collector and a parser have to find.
package mailgen
