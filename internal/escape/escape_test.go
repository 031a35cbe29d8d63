package escape

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestText(t *testing.T) {
	assert.Equal(t, `a\x1b[2J\u009b31m\r\u202eb\u200b\u00ad\u3164\ufe0f\u034f ü`,
		Text("a\x1b[2J\u009b31m\r\u202eb\u200b\u00ad\u3164\ufe0f\u034f ü", Most))
	assert.Equal(t, strings.Repeat("ü", 100), Text(strings.Repeat("ü", 1<<20), Most))
	assert.Equal(t, strings.Repeat(`\u202e`, 33), Text(strings.Repeat("\u202e", 1<<20), Most),
		"bounded as it is shown")
	assert.Equal(t, `"\ufffd\x00"`, Quoted("\xff\x00"))
}
