package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/encoding/japanese"
)

func encodeFor(label, text string) (raw []byte, ok bool) {
	f, e := find(cleanLabel(label))
	switch {
	case f == tableForm:
		b, err := e.NewEncoder().Bytes([]byte(text))
		return b, err == nil
	case strings.HasPrefix(label, "iso-2022-jp"):
		b, err := japanese.ISO2022JP.NewEncoder().Bytes([]byte(text))
		return b, err == nil
	}
	return nil, false
}

// What its label says stays, however short it is.
func TestDecode_RightLabelsStay(t *testing.T) {
	for _, l := range languages() {
		for _, label := range l.labels {
			n, bad := 0, 0
			for _, text := range l.texts {
				raw, ok := encodeFor(label, text)
				if !ok {
					continue
				}
				n++
				got, ok := Decode(raw, label)
				if !assert.Equal(t, text, got, label) {
					bad++
				}
				_ = ok
			}
			t.Logf("%-26s %-14s %d texts, %d wrong", l.name, label, n, bad)
		}
	}
}

func TestDecode_UTF8UnderOtherLabels(t *testing.T) {
	for _, l := range languages() {
		for _, label := range append(l.labels, "windows-1252", "gbk", "big5", "shift_jis", "euc-kr", "koi8-r", "us-ascii") {
			n, bad := 0, []string{}
			for _, text := range l.texts {
				n++
				if got, _ := Decode([]byte(text), label); got != text {
					bad = append(bad, text+" → "+got)
				}
			}
			t.Logf("%-26s %-14s %d texts, %d wrong: %s", l.name, label, n, len(bad), strings.Join(bad, "; "))
		}
	}
}
