package email

import (
	"strconv"
	"strings"
	"time"
)

// months by the beginnings of their names, in the languages whose programs
// translate them.
var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
	"dec": 12,
	"jän": 1, "mär": 3, "mai": 5, "okt": 10, "dez": 12,
	"fév": 2, "fev": 2, "avr": 4, "jui": 6, "aoû": 8, "aou": 8, "déc": 12,
	"ene": 1, "abr": 4, "ago": 8, "dic": 12,
	"янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10,
	"ноя": 11, "дек": 12,
}

// zones that programs write instead of an offset, in hours (RFC 5322, section
// 4.3, and Europe's).
var zones = map[string]int{
	"GMT": 0, "UT": 0, "UTC": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2,
	"EET": 2, "EEST": 3, "MSK": 3,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9,
}

// parseDate reads the date of a header field (RFC 5322, section 3.3). It goes by
// what the words look like, not by their order, so that it also reads asctime,
// ISO 8601, other languages and missing zones (then UTC). ok is false when there
// is no day, month and year, or not one that mail can be from.
func parseDate(value string) (t time.Time, ok bool) {
	value = clean(decodeWords(withoutComments(value)))
	if len(value) > 200 {
		value = value[:200]
	}
	// The weekday may be in any language: "mar." is a Tuesday in French.
	if i := strings.IndexByte(value, ','); i >= 0 && !strings.ContainsAny(value[:i], "0123456789") {
		value = value[i+1:]
	}
	if t, ok := parseISO(strings.TrimSpace(value)); ok {
		return t, isPlausible(t)
	}
	d := dateWords{day: -1, year: -1, zone: time.UTC}
	for _, w := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		d.add(w)
	}
	if d.month == 0 || d.day < 1 || d.day > 31 || d.year < 0 || d.hour > 23 || d.minute > 59 || d.second > 60 {
		return time.Time{}, false
	}
	switch { // RFC 5322, section 4.3
	case d.year < 50:
		d.year += 2000
	case d.year < 1000:
		d.year += 1900
	}
	second := min(d.second, 59) // a leap second does not belong to the next day
	t = time.Date(d.year, d.month, d.day, d.hour, d.minute, second, 0, d.zone)
	if t.Day() != d.day { // the 31st of a shorter month
		return time.Time{}, false
	}
	return t, isPlausible(t)
}

// parseISO reads a date of ISO 8601, with or without an offset.
func parseISO(value string) (t time.Time, ok bool) {
	if len(value) < len("2006-") || value[4] != '-' {
		return time.Time{}, false // as nearly all are
	}
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// isPlausible keeps to what RFC 5322, section 3.3, allows and databases and JSON
// can hold, in every time zone.
func isPlausible(t time.Time) bool {
	_, offset := t.Zone()
	year := t.UTC().Year()
	return year >= 1900 && year <= 9999 && -24*60*60 < offset && offset < 24*60*60
}

// dateWords collects the words of a date.
type dateWords struct {
	day, year            int
	month                time.Month
	hour, minute, second int
	timed                bool
	zone                 *time.Location
}

func (d *dateWords) add(w string) {
	switch {
	case strings.Contains(w, ":"):
		d.time(w)
	case d.timed && len(w) > 1 && (w[0] == '+' || w[0] == '-'):
		d.offset(w)
	case strings.Count(w, "-") == 2 || strings.Count(w, "/") == 2 || strings.Count(w, ".") == 2:
		d.date(strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '/' || r == '.' }))
	case w[0] >= '0' && w[0] <= '9':
		d.number(w)
	default:
		d.name(w)
	}
}

// time reads "15:04:05", "3:04:05" and "15:04:05.000+0200".
func (d *dateWords) time(w string) {
	if i := strings.IndexAny(w, "+-"); i > 0 {
		d.timed = true
		d.offset(w[i:])
		w = w[:i]
	}
	w = strings.TrimSuffix(w, "Z")
	for i, part := range strings.SplitN(w, ":", 4) {
		part, _, _ = strings.Cut(part, ".")
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			n = 99
		}
		switch i {
		case 0:
			d.hour = n
		case 1:
			d.minute = n
		case 2:
			d.second = n
		}
	}
	d.timed = true
}

func (d *dateWords) offset(w string) {
	digits := strings.ReplaceAll(w[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || len(digits) > 4 {
		return
	}
	if len(digits) <= 2 {
		n *= 100
	}
	seconds := (n/100*60 + n%100) * 60
	if seconds >= 24*60*60 {
		return
	}
	if w[0] == '-' {
		seconds = -seconds
	}
	d.zone = time.FixedZone("", seconds)
}

// date reads what stands in one word: "2006-01-02", "02-Jan-2006", "02/01/2006".
func (d *dateWords) date(parts []string) {
	if len(parts) != 3 {
		return
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if n, err := strconv.Atoi(parts[1]); err == nil && n >= 1 && n <= 12 {
		d.month = time.Month(n)
	} else {
		d.name(parts[1])
	}
	d.number(parts[0])
	d.number(parts[2])
}

// number takes a day first, unless it can only be a year.
func (d *dateWords) number(w string) {
	n, err := strconv.Atoi(strings.TrimRight(w, "."))
	switch {
	case err != nil || n < 0 || n > 9999:
	case d.day < 0 && len(w) <= 3 && n >= 1 && n <= 31:
		d.day = n
	case d.year < 0:
		d.year = n
	}
}

func (d *dateWords) name(w string) {
	w = strings.TrimRight(w, ".")
	runes := []rune(strings.ToLower(w))
	if m, ok := months[string(runes[:min(len(runes), 3)])]; ok && d.month == 0 {
		if m == 6 && strings.HasPrefix(string(runes), "juil") {
			m = 7
		}
		d.month = m
		return
	}
	switch strings.ToUpper(w) {
	case "PM":
		if d.hour < 12 {
			d.hour += 12
		}
	case "AM":
		if d.hour == 12 {
			d.hour = 0
		}
	default:
		if hours, ok := zones[strings.ToUpper(w)]; ok && d.timed && d.zone == time.UTC {
			d.zone = time.FixedZone("", hours*60*60)
		}
	}
}

// receivedDate reads the date of a Received field: it stands behind the last
// semicolon (RFC 5321, section 4.4) that is not in a comment. Without a semicolon there is
// none: names of hosts must not be read as those of months.
func receivedDate(value string) (time.Time, bool) {
	for _, text := range [...]string{value, withoutComments(value)} {
		if i := strings.LastIndexByte(text, ';'); i >= 0 {
			if t, ok := parseDate(text[i+1:]); ok {
				return t, true
			}
		}
	}
	return time.Time{}, false
}
