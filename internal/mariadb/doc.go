// Package mariadb runs temporary MariaDB servers for tests and benchmarks. A server
// listens on a free loopback port, and has a data directory of its own. It starts in a
// second, so that tests share one and take a database each.
//
// The package needs MariaDB 10.6 or later on the machine. It works as root, where the
// server runs as the user nobody, and as any other user. A server ends with
// [Server.Close] and, on Linux, also when the process that started it dies.
package mariadb
