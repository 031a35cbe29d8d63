package growth

import (
	"fmt"
	"os"
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

	short, full = 32 << 10, 2 << 20 // the large size
	tries       = 10                // of what seems too much: other programs may have disturbed it
	patience    = 10 * time.Second  // for one call; no case is followed further
)

// Check fails for each case whose cost in do grows faster than its size.
func Check(t *testing.T, cases []Case, do func(input string)) {
	names := make(map[string]bool)
	for _, c := range cases {
		if names[c.Name] || c.Unit == "" {
			t.Errorf("the case %q is there twice, or has no unit", c.Name)
		}
		names[c.Name] = true
		size, ratio := short, 0.0
		if os.Getenv("POSTROOM_GROWTH") == "full" {
			size = full
			var row string
			row, ratio = table(c, do)
			t.Log(row)
		}
		if size == short || ratio > tooMuch {
			ratio = Ratio(c, size, do)
		}
		if ratio > tooMuch {
			t.Errorf("%q: a byte costs %.1f times as much in %d bytes as in %d", c.Name, ratio, size, size/steps)
		}
	}
}

// Ratio returns how much more a byte costs in input of n bytes than in an eighth of it.
func Ratio(c Case, n int, do func(string)) float64 {
	small, large := c.Of(n/steps), c.Of(n)
	costSmall, costLarge := perByte(small, do), perByte(large, do)
	for range tries {
		if costLarge <= tooMuch*costSmall || costLarge*float64(n) > float64(patience) {
			break
		}
		costSmall, costLarge = min(costSmall, perByte(small, do)), min(costLarge, perByte(large, do))
	}
	return costLarge / costSmall
}

// table returns the times of a case as a line, of 32 KiB and of each size that is twice
// the one before, and the ratio of the last costs of a byte that are steps apart.
func table(c Case, do func(string)) (row string, ratio float64) {
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
	return fmt.Sprintf("%-50.50q %s ms %8.0f ns a byte", c.Name, row, costs[last]), ratio
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
