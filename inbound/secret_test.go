package inbound_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

func TestSecret_NeverShown(t *testing.T) {
	a := inbound.Secrets{Password: "hunter2"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.NotContains(t, fmt.Sprintf(format, a), "hunter2")
		assert.NotContains(t, fmt.Sprintf(format, a.Password), "68756e746572")
	}
	text, err := a.Password.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, `"[redacted]"`, string(text))
	assert.Equal(t, "[redacted]", a.Password.LogValue().String())
	assert.Equal(t, "hunter2", a.Password.Reveal())
}
