package inbound

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/assign"
)

func TestSpareTurns_TakenOncePerGroup(t *testing.T) {
	kim, lee, sam := assign.Manager{ID: "kim"}, assign.Manager{ID: "lee"}, assign.Manager{ID: "sam"}
	var s spareTurns
	assert.Empty(t, s.take("support"))
	s.put("support", nil)
	s.put("support", []assign.Manager{kim, lee})
	s.put("sales", []assign.Manager{sam})
	s.put("support", []assign.Manager{kim})
	assert.Equal(t, []assign.Manager{kim, lee, kim}, s.take("support"))
	assert.Empty(t, s.take("support"), "a turn is taken once")
	assert.Equal(t, []assign.Manager{sam}, s.take("sales"))
}
