// Package daemon runs programs in the background for tests and benchmarks. On Linux,
// they end also when the process that started them dies.
package daemon
