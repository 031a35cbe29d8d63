// Package assigntest has the tests that implementations of assign.Turns,
// assign.Assignments and assign.ManagerDirectory must pass. It imports only the
// standard library and package assign.
package assigntest
