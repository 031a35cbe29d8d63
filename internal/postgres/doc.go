// Package postgres runs temporary PostgreSQL servers for tests and benchmarks, each
// with data of its own, on a free loopback port.
//
// The package needs PostgreSQL 15 or later on the machine. It works as root, where the
// server runs as the user nobody, and as any other user. A server ends with
// [Server.Close] and, on Linux, also when the process that started it dies.
package postgres
