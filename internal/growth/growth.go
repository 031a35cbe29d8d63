package growth

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Case is one construct that a sender may repeat as often as they like.
type Case struct{ Name, Before, Unit, After string }

// Of returns Before, then Unit until there are n bytes, then After. In Unit, "%d" is the
// number of the repetition.
func (c Case) Of(n int) string {
	var b strings.Builder
	b.WriteString(c.Before)
	numbered := strings.Contains(c.Unit, "%d")
	for i := 0; b.Len() < n; i++ {
		if numbered {
			b.WriteString(strings.ReplaceAll(c.Unit, "%d", strconv.Itoa(i)))
		} else {
			b.WriteString(c.Unit)
		}
	}
	b.WriteString(c.After)
	return b.String()
}

const (
	steps = 8 // the large size by the small one
	// tooMuch is how much more a byte may cost in the large size. It is 1 for what is
	// linear, and 8 for what is quadratic.
	tooMuch = 4
	// tooDear is how much more a byte may cost than in the cheapest quarter of the cases.
	tooDear = 100

	short, full = 32 << 10, 2 << 20 // the large size
	tries       = 10                // of what seems too much: other programs may have disturbed it
	patience    = 10 * time.Second  // for one call; no case is followed further
)

// Check fails for each case whose cost in do grows faster than its size, and for each
// that costs far more than the others do.
func Check(t *testing.T, cases []Case, do func(input string)) {
	costs := make(map[string]float64, len(cases)) // of a byte, by name
	for _, c := range cases {
		if costs[c.Name] != 0 || c.Unit == "" {
			t.Errorf("the case %q is there twice, or has no unit", c.Name)
		}
		size, ratio := short, 0.0
		if os.Getenv("POSTROOM_GROWTH") == "full" {
			size = full
			var row string
			row, ratio, costs[c.Name] = table(c, do)
			t.Log(row)
		}
		if size == short || ratio > tooMuch {
			ratio, costs[c.Name] = Ratio(c, size, do)
		}
		if ratio > tooMuch {
			t.Errorf("%q: a byte costs %.1f times as much in %d bytes as in %d", c.Name, ratio, size, size/steps)
		}
	}
	usual := slices.Sorted(maps.Values(costs))[len(costs)/4]
	for _, c := range cases {
		for range tries {
			if costs[c.Name] > tooDear*usual {
				costs[c.Name] = min(costs[c.Name], perByte(c.Of(short), do))
			}
		}
		if cost := costs[c.Name]; cost > tooDear*usual {
			t.Errorf("%q: a byte costs %.0f ns, %.0f times as much as in a quarter of the cases",
				c.Name, cost, cost/usual)
		}
	}
}

// Ratio returns how much more a byte costs in input of n bytes than in an eighth of it,
// and what it costs.
func Ratio(c Case, n int, do func(string)) (ratio, cost float64) {
	small, large := c.Of(n/steps), c.Of(n)
	costSmall, cost := perByte(small, do), perByte(large, do)
	for range tries {
		if cost <= tooMuch*costSmall || cost*float64(n) > float64(patience) {
			break
		}
		costSmall, cost = min(costSmall, perByte(small, do)), min(cost, perByte(large, do))
	}
	return cost / costSmall, cost
}

// table returns the times of a case as a line, of 32 KiB and of each size that is twice
// the one before, the ratio of the last costs of a byte that are steps apart, and the last
// cost.
func table(c Case, do func(string)) (row string, ratio, cost float64) {
	var costs []float64
	for n := short; n <= full; n *= 2 {
		input := c.Of(n)
		costs = append(costs, perByte(input, do))
		took := costs[len(costs)-1] * float64(len(input))
		row += fmt.Sprintf("%10.2f", took/1e6)
		if took > float64(patience) {
			break
		}
	}
	last := len(costs) - 1
	ratio = costs[last] / costs[max(0, last-3)]
	return fmt.Sprintf("%-50.50q %s ms %8.0f ns a byte", c.Name, row, costs[last]), ratio, costs[last]
}

// perByte returns the nanoseconds of the processor that a byte of input costs: of the fastest of some calls.
func perByte(input string, do func(string)) float64 {
	const calls, enough = 3, 20 * time.Millisecond
	var least, all time.Duration
	for i := 0; i < calls && all < enough; i++ {
		start := clock()
		do(input)
		took := clock() - start
		all += took
		if i == 0 || took < least {
			least = took
		}
	}
	return float64(max(least, 1)) / float64(len(input))
}
