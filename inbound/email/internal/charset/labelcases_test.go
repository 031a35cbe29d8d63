package charset

import "strings"

// labelCase are labels that one text is decoded by. raw is in the charset that they name.
type labelCase struct {
	raw, want string
	labels    []string
}

func labelCases() []labelCase {
	one := func(raw, want, labels string) labelCase { return labelCase{raw, want, strings.Fields(labels)} }
	return []labelCase{
		one("Gr\xc3\xbc\xc3\x9fe \xf0\x9f\x98\x80", "Grüße 😀",
			`utf-8 UTF8 "utf-8" utf-8; utf_8 utf8mb4 utf8mb3 utf-8-sig x-utf-8
			unicode-1-1-utf-8 unicode-2-0-utf-8 x-unicode-2-0-utf-8 cp65001 windows-65001 65001 utf-8\" utf-8*en 'utf-8'
			utf-8-mac csUTF8 default ansi x-unknown us-ascii unknown-8bit x-user-defined _iso-2022-jp$ESC ascii 8bit
			none auto x-unknown-8bit ISO646-US`),
		one("Gr\xfc\xdfe \xe9", "Grüße é",
			`iso-8859-1 iso8859-1 iso_8859-1 8859-1 iso-8859_1 ISO_8859-1:1987 latin1 latin-1 l1
			iso-latin-1 isolatin1 x-iso-8859-1 cp819 ibm819 windows-1252 cp1252 cp-1252 win-1252 x-cp1252 windows1252
			ms-ansi iso-8859-15 iso8859_15 iso885915 latin9 latin-9 latin0 csISOLatin9 iso_8859-15 28591 1252 ibm923
			ansi_x3.110-1983 iso-8859-9 latin5 windows-1254 cp1254 iso-8859-14 latin8`),
		one("\xa3\xf3d\xbc, \xb1", "Łódź, ą", "iso-8859-2 latin2 latin-2 iso8859_2 l2 csISOLatin2 28592 cp912"),
		one("\xa3\xf3d\x9f, \xb9", "Łódź, ą",
			"windows-1250 cp1250 cp-1250 win-1250 x-cp1250 windows1250 ms-ee 1250 cswindows1250"),
		one("\xcf\xf0\xe8\xe2\xe5\xf2", "Привет", `windows-1251 cp1251 cp-1251 win-1251 win1251 x-cp1251 windows1251
			ms-cyrl 1251 windows_1251 Windows-CP1251 x-windows-1251`),
		one("\xf0\xd2\xc9\xd7\xc5\xd4", "Привет",
			"koi8-r koi8r koi8_r KOI8 csKOI8R koi cp20866 cp878 koi8-u koi8-ru cp21866"),
		one("\xbf\xe0\xd8\xd2\xd5\xe2", "Привет",
			"iso-8859-5 iso8859-5 cyrillic csISOLatinCyrillic iso_8859-5:1988 28595 cp915"),
		one("\x8f\xe0\xa8\xa2\xa5\xe2", "Привет",
			"cp866 ibm866 866 cp-866 csIBM866 x-cp866 dos-866 oem866 cp1125 ruscii alt"),
		one("\x8f\xf0\xe8\xe2\xe5\xf2", "Привет", "x-mac-cyrillic maccyrillic mac-cyrillic x-mac-ukrainian cp10007"),
		one("\xcd\xe1\xdf", "Ναί",
			"windows-1253 cp1253 win-1253 windows1253 ms-greek iso-8859-7 greek elot_928 ecma-118 28597"),
		one("\x8c\x98\xe1", "Ναά", "cp737 ibm737 737"),
		one("\xf9\xec\xe5\xed", "\u05e9\u05dc\u05d5\u05dd",
			`windows-1255 cp1255 iso-8859-8 iso-8859-8-i iso-8859-8-e iso8859-8
			csISO88598I hebrew logical visual cp38598 ms-hebr`),
		one("\x99\x8c\x85\x8d", "\u05e9\u05dc\u05d5\u05dd", "cp862 ibm862 862 dos-862 csPC862LatinHebrew"),
		one("\xd0\xfd\xfe", "Ğış", "windows-1254 iso-8859-9 latin5 csISOLatin5 cp1254 ms-turk"),
		one("\xe8\xe0\xfe", "čąž", "windows-1257 cp1257 win-1257 iso-8859-13 latin7 winbaltrim"),
		one("\xa4\xd5", "คี", "windows-874 tis-620 tis620 iso-8859-11 cp874 dos-874 tis620.2533 x-mac-thai ibm874"),
		one("Gr\x81\xe1e", "Grüße",
			"cp437 ibm437 437 cp850 ibm850 850 cp-850 csPC850Multilingual dos-850 cp858 cp857 ibm857 cp865"),
		one("\x9d\xa2d\xab", "Łódź", "cp852 ibm852 852 csPCp852 cp-852 dos852"),
		one("\x8a\x82", "èé", "cp863 cp860 ibm860 cp861 csIBM863"),
		one("Gr\x9f\xa7e", "Grüße",
			"macintosh mac macroman x-mac-roman x-macroman csMacintosh mac-roman x-mac-turkish x-mac-icelandic"),
		one("\xfc\x97d\x90", "Łódź",
			"x-mac-ce mac-centraleurope x-mac-centraleurroman macce x-mac-central-european mac-ce cp10029"),
		one("\xa8", "®", "x-mac-greek macgreek"),
		one("\xda\xdd\xde", "ĞıŞ", "x-mac-turkish mac-turkish macturkish cp10081"),
		one("Ng\xe2n h\xe0ng", "Ngân hàng", "viscii csVISCII"),
		one("Ng\xa9n h\xb5ng", "Ngân hàng", "tcvn tcvn-5712 x-tcvn"),
		one("Ng\xe2n h\xe0ng", "Ngân hàng", "windows-1258 cp1258 x-cp1258"),
		one("\xc0\xc1", "აბ", "georgian-ps georgian-academy"),
		one("\xc4\xe3\xba\xc3", "你好",
			`gb2312 GBK gb18030 x-gbk cp936 936 ms936 windows-936 x-cp936 gb_2312-80 gb-2312 euc-cn
			x-euc-cn cn-gb csGB2312 iso-ir-58 chinese gb2312-1980 gb18030-2005 csISO58GB231280`),
		one("~{Dc:C~}", "你好", "hz-gb-2312 hz HZ-GB2312 cp52936"),
		one("\x1b$)A\x0eDc:C\x0f", "你好", "iso-2022-cn iso-2022-cn-ext cp50227"),
		one("\xa7A\xa6n", "你好",
			`big5 x-big5 cn-big5 big-5 csBig5 cp950 950 ms950 windows-950 big5-hkscs big5-eten x-x-big5
			big5-hkscs:2004`),
		one("\x82\xb1\x82\xf1\x87@", "こん①",
			`shift_jis shift-jis sjis x-sjis ms_kanji cp932 932 ms932 windows-31j windows-932 cswindows31j
			csShiftJIS cp943 cp943c sjis-win x-ms-cp932 ibm943 shiftjis Shift_JIS-2004`),
		one("\xa4\xb3\xa4\xf3\xad\xa1", "こん①", "euc-jp eucjp x-euc-jp x-euc euc cp51932 eucjp-ms eucjp-win ujis"),
		one("\x1b$B$3$s-!\x1b(B", "こん①", `iso-2022-jp iso2022-jp csISO2022JP iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3
			iso-2022-jp-ms cp50220 cp50221 50220 jis junet iso-2022-jp-2004`),
		one("\xb0\xa1\xb3\xaa", "가나",
			`euc-kr euckr x-euc-kr ks_c_5601-1987 ks_c_5601 ksc5601 ksc_5601 ks_c_5601-1989 ks-c-5601
			korean cp949 949 uhc ms949 windows-949 x-windows-949 csEUCKR iso-ir-149 KSC5601-1987 ks_x_1001`),
		one("\x1b$)C\x0e0!3*\x0f", "가나", "iso-2022-kr csISO2022KR cp50225"),
		one("Gr+APwA3w-e", "Grüße",
			`utf-7 UTF7 unicode-1-1-utf-7 x-unicode-1-1-utf-7 x-unicode-2-0-utf-7 unicode-2-0-utf-7
			csUnicode11UTF7 cp65000 utf-7-imap`),
		one("G\x00r\x00\xfc\x00", "Grü",
			"utf-16 utf-16le utf16 ucs-2 ucs-2le iso-10646-ucs-2 csUnicode unicode utf-16be x-utf-16le cp1200"),
		one("\x00G\x00r\x00\xfc", "Grü",
			"utf-16 utf-16be utf16be ucs-2be ucs-2 iso-10646-ucs-2 unicodefffe utf-16le cp1201"),
		one("\x00\x00\x00G\x00\x00\x00\xfc", "Gü", "utf-32 utf-32be ucs-4 utf32 iso-10646-ucs-4"),
		one("G\x00\x00\x00\xfc\x00\x00\x00", "Gü", "utf-32 utf-32le ucs-4le"),
		one("Gr\xc3\xb6\xed\xa0\xbd\xed\xb8\x80", "Grö😀", "cesu-8 CESU8 utf-8 csCESU-8 x-cesu-8"),
	}
}
