package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Words of western languages that look a little like others stay as they are labeled.
func TestCorrect_LeavesWesternSpelling(t *testing.T) {
	const words = "Zoë|João|Às ordens|Você|Não|Três|Português|Forêt|Même|Sûr|Où|È arrivato|Perché|Città|Così|Più|" +
		"Pagò ieri|Lunedì|Martedì non posso|Caffè espresso|Poème|Carrière|Søren|Miljø|Bjørn Ærø|Læs mig|" +
		"Føroyar|Málið|Løgmál|" +
		"María Sørensen|García Núñez|Peña|Español|1ª vez|Mª José|Nº 5|n°5|Garçon|Coração|Informações|Ações|Põe|Limões|" +
		"Alemã|Manhã|Piñata|Cañón|Ñandú|Œuvre|Cœur|Foie œsophage|L’Haÿ|½ Stück|m³|5 m³ pro Tag|25 °C|µm|£20|£ 5|" +
		"¿Qué?|¡Hola!|Fußnote¹|Þór|Ísafjörður|Æðarvarp|Þökk|Ólafur|Þrúður|íþrótt|Kirkjuþing|Alþingi|Íþróttafélag|Ýsa|" +
		"auglýsingaþjónusta|Þvottur|Rødgrød med fløde|Smørrebrød|Skjærgård|Øyvind|Räksmörgås|Vóór|Één|Reünie|" +
		"Coördinatie|Geïnteresseerd|België|Knieën|Curaçao|Tõnu|Jõgi|Õhtu|Või|Küsimus|Tõlge|Mõõt|Põder|Diwañ|Cìs|Naïve"
	for word := range strings.SplitSeq(words, "|") {
		raw, ok := encodeFor("windows-1252", word)
		require.True(t, ok, word)
		got, _ := Decode(raw, "iso-8859-1")
		assert.Equal(t, word, got)
	}
}

// Under the label of a western charset, words that no western language has are read as
// those of central Europe, Turkish or Baltic languages, even if they are short.
func TestCorrect_SeesOtherSpelling(t *testing.T) {
	for label, words := range map[string]string{
		"windows-1250": "Nie dostałem paczki|Michał Pająk|Bożena Dąbek|Małgorzata|Łukasz|Proszę o odpowiedź|Jiří Dvořák|" +
			"Vrácení peněz|Tomáš Kučera|Kovács Győző|Késő",
		"windows-1254": "Müşteri|Işıl Barış",
		"windows-1257": "Jānis Bērziņš|Grąžinimas|Žydrūnas Šimkus",
	} {
		for word := range strings.SplitSeq(words, "|") {
			raw, ok := encodeFor(label, word)
			require.True(t, ok, word)
			got, _ := Decode(raw, "iso-8859-1")
			assert.Equal(t, word, got)
		}
	}
}
