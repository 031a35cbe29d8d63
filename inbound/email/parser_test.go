package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A parser comes from a pool: nothing of a message may reach the next one.
func TestParser_ReleaseForgets(t *testing.T) {
	p := parsers.New().(*parser)
	p.begin(strings.NewReader("Content-Type: multipart/mixed; boundary=b; x=secret\n\n--b\n\nsecret\n--b--\n"),
		Limits{}.withDefaults(), false)
	p.readHeader(&p.top)
	p.entity(&p.top, partPosition{})
	p.warn("secret")
	p.release()

	assert.Nil(t, p.src)
	assert.Nil(t, p.message)
	assert.Nil(t, p.wanted)
	assert.Nil(t, p.warnings)
	for _, text := range p.bodies.list[:cap(p.bodies.list)] {
		assert.Empty(t, text)
	}
	for _, parameter := range p.parameters[:cap(p.parameters)] {
		assert.Empty(t, parameter)
	}
	for _, boundary := range p.boundaries[:cap(p.boundaries)] {
		assert.Empty(t, boundary)
	}
}

func TestParser_ReleaseGivesUpLargeBuffers(t *testing.T) {
	p := parsers.New().(*parser)
	p.begin(strings.NewReader(""), Limits{}.withDefaults(), false)
	p.text = make([]byte, largestKept+1)
	p.top.block = make([]byte, largestKept)
	p.release()
	assert.Nil(t, p.text)
	assert.NotNil(t, p.top.block)
}
