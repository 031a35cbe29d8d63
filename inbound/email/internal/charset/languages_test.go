package charset

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/japanese"
)

// encodeFor encodes a text. ok is false when the charset lacks a character of it, or is
// one that only has a decoder.
func encodeFor(label, text string) (raw []byte, ok bool) {
	_, e := find(cleanLabel(label))
	if strings.HasPrefix(label, "iso-2022-jp") {
		e = japanese.ISO2022JP
	}
	if e == nil {
		return nil, false
	}
	raw, err := e.NewEncoder().Bytes([]byte(text))
	return raw, err == nil
}

// What its label says stays, however short it is.
func TestDecode_RightLabelsStay(t *testing.T) {
	all := 0
	for _, l := range languages() {
		require.GreaterOrEqual(t, len(l.texts), 30, l.name)
		for _, label := range l.labels {
			for _, text := range l.texts {
				raw, ok := encodeFor(label, text)
				if !ok {
					continue
				}
				all++
				got, ok := Decode(raw, label)
				assert.Equal(t, text, got, label)
				assert.True(t, ok, "%s: %s", label, text)
			}
		}
	}
	t.Log(all, "texts")
	assert.Greater(t, all, 2000)
}

func TestDecode_UTF8UnderOtherLabels(t *testing.T) {
	all, wrong := 0, 0
	for _, l := range languages() {
		for _, label := range append(l.labels, "windows-1252", "gbk", "big5", "shift_jis", "euc-kr", "koi8-r",
			"us-ascii") {
			for _, text := range l.texts {
				all++
				got, _ := Decode([]byte(text), label)
				if got != text {
					wrong++
				}
				if high := len(text) - strings.Count(strings.Map(onlyASCII, text), "a"); high > 8 {
					assert.Equal(t, text, got, label)
				}
			}
		}
	}
	t.Logf("%d of %d texts", all-wrong, all)
	assert.Less(t, 100*wrong, 4*all, "only those of a letter or two may be taken for what their label says")
}

func onlyASCII(r rune) rune {
	if r < 0x80 {
		return 'a'
	}
	return r
}

// wrongPair is a charset that is sent under the label of another, and how many of 30
// times two texts together (a name and a subject, say) have to come out right.
type wrongPair struct {
	language, real, label string
	floor                 int
}

func TestCorrect_OfTwoTextsTogether(t *testing.T) {
	for _, p := range []wrongPair{
		{"Russian", "windows-1251", "iso-8859-1", 28}, {"Russian", "windows-1251", "koi8-r", 28},
		{"Russian", "koi8-r", "windows-1251", 25}, {"Russian", "koi8-r", "iso-8859-1", 25},
		{"Russian", "windows-1251", "utf-8", 29}, {"Russian", "koi8-r", "utf-8", 26},
		{"Russian", "iso-8859-5", "windows-1251", 28}, {"Russian", "cp866", "windows-1251", 28},
		{"Greek", "windows-1253", "iso-8859-1", 28}, {"Hebrew", "windows-1255", "iso-8859-1", 25},
		{"Arabic", "windows-1256", "iso-8859-1", 28}, {"Thai", "windows-874", "iso-8859-1", 29},
		{"Chinese, simplified", "gb2312", "iso-8859-1", 27}, {"Chinese, simplified", "gb2312", "big5", 24},
		{"Chinese, simplified", "gb2312", "us-ascii", 25}, {"Chinese, traditional", "big5", "iso-8859-1", 27},
		{"Chinese, traditional", "big5", "gb2312", 29}, {"Chinese, traditional", "big5", "utf-8", 28},
		{"Japanese", "shift_jis", "iso-8859-1", 24}, {"Japanese", "euc-jp", "iso-8859-1", 26},
		{"Japanese", "shift_jis", "euc-jp", 28}, {"Japanese", "euc-jp", "shift_jis", 27},
		{"Japanese", "shift_jis", "iso-2022-jp", 28}, {"Japanese", "euc-jp", "iso-2022-jp", 28},
		{"Japanese", "shift_jis", "utf-8", 25}, {"Japanese", "iso-2022-jp", "shift_jis", 30},
		{"Korean", "euc-kr", "iso-8859-1", 29}, {"Korean", "euc-kr", "utf-8", 29}, {"Korean", "euc-kr", "iso-2022-kr",
			29},
		{"Polish, Czech, Hungarian", "windows-1250", "iso-8859-1", 22}, {"Baltic", "windows-1257", "iso-8859-1", 12},
		{"Baltic", "windows-1257", "utf-8", 15}, {"Baltic", "iso-8859-13", "windows-1252", 12},
		{"Polish, Czech, Hungarian", "windows-1250", "iso-8859-2", 28},
		{"Polish, Czech, Hungarian", "iso-8859-2", "windows-1250", 26},
		{"Polish, Czech, Hungarian", "windows-1250", "utf-8", 28}, {"Turkish", "windows-1254", "iso-8859-1", 26},
		{"German", "iso-8859-1", "utf-8", 29}, {"German", "iso-8859-1", "gb2312", 29},
		{"German", "iso-8859-1", "shift_jis", 29}, {"German", "iso-8859-1", "windows-1251", 29},
	} {
		right := 0
		for _, l := range languages() {
			for i, text := range l.texts {
				other, _ := encodeFor(p.real, l.texts[(i+7)%len(l.texts)])
				raw, _ := encodeFor(p.real, text)
				if l.name != p.language {
					continue
				}
				label := Correct([]byte(string(raw)+"\n"+string(other)), p.label)
				if label == "" {
					label = p.label
				}
				if got, _ := Decode(raw, label); got == text {
					right++
				}
			}
		}
		t.Logf("%s in %s as %s: %d of 30", p.language, p.real, p.label, right)
		assert.GreaterOrEqual(t, right, p.floor, p)
	}
}
