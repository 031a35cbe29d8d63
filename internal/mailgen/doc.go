// Package mailgen generates realistic incoming mail of an online store, for tests
// and benchmarks: short messages and replies in several languages and charsets,
// newsletters, attachments, bounces and automatic replies.
//
// The same options give the same bytes on every machine. Each message comes with a
// [Truth], which says what a collector and a parser have to find in it.
package mailgen
