// Package assigntest has the tests that implementations of assign.Turns,
// assign.Assignments and assign.ManagerDirectory must pass. It imports nothing but the
// standard library and package assign.
package assigntest
