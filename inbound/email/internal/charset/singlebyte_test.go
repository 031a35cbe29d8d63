package charset

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/encoding/charmap"
)

func TestSingleByteModel_PrefersItsLanguage(t *testing.T) {
	russian := newSingleByteModel(charmap.Windows1251, cyrillic)
	latin := newSingleByteModel(charmap.Windows1252, western)
	raw, ok := encodeFor("windows-1251", "Здравствуйте, где мой заказ?")
	assert.True(t, ok)
	s := newSample(raw)
	assert.Greater(t, russian.score(s, impossible), latin.score(s, impossible))
	raw, ok = encodeFor("windows-1252", "Schöne Grüße aus Köln")
	assert.True(t, ok)
	s = newSample(raw)
	assert.Greater(t, latin.score(s, impossible), russian.score(s, impossible))
}

func TestSingleByteModel_Shape(t *testing.T) {
	m := newSingleByteModel(charmap.Windows1251, cyrillic)
	shape := func(text string) float32 {
		raw, ok := encodeFor("windows-1251", text)
		assert.True(t, ok)
		return m.shape(newSample(raw))
	}
	assert.Zero(t, shape("заказ"))
	assert.InDelta(t, capital, shape("Заказ"), 1e-6)
	assert.InDelta(t, wrongCapital, shape("заКаз"), 1e-6)
	assert.InDelta(t, inFront, shape("§заказ"), 1e-6)
}
