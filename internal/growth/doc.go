// Package growth finds input whose cost grows faster than its size. Only tests use it.
//
// A [Case] makes input of any size. [Check] takes the time of a function at two sizes,
// and fails if a byte costs more in the larger one, or far more than in the other cases:
// these are ratios on one machine, not times. Only time of the processor counts, so that
// other programs do not disturb much.
//
// With POSTROOM_GROWTH=full in the environment, it doubles the size up to 2 MiB instead,
// and prints the times as a table:
//
//	POSTROOM_GROWTH=full go test -run Growth -v -timeout 0 ./inbound/email
package growth
