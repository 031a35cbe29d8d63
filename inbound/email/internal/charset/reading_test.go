package charset

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The same bytes in another charset are hardly ever as readable as what was meant.
func TestReading_PrefersWhatWasMeant(t *testing.T) {
	for meant, other := range map[string]string{
		"Да": "Р”Р°", "é": "Ã©", "您好！": "鎮ㄥソ锛�", "Größe": "GrÃ¶ÃŸe", "заказ": "ъБЛБЪ",
		"Łódź": "£ódŸ", "Заказ": "ᜄ〄㨄", "שלום": "ùìåí", "über": "체ber",
	} {
		assert.Greater(t, reading(meant), reading(other), meant)
	}
}
