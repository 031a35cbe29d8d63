package email

import "strings"

// location is the Content-Location of an attachment (RFC 2557): HTML may name it instead
// of a Content-ID.
type location struct{ number, value string }

// markInline marks the attachments that the HTML shows: by their Content-ID (RFC 2392), or
// their location, and pictures by their name alone. Of the references of each kind, at most
// limit count.
func markInline(list []Attachment, locations []location, html string, limit int) {
	if html == "" || len(list) == 0 {
		return
	}
	shown := make(map[string]bool)
	for _, scheme := range [...]string{"cid:", "CID:"} {
		addReferences(shown, html, scheme, limit)
	}
	unshown := len(locations) > 0
	for i := range list {
		a := &list[i]
		if a.ContentID != "" && shown[a.ContentID] {
			a.Inline = true
		}
		unshown = unshown || !a.Inline && strings.HasPrefix(a.Type, "image/")
	}
	if !unshown {
		return
	}
	clear(shown)
	for _, attribute := range [...]string{"src=", "SRC="} {
		addReferences(shown, html, attribute, limit)
	}
	if len(shown) == 0 {
		return
	}
	located := make(map[string]bool)
	for _, l := range locations {
		located[l.number] = located[l.number] || shown[l.value]
	}
	for i := range list {
		a := &list[i]
		if located[a.Part] || strings.HasPrefix(a.Type, "image/") && (shown[a.Name] || shown[a.ContentID]) {
			a.Inline = true
		}
	}
}

// addReferences adds what stands behind prefix in HTML, up to limit values.
func addReferences(shown map[string]bool, html, prefix string, limit int) {
	for len(shown) < limit {
		i := strings.Index(html, prefix)
		if i < 0 {
			return
		}
		html = strings.TrimLeft(html[i+len(prefix):], "\"' ")
		longest := min(len(html), longestID)
		if end := strings.IndexAny(html[:longest], "\"' >)\t\r\n"); end >= 0 {
			if value := string(unpercent(html[:end])); value != "" {
				shown[value] = true
			}
			longest = end
		}
		html = html[longest:] // no byte is looked at twice
	}
}
