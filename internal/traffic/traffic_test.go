package traffic

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMeter_Counts(t *testing.T) {
	var m Meter
	assert.False(t, m.Bound())
	assert.True(t, m.Last().IsZero())
	ctx := With(t.Context(), &m)
	Of(ctx).Bind()
	Of(ctx).Add(5)
	Of(ctx).Add(0)
	assert.True(t, m.Bound())
	assert.EqualValues(t, 5, m.Bytes())
	assert.False(t, m.Last().IsZero())
	none := Of(t.Context())
	assert.Nil(t, none)
	none.Bind()
	none.Add(5)
}
