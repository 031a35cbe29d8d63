package mailconn

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEscaped(t *testing.T) {
	assert.Equal(t, `a\x1b[2J\u009b31m\r\u202eb\u200b\u00ad\u3164\ufe0f\u034f ü`,
		Escaped("a\x1b[2J\u009b31m\r\u202eb\u200b\u00ad\u3164\ufe0f\u034f ü", MostShown))
	assert.Equal(t, strings.Repeat("ü", 100), Escaped(strings.Repeat("ü", 1<<20), MostShown))
	assert.Equal(t, strings.Repeat(`\u202e`, 33), Escaped(strings.Repeat("\u202e", 1<<20), MostShown),
		"bounded as it is shown")
	assert.Equal(t, `"\ufffd\x00"`, Quoted("\xff\x00"))
}
