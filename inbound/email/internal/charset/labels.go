package charset

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// isASCIILabel are the labels of plain ASCII.
var isASCIILabel = map[string]bool{
	"us-ascii": true, "ascii": true, "ansi_x3.4-1968": true, "ansi_x3.4-1986": true, "iso646-us": true,
	"iso_646.irv:1991": true, "iso-ir-6": true, "ibm367": true, "cp367": true, "us": true, "646": true,
	"usascii": true, "csascii": true, "cp20127": true, "20127": true,
}

// forms are the labels of charsets that no table decodes. Under noForm are those that
// say nothing, or less than what is sent under them.
var forms = func() map[string]form {
	m := make(map[string]form)
	add := func(f form, labels ...string) {
		for _, label := range labels {
			m[label] = f
		}
	}
	for label := range isASCIILabel {
		m[label] = noForm
	}
	add(noForm, "", "unknown", "unknown-8bit", "unknown8bit", "default", "defaultcharset", "x-user-defined",
		"userdefined", "binary", "8bit", "7bit", "none", "auto", "null", "undefined", "unspecified", "ansi", "cpacp",
		"0", "charset", "_iso-2022-jp", "x-iso-10646", "autodetect", "_autodetect_all", "system", "text", "plain")
	add(utf8Form, "utf-8", "utf8", "unicode-1-1-utf-8", "cp65001", "windows65001", "65001", "cesu8", "utf", "uft8")
	add(utf7Form, "utf-7", "utf7", "cp65000", "65000", "utf7imap")
	add(utf16Form, "utf-16", "utf-16le", "utf-16be", "utf16", "utf16le", "utf16be", "ucs-2", "ucs2", "ucs2le",
		"ucs2be", "unicode", "unicodefffe", "unicodefeff", "iso-10646-ucs-2", "iso10646ucs2", "10646ucs2",
		"iso106461", "unicodebig", "unicodelittle", "unicodebigunmarked", "unicodelittleunmarked", "unicodeascii",
		"cp1200", "cp1201", "1200", "1201", "utf16bom", "unicode11", "iso10646")
	add(utf32Form, "utf-32", "utf-32le", "utf-32be", "utf32", "utf32le", "utf32be", "ucs4", "ucs4le", "ucs4be",
		"iso10646ucs4", "cp12000", "cp12001", "12000", "12001")
	add(iso2022Form, "iso-2022-jp", "csiso2022jp", "iso-2022-kr", "iso-2022-cn", "iso-2022-cn-ext", "jis", "jis7",
		"junet", "50220", "50221", "50222", "50225", "50227")
	return m
}()

