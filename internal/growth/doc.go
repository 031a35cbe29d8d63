// Package growth finds input whose cost grows faster than its size. Only tests use it.
//
// A [Case] makes input of any size. [Check] takes the time of a function at two sizes
// and fails if a byte costs more in the larger one: a ratio on one machine says that, a
// time does not. The time is that of the processor, so that other programs do not count.
// With POSTROOM_GROWTH=full in the environment, it doubles the size up to
// 2 MiB instead, and prints the times as a table:
//
//	POSTROOM_GROWTH=full go test -run Growth -v -timeout 0 ./inbound/email
package growth
