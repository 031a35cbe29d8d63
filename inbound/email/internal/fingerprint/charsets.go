package fingerprint

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// charsets are the labels of encoded words that are decoded, with what they mean in
// the WHATWG Encoding Standard. This list is a part of the version: a label that is
// added makes other fingerprints. UTF-8 and ASCII are not in it, since their bytes
// count as they are.
var charsets = map[string]encoding.Encoding{
	"iso-8859-1":     charmap.Windows1252,
	"iso-8859-2":     charmap.ISO8859_2,
	"iso-8859-3":     charmap.ISO8859_3,
	"iso-8859-4":     charmap.ISO8859_4,
	"iso-8859-5":     charmap.ISO8859_5,
	"iso-8859-6":     charmap.ISO8859_6,
	"iso-8859-7":     charmap.ISO8859_7,
	"iso-8859-8":     charmap.ISO8859_8,
	"iso-8859-9":     charmap.Windows1254,
	"iso-8859-10":    charmap.ISO8859_10,
	"iso-8859-13":    charmap.ISO8859_13,
	"iso-8859-14":    charmap.ISO8859_14,
	"iso-8859-15":    charmap.ISO8859_15,
	"iso-8859-16":    charmap.ISO8859_16,
	"windows-874":    charmap.Windows874,
	"windows-1250":   charmap.Windows1250,
	"windows-1251":   charmap.Windows1251,
	"windows-1252":   charmap.Windows1252,
	"windows-1253":   charmap.Windows1253,
	"windows-1254":   charmap.Windows1254,
	"windows-1255":   charmap.Windows1255,
	"windows-1256":   charmap.Windows1256,
	"windows-1257":   charmap.Windows1257,
	"windows-1258":   charmap.Windows1258,
	"koi8-r":         charmap.KOI8R,
	"koi8-u":         charmap.KOI8U,
	"gb2312":         simplifiedchinese.GB18030,
	"gbk":            simplifiedchinese.GB18030,
	"gb18030":        simplifiedchinese.GB18030,
	"big5":           traditionalchinese.Big5,
	"shift_jis":      japanese.ShiftJIS,
	"euc-jp":         japanese.EUCJP,
	"iso-2022-jp":    japanese.ISO2022JP,
	"euc-kr":         korean.EUCKR,
	"ks_c_5601-1987": korean.EUCKR,

	"latin1":       charmap.Windows1252,
	"iso8859-1":    charmap.Windows1252,
	"iso_8859-1":   charmap.Windows1252,
	"iso8859-2":    charmap.ISO8859_2,
	"iso8859-15":   charmap.ISO8859_15,
	"iso-8859-8-i": charmap.ISO8859_8,
	"iso-8859-11":  charmap.Windows874,
	"tis-620":      charmap.Windows874,
	"cp1250":       charmap.Windows1250,
	"cp1251":       charmap.Windows1251,
	"cp1252":       charmap.Windows1252,
	"cp866":        charmap.CodePage866,
	"ibm866":       charmap.CodePage866,
	"x-gbk":        simplifiedchinese.GB18030,
	"big5-hkscs":   traditionalchinese.Big5,
	"x-sjis":       japanese.ShiftJIS,
	"windows-31j":  japanese.ShiftJIS,
}