// aliases are labels that real mail has and neither WHATWG nor IANA knows, and
// some where the wider charset reads what senders really mean. They are squeezed, or
// as they are written.
var aliases = map[string]encoding.Encoding{
	"ansi_x3.110-1983": charmap.Windows1252,
	"msansi":           charmap.Windows1252,
	"iso-8859-8-i":     charmap.ISO8859_8,
	"iso88596i":        charmap.ISO8859_6,
	"iso88596e":        charmap.ISO8859_6,
	"iso88598i":        charmap.ISO8859_8,
	"iso88598e":        charmap.ISO8859_8,
	"isolatin1":        charmap.Windows1252,
	"isolatin2":        charmap.ISO8859_2,
	"isolatin5":        charmap.Windows1254,
	"isolatin9":        charmap.ISO8859_15,
	"latin0":           charmap.ISO8859_15,
	"latin7":           charmap.ISO8859_13,
	"latin8":           charmap.ISO8859_14,
	"latin9":           charmap.ISO8859_15,
	"latin10":          charmap.ISO8859_16,
	"l10":              charmap.ISO8859_16,
	"thai":             charmap.Windows874,
	"tis620":           charmap.Windows874,
	"tis6202533":       charmap.Windows874,
	"tis6202529":       charmap.Windows874,
	"tis11":            charmap.Windows874,
	"msee":             charmap.Windows1250,
	"mscyrl":           charmap.Windows1251,
	"msgreek":          charmap.Windows1253,
	"msturk":           charmap.Windows1254,
	"mshebr":           charmap.Windows1255,
	"msarab":           charmap.Windows1256,
	"winbaltrim":       charmap.Windows1257,
	"koi8r":            charmap.KOI8R,
	"koi8u":            charmap.KOI8U,
	"koi8ru":           charmap.KOI8U,
	"koi8t":            koi8T,
	"koi8e":            isoIR111,
	"isoir111":         isoIR111,
	"ecmacyrillic":     isoIR111,
	"alt":              charmap.CodePage866,
	"ruscii":           cp1125,
	"strk10482002":     kz1048,
	"kz1048":           kz1048,
	"rk1048":           kz1048,
	"pt154":            pt154,
	"ptcp154":          pt154,
	"cyrillicasian":    pt154,
	"viscii":           viscii,
	"viscii111":        viscii,
	"tcvn":             tcvn,
	"tcvn5712":         tcvn,
	"tcvn57121":        tcvn,
	"tcvn571211993":    tcvn,
	"armscii8":         armscii8,
	"georgianps":       georgianPS,
	"georgianacademy":  georgianAcademy,
	"hproman8":         hpRoman8,
	"roman8":           hpRoman8,
	"r8":               hpRoman8,
	"decmcs":           decMCS,
	"dec":              decMCS,

	"macroman":           charmap.Macintosh,
	"apple":              charmap.Macintosh,
	"applemacintosh":     charmap.Macintosh,
	"macwestern":         charmap.Macintosh,
	"maccyrillic":        charmap.MacintoshCyrillic,
	"macukrainian":       charmap.MacintoshCyrillic,
	"macukraine":         charmap.MacintoshCyrillic,
	"macce":              macCE,
	"maccentraleurope":   macCE,
	"maccentraleuropean": macCE,
	"maccentraleurroman": macCE,
	"maceastern":         macCE,
	"maceasterneurope":   macCE,
	"maclatin2":          macCE,
	"macgreek":           macGreek,
	"macturkish":         macTurkish,
	"macicelandic":       macIcelandic,
	"maciceland":         macIcelandic,
	"maccroatian":        macCroatian,
	"maccroatia":         macCroatian,
	"macromanian":        macRomanian,
	"macromania":         macRomanian,
	"macjapanese":        japanese.ShiftJIS,
	"macchinesesimp":     simplifiedchinese.GB18030,
	"macchinesetrad":     traditionalchinese.Big5,
	"mackorean":          korean.EUCKR,
	"macthai":            charmap.Windows874,
	"shiftjis":           japanese.ShiftJIS,
	"sjiswin":            japanese.ShiftJIS,
	"sjisopen":           japanese.ShiftJIS,
	"shiftjisx0213":      japanese.ShiftJIS,
	"shiftjis2004":       japanese.ShiftJIS,
	"mskanji":            japanese.ShiftJIS,
	"windows31j":         japanese.ShiftJIS,
	"eucjp":              japanese.EUCJP,
	"eucjpms":            japanese.EUCJP,
	"eucjpwin":           japanese.EUCJP,
	"eucjpopen":          japanese.EUCJP,
	"eucjisx0213":        japanese.EUCJP,
	"eucjis2004":         japanese.EUCJP,
	"ujis":               japanese.EUCJP,
	"euc":                japanese.EUCJP,
	"uhc":                korean.EUCKR,
	"ksc56011987":        korean.EUCKR,
	"ksc56011989":        korean.EUCKR,
	"ksc56011992":        korean.EUCKR,
	"ksx1001":            korean.EUCKR,
	"5601":               korean.EUCKR,
	"euckr":              korean.EUCKR,
	"gb2312":             simplifiedchinese.GB18030,
	"gb_2312-80":         simplifiedchinese.GB18030,
	"gb231280":           simplifiedchinese.GB18030,
	"gb23121980":         simplifiedchinese.GB18030,
	"gb":                 simplifiedchinese.GB18030,
	"gbk":                simplifiedchinese.GB18030,
	"x-gbk":              simplifiedchinese.GB18030,
	"gb180302000":        simplifiedchinese.GB18030,
	"gb180302005":        simplifiedchinese.GB18030,
	"gb180302022":        simplifiedchinese.GB18030,
	"euccn":              simplifiedchinese.GB18030,
	"cngb":               simplifiedchinese.GB18030,
	"chinese":            simplifiedchinese.GB18030,
	"hz":                 simplifiedchinese.HZGB2312,
	"hzgb2312":           simplifiedchinese.HZGB2312,
	"big5eten":           traditionalchinese.Big5,
	"big5hkscs":          traditionalchinese.Big5,
	"big5hkscs1999":      traditionalchinese.Big5,
	"big5hkscs2001":      traditionalchinese.Big5,
	"big5hkscs2004":      traditionalchinese.Big5,
	"big5hkscs2008":      traditionalchinese.Big5,
	"big5uao":            traditionalchinese.Big5,
	"bigfive":            traditionalchinese.Big5,
	"cnbig5":             traditionalchinese.Big5,
}

