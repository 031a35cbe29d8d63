package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRaw_UnknownEmail(t *testing.T) {
	s := newSite(t, serve(t), shop)
	s.ok("run", "-once")
	r := s.do("raw", "nope", "-config", s.config)
	assert.Equal(t, exitFailure, r.code)
	assert.Contains(t, r.stderr, `there is no email "nope"`)
}
