package email

import "strings"

// impliedName returns the name of a file that a part has in a field which is not made for
// it: what Content-Description says, the last part of Content-Location, or what
// Content-ID begins with. It is "" if that does not end as the name of a file does; in
// Content-ID, which is random as a rule, as that of a file of the part's type does.
func (r *partReader) impliedName(h *header, mediaType string) string {
	description := strings.Trim(r.header.rawText(h.get("Content-Description")), `"' `)
	if name := strings.Trim(plainName(description), `"' `); endsAsFile(name) {
		return name
	}
	if name := locationName(h.get("Content-Location")); endsAsFile(name) {
		return name
	}
	name, _, _ := strings.Cut(strings.Trim(rawText(h.get("Content-ID"), ""), "<> "), "@")
	if wanted := extensionOf(mediaType); endsAsFile(name) && (wanted == "" || hasExtension(name, wanted)) {
		return clean(name)
	}
	return ""
}

// locationName returns the last part of the path of a URL.
func locationName(location string) string {
	location = strings.Trim(rawText(location, ""), `"' `)
	location, _, _ = strings.Cut(location, "#")
	location, _, _ = strings.Cut(location, "?")
	if i := strings.Index(location, "://"); i >= 0 {
		_, path, ok := strings.Cut(location[i+3:], "/")
		if !ok {
			return "" // a host alone, such as shop.example
		}
		location = path
	}
	name := location[strings.LastIndexAny(location, `/\:`)+1:]
	return clean(rawText(string(unpercent(name)), ""))
}
