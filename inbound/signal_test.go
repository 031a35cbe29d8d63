package inbound

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSignal_SeveralSendsAreOne(t *testing.T) {
	s := newSignal()
	for range 3 { // without a receiver
		s.send()
	}
	<-s
	assert.Empty(t, s)
	s.send()
	assert.Len(t, s, 1)
}
