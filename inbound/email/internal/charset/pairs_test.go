package charset

import (
	"strings"
	"testing"
)

func TestPairs(t *testing.T) {
	for _, pair := range []string{
		"Russian windows-1251 iso-8859-1", "Russian windows-1251 koi8-r", "Russian koi8-r windows-1251", "Russian koi8-r iso-8859-1",
		"Russian windows-1251 utf-8", "Russian koi8-r utf-8", "Russian iso-8859-5 windows-1251", "Russian cp866 windows-1251",
		"Greek windows-1253 iso-8859-1", "Hebrew windows-1255 iso-8859-1", "Arabic windows-1256 iso-8859-1", "Thai windows-874 iso-8859-1",
		"Chinese, simplified|gb2312|iso-8859-1", "Chinese, traditional|big5|iso-8859-1", "Japanese|shift_jis|iso-8859-1", "Japanese|euc-jp|iso-8859-1",
		"Korean|euc-kr|iso-8859-1", "Chinese, simplified|gb2312|big5", "Chinese, traditional|big5|gb2312", "Japanese|shift_jis|euc-jp", "Japanese|euc-jp|shift_jis",
		"Japanese|shift_jis|iso-2022-jp", "Japanese|euc-jp|iso-2022-jp", "Korean|euc-kr|gb2312", "Chinese, simplified|gb2312|euc-kr", "Chinese, simplified|gb2312|us-ascii",
		"Korean|euc-kr|utf-8", "Japanese|shift_jis|utf-8", "Chinese, traditional|big5|utf-8", "Japanese|iso-2022-jp|shift_jis", "Japanese|iso-2022-jp|utf-8", "Japanese|iso-2022-jp|us-ascii",
		"Korean|euc-kr|iso-2022-kr",
		"Polish, Czech, Hungarian|windows-1250|iso-8859-1", "Polish, Czech, Hungarian|windows-1250|iso-8859-2", "Polish, Czech, Hungarian|iso-8859-2|windows-1250", "Turkish|windows-1254|iso-8859-1",
		"Polish, Czech, Hungarian|windows-1250|utf-8", "German|iso-8859-1|utf-8", "German|iso-8859-1|gb2312", "German|iso-8859-1|shift_jis", "German|iso-8859-1|windows-1251",
	} {
		p := strings.Split(pair, "|")
		if len(p) == 1 {
			p = strings.Fields(pair)
		}
		for _, l := range languages() {
			if l.name != p[0] {
				continue
			}
			n, bad := 0, []string{}
			joint, jn := 0, 0
			for i, text := range l.texts {
				raw, ok := encodeFor(p[1], text)
				if !ok {
					continue
				}
				n++
				if got, _ := Decode(raw, p[2]); got != text {
					bad = append(bad, text+" → "+got)
				}
				other := l.texts[(i+7)%len(l.texts)]
				raw2, ok := encodeFor(p[1], other)
				if ok {
					jn++
					label := Correct(append(append(raw, '\n'), raw2...), p[2])
					if label == "" {
						label = p[2]
					}
					if got, _ := Decode(raw, label); got == text {
						joint++
					}
				}
			}
			t.Logf("%-26s %-14s as %-14s %d texts, %d wrong (two together: %d of %d right): %s", l.name, p[1], p[2], n, len(bad), joint, jn, strings.Join(bad, "; "))
		}
	}
}
