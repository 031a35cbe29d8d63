// Package memstore implements inbound.Store in memory: for tests, for trying
// things out, and as a reference implementation. Nothing survives the process.
//
// [Store] implements inbound.Store with real transactions, for any number of
// namespaces. [Customers] and [Managers] are a customer repository and a directory of
// managers; they stand for those of a host behind an API, and take no part in the
// store's transactions.
package memstore
