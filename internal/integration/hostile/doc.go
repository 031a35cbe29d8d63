// Package hostile has the tests with mail servers that attack: that send without end,
// slowly, or what a parser needs much memory or time for. TestHostileServers is the table.
//
// Each case runs in a process of its own, so that memory is measured alone, and a
// server that ends the process fails one case. In it, servers and client are in a bubble of
// testing/synctest, where hours pass in milliseconds. Sockets do not work in a bubble; so
// the program of these processes is built with one line of internal/mailconn/dial.go
// changed: it connects to a net.Pipe. All else is what everybody uses.
package hostile
