package replytext

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTellsWho(t *testing.T) {
	for line, want := range map[string]bool{
		"On 1 May, Anna wrote:":            true,
		"> on 1 May, Anna said * ":         true,
		"At a@b Anna posted":               true,
		"on wrote":                         false,
		"On Monday, Anna wrote":            false,
		"On 1 May, Anna wrote it":          false,
		"On May 1, 2024, Anna-wrote:":      true,
		"Anna Bell <a@b.example> schrieb:": true,
		"Anna Bell <a@b.example> schreef":  false,
		"Anna1 <a@b.example> wrote":        false,
		"Am 1. Mai schrieb Anna:":          true,
		"Am 1. Mai schrieb Anna：":          true,
		"Am 1. Mai schrieb Anna":           false,
		"schrieb am 1. Mai:":               false, // the date is before the verb
		"Am 1. Mai verschrieb Anna:":       false,
		"<a@b> пишет":                      true,
		"1 написао/ла : ":                  true,
		"1 написал(а)":                     true,
		"1 写道：":                            true,
		"写道 1":                             false,
		"":                                 false,
		":":                                false,
	} {
		assert.Equal(t, want, tellsWho(line), line)
	}
}

func TestBeginsWithName(t *testing.T) {
	for line, want := range map[string]bool{
		"Anna <a@b.example>, 1 May":           true,
		"> anna@b.example":                    true,
		"@b":                                  false,
		"<a@b":                                true, // by its local part
		"<a b":                                false,
		strings.Repeat("ä", 80) + "<a@b":      true,
		strings.Repeat("ä", 81) + "<a@b":      false,
		strings.Repeat("ä", 60) + "@b":        true,
		strings.Repeat("ä", 61) + "@b":        false,
		"> " + strings.Repeat("ä", 80) + "<@": true,
		"> " + strings.Repeat("ä", 81) + "<@": false,
	} {
		assert.Equal(t, want, beginsWithName(line), line)
	}
}

func TestIsDated(t *testing.T) {
	for line, want := range map[string]bool{
		"2025-01-06 10:00 GMT+01:00 Anna:":     true,
		"2025/1/6 10:00 Anna <a@b.example>:":   true,
		"2025-01-06 10:00 GMT Anna":            false,
		"2025-01-06 10:00 a@b.example:":        false,
		"2025-01-06 10:00 <a b@c> x":           false,
		"2025.01.06 10:00 Anna <a@b.example>:": false,
		"2025-01":                              false,
		"On 2025-01-06 <a@b.example>":          false,
	} {
		assert.Equal(t, want, beginsWithDate(line) && isDated(line), line)
	}
}

func TestBeginsAttribution(t *testing.T) {
	for line, want := range map[string]bool{
		"> On Monday":              true,
		"w dniu 3.5":               true,
		"På fredag":                true,
		"2024-05-03":               true,
		"3年":                       true,
		"12345 ":                   false,
		"Mon., 3":                  false,
		"Mon, 3 May":               true,
		"Jane Doe wrote":           true,
		"Jane doe wrote":           false,
		"Jane, Doe wrote":          false,
		"J Doe wrote":              false,
		"İletiniz iletilemedi":     false,
		"Jane <jane@shop.example>": true,
		"The parcel has arrived":   false,
		"":                         false,
	} {
		assert.Equal(t, want, beginsAttribution(line), line)
	}
}

func TestIsSentFrom_EndOfLine(t *testing.T) {
	for line, want := range map[string]bool{
		"iPhoneから送信":                      true,
		"Android telefonumdan GÖNDERILDI": true,
		"Mobil cihazdan Gönderildi.":      true,
		"iPhone Gönderildi mi":            false,
	} {
		assert.Equal(t, want, isSentFrom(line), line)
	}
}