// codePages are the charsets that Windows, DOS and IBM number.
var codePages = map[int]encoding.Encoding{
	437: charmap.CodePage437, 720: cp720, 737: cp737, 775: cp775, 819: charmap.Windows1252,
	850: charmap.CodePage850, 852: charmap.CodePage852, 855: charmap.CodePage855, 857: cp857,
	858: charmap.CodePage858, 860: charmap.CodePage860, 861: cp861, 862: charmap.CodePage862,
	863: charmap.CodePage863, 864: cp864, 865: charmap.CodePage865, 866: charmap.CodePage866, 869: cp869,
	874: charmap.Windows874, 878: charmap.KOI8R, 1125: cp1125, 1168: charmap.KOI8U,
	912: charmap.ISO8859_2, 913: charmap.ISO8859_3, 914: charmap.ISO8859_4, 915: charmap.ISO8859_5,
	1089: charmap.ISO8859_6, 813: charmap.ISO8859_7, 916: charmap.ISO8859_8, 920: charmap.Windows1254,
	923: charmap.ISO8859_15, 921: charmap.ISO8859_13, 5348: charmap.Windows1252, 1004: charmap.Windows1252,
	1250: charmap.Windows1250, 1251: charmap.Windows1251, 1252: charmap.Windows1252, 1253: charmap.Windows1253,
	1254: charmap.Windows1254, 1255: charmap.Windows1255, 1256: charmap.Windows1256, 1257: charmap.Windows1257,
	1258: charmap.Windows1258, 10000: charmap.Macintosh, 10006: macGreek, 10007: charmap.MacintoshCyrillic,
	10010: macRomanian, 10017: charmap.MacintoshCyrillic, 10029: macCE, 10079: macIcelandic, 10081: macTurkish,
	10082: macCroatian, 20866: charmap.KOI8R, 21866: charmap.KOI8U,
	28591: charmap.Windows1252, 28592: charmap.ISO8859_2, 28593: charmap.ISO8859_3, 28594: charmap.ISO8859_4,
	28595: charmap.ISO8859_5, 28596: charmap.ISO8859_6, 28597: charmap.ISO8859_7, 28598: charmap.ISO8859_8,
	28599: charmap.Windows1254, 28603: charmap.ISO8859_13, 28605: charmap.ISO8859_15, 38598: charmap.ISO8859_8,
	932: japanese.ShiftJIS, 942: japanese.ShiftJIS, 943: japanese.ShiftJIS, 20932: japanese.EUCJP,
	33722: japanese.EUCJP, 51932: japanese.EUCJP, 949: korean.EUCKR, 970: korean.EUCKR, 51949: korean.EUCKR,
	936: simplifiedchinese.GB18030, 1383: simplifiedchinese.GB18030, 1386: simplifiedchinese.GB18030,
	20936: simplifiedchinese.GB18030, 51936: simplifiedchinese.GB18030, 54936: simplifiedchinese.GB18030,
	52936: simplifiedchinese.HZGB2312, 950: traditionalchinese.Big5, 951: traditionalchinese.Big5,
	1370: traditionalchinese.Big5,
}
