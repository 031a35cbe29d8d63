package email

import "strings"

// extensions of types whose files often come without a name.
var extensions = map[string]string{
	"text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/vcard": ".vcf", "text/x-vcard": ".vcf",
	"text/directory": ".vcf", "text/calendar": ".ics", "application/ics": ".ics", "text/rtf": ".rtf",
	"text/xml": ".xml", "text/markdown": ".md", "text/css": ".css", "text/tab-separated-values": ".tsv",
	"text/comma-separated-values": ".csv", "text/javascript": ".js", "text/x-log": ".log", "text/yaml": ".yaml",

	"image/png": ".png", "image/x-png": ".png", "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/pjpeg": ".jpg",
	"image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg", "image/tiff": ".tif", "image/tif": ".tif",
	"image/bmp": ".bmp", "image/x-ms-bmp": ".bmp", "image/x-bmp": ".bmp", "image/heic": ".heic", "image/heif": ".heif",
	"image/heic-sequence": ".heic", "image/heif-sequence": ".heif", "image/avif": ".avif", "image/jxl": ".jxl",
	"image/x-icon": ".ico", "image/vnd.microsoft.icon": ".ico", "image/x-adobe-dng": ".dng", "image/dng": ".dng",
	"image/vnd.adobe.photoshop": ".psd", "image/vnd.dwg": ".dwg", "image/vnd.dxf": ".dxf", "image/x-emf": ".emf",
	"image/emf": ".emf", "image/wmf": ".wmf", "image/x-wmf": ".wmf", "image/jp2": ".jp2",

	"audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/mpeg3": ".mp3", "audio/wav": ".wav", "audio/x-wav": ".wav",
	"audio/wave": ".wav", "audio/vnd.wave": ".wav", "audio/amr": ".amr", "audio/amr-wb": ".awb", "audio/3gpp": ".3gp",
	"audio/ogg": ".ogg", "audio/opus": ".opus", "audio/mp4": ".m4a", "audio/m4a": ".m4a", "audio/x-m4a": ".m4a",
	"audio/aac": ".aac", "audio/x-aac": ".aac", "audio/aacp": ".aac", "audio/flac": ".flac", "audio/x-flac": ".flac",
	"audio/webm": ".weba", "audio/x-ms-wma": ".wma", "audio/midi": ".mid", "audio/x-caf": ".caf", "audio/aiff": ".aiff",
	"audio/x-aiff": ".aiff", "audio/basic": ".au", "audio/gsm": ".gsm", "audio/vnd.qcelp": ".qcp",

	"video/mp4": ".mp4", "video/x-m4v": ".m4v", "video/quicktime": ".mov", "video/3gpp": ".3gp", "video/3gpp2": ".3g2",
	"video/webm": ".webm", "video/mpeg": ".mpg", "video/x-msvideo": ".avi", "video/avi": ".avi",
	"video/msvideo": ".avi", "video/x-matroska": ".mkv", "video/x-ms-wmv": ".wmv", "video/x-flv": ".flv",
	"video/ogg": ".ogv", "video/mp2t": ".ts", "video/hevc": ".hevc",

	"application/pdf": ".pdf", "application/x-pdf": ".pdf", "application/postscript": ".ps",
	"application/epub+zip": ".epub", "application/zip": ".zip", "application/x-zip-compressed": ".zip",
	"application/x-zip": ".zip", "application/zip-compressed": ".zip", "multipart/x-zip": ".zip",
	"application/rar": ".rar", "application/vnd.rar": ".rar", "application/x-rar": ".rar",
	"application/x-rar-compressed": ".rar", "application/x-7z-compressed": ".7z", "application/x-tar": ".tar",
	"application/gzip": ".gz", "application/x-gzip": ".gz", "application/x-compressed-tar": ".tgz",
	"application/x-bzip2": ".bz2", "application/x-xz": ".xz", "application/zstd": ".zst", "application/json": ".json",
	"application/xml": ".xml", "application/xhtml+xml": ".xhtml", "application/csv": ".csv",
	"application/yaml": ".yaml", "application/javascript": ".js", "application/sql": ".sql", "application/rtf": ".rtf",
	"application/x-rtf": ".rtf", "application/msword": ".doc", "application/vnd.ms-excel": ".xls",
	"application/excel": ".xls", "application/x-msexcel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
	"application/mspowerpoint": ".ppt", "application/vnd.visio": ".vsd", "application/vnd.ms-visio.drawing": ".vsdx",
	"application/vnd.ms-project": ".mpp", "application/vnd.ms-outlook": ".msg", "application/x-mspublisher": ".pub",
	"application/vnd.ms-xpsdocument": ".xps", "application/oxps": ".oxps", "application/onenote": ".one",
	"application/vnd.ms-excel.sheet.macroenabled.12":        ".xlsm",
	"application/vnd.ms-excel.sheet.binary.macroenabled.12": ".xlsb",
	"application/vnd.ms-word.document.macroenabled.12":      ".docm",
	openXML + "wordprocessingml.document":                   ".docx",
	openXML + "wordprocessingml.template":                   ".dotx",
	openXML + "spreadsheetml.sheet":                         ".xlsx",
	openXML + "spreadsheetml.template":                      ".xltx",
	openXML + "presentationml.presentation":                 ".pptx",
	openXML + "presentationml.slideshow":                    ".ppsx",
	"application/vnd.oasis.opendocument.text":               ".odt",
	"application/vnd.oasis.opendocument.spreadsheet":        ".ods",
	"application/vnd.oasis.opendocument.presentation":       ".odp",
	"application/vnd.oasis.opendocument.graphics":           ".odg",
	"application/vnd.apple.pages":                           ".pages",
	"application/vnd.apple.numbers":                         ".numbers",
	"application/vnd.apple.keynote":                         ".key",
	"application/x-iwork-pages-sffpages":                    ".pages",
	"application/x-iwork-numbers-sffnumbers":                ".numbers",
	"application/x-iwork-keynote-sffkey":                    ".key",
	"application/vnd.apple.pkpass":                          ".pkpass",
	"application/vnd.google-earth.kml+xml":                  ".kml",
	"application/vnd.google-earth.kmz":                      ".kmz",
	"application/gpx+xml":                                   ".gpx",
	"application/gpx":                                       ".gpx",
	"application/geo+json":                                  ".geojson",
	"application/vnd.android.package-archive":               ".apk",
	"application/x-msdownload":                              ".exe",
	"application/acad":                                      ".dwg",
	"application/dxf":                                       ".dxf",
	"application/sla":                                       ".stl",
	"model/stl":                                             ".stl",
	"model/step":                                            ".step",
	"model/3mf":                                             ".3mf",
	"application/pgp-keys":                                  ".asc",
	"application/pgp-encrypted":                             ".asc",
	"application/pkix-cert":                                 ".cer",
	"application/x-x509-ca-cert":                            ".crt",
	"application/x-pkcs12":                                  ".p12",
	"font/ttf":                                              ".ttf",
	"font/otf":                                              ".otf",
	"font/woff2":                                            ".woff2",
}

