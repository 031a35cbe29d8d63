// Package refusal knows what mail servers mean when they refuse.
//
// RFC 1939 and RFC 9051 leave the words of a refusal to the server, few servers send
// response codes, and some send wrong ones: a limit on connections comes as
// [AUTHENTICATIONFAILED], a login that is refused as "BAD Command Error. 10". [Read]
// compares what a server says with the texts of the table (table.go and general.go)
// and returns what it means: whether it passes, who has to act, what a person can do,
// and how long the server wants to be left alone.
//
// The same words mean different things at different steps, so Read takes the [Step].
// What is said while one message is read is held against that message, unless the
// words can only mean the account.
//
// The package knows nothing of connections and keeps nothing.
package refusal
