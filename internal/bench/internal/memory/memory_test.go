package memory

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOf(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	now, peak := Of("self")
	assert.Greater(t, now, int64(1<<20))
	assert.GreaterOrEqual(t, peak, now)
	now, peak = Of("no process")
	assert.Zero(t, now+peak)
}