const openXML = "application/vnd.openxmlformats-officedocument."

// moreExtensions are further ones that files of those kinds have.
var moreExtensions = []string{"jpeg", "jpe", "tiff", "htm", "yml", "oga", "mpeg", "m4b", "eml", "p7s", "p7m", "p7b",
	"dat", "eps", "ai", "indd", "dot", "xlt", "pps", "ini", "zipx", "cdr", "skp", "stp", "igs", "ifc", "edi", "mt940",
	"sta", "xsd", "pfx", "vcs", "shtml", "mht", "mhtml", "url", "lnk", "iso", "dmg", "raw", "cr2", "nef", "arw", "mpo",
	"jfif", "3gpp", "qt", "mp2", "ra", "spx", "fdf", "djvu", "mobi", "azw3"}

// fileExtensions are all of them, without the dot.
var fileExtensions = func() map[string]bool {
	all := make(map[string]bool)
	for _, dotted := range extensions {
		all[dotted[1:]] = true
	}
	for _, extension := range moreExtensions {
		all[extension] = true
	}
	return all
}()

// extensionOf returns the extension of a type, with its dot; "" when it is not known.
// Programs write "x-" in front of types that are not registered, or no longer need it.
func extensionOf(mediaType string) string {
	if extension := extensions[mediaType]; extension != "" {
		return extension
	}
	kind, subtype, _ := strings.Cut(mediaType, "/")
	if plain, ok := strings.CutPrefix(subtype, "x-"); ok {
		return extensions[kind+"/"+plain]
	}
	return ""
}

// hasExtension reports whether a name ends in an extension, or in its usual variant.
func hasExtension(name, extension string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, extension) || extension == ".jpg" && strings.HasSuffix(name, ".jpeg") ||
		extension == ".tif" && strings.HasSuffix(name, ".tiff")
}

// endsAsFile reports whether a name has something before an extension that is known.
func endsAsFile(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	return dot > 0 && len(name)-dot <= 9 && len(name) <= longestName && fileExtensions[strings.ToLower(name[dot+1:])]
}
