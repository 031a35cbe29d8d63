package fingerprint

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

var months = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// zones are the names that RFC 5322, section 4.3, gives a meaning, and UTC, in
// hours.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0,
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

// parseDate reads a date as RFC 5322, section 3.3, writes it and returns the
// seconds since 1970, in decimal. ok is false for what is not exactly that.
func parseDate(v []byte) (seconds []byte, ok bool) {
	if len(v) > 200 {
		return nil, false
	}
	s := asciiLower(string(withoutComments(v)))
	if weekday, rest, found := strings.Cut(s, ","); found {
		if !isWeekday(strings.TrimSpace(weekday)) {
			return nil, false
		}
		s = rest
	}
	w := strings.Fields(s)
	if len(w) != 5 {
		return nil, false
	}
	day, ok1 := number(w[0], 1, 2)
	month := 0
	for i, name := range months {
		if w[1] == name {
			month = i + 1
		}
	}
	year, ok2 := number(w[2], 2, 4)
	switch { // RFC 5322, section 4.3
	case len(w[2]) == 2 && year < 50:
		year += 2000
	case len(w[2]) < 4:
		year += 1900
	}
	clock, ok3 := timeOfDay(w[3])
	zone, ok4 := offset(w[4])
	if !ok1 || !ok2 || !ok3 || !ok4 || month == 0 || year < 1900 {
		return nil, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || t.Month() != time.Month(month) {
		return nil, false
	}
	return strconv.AppendInt(nil, t.Unix()+int64(clock-zone), 10), true
}

// withoutComments replaces comments, nested or not, by spaces. It returns nil if
// one is not closed.
func withoutComments(v []byte) []byte {
	var out []byte
	depth := 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '(':
			depth++
			out = append(out, ' ')
		case depth > 0 && c == '\\':
			i++
		case depth > 0 && c == ')':
			depth--
		case depth == 0:
			out = append(out, c)
		}
	}
	if depth > 0 {
		return nil
	}
	return bytes.TrimSpace(out)
}

func isWeekday(s string) bool {
	switch s {
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun":
		return true
	}
	return false
}

// number reads a number that has from least to most digits.
func number(s string, least, most int) (int, bool) {
	if len(s) < least || len(s) > most {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// timeOfDay reads "15:04" or "15:04:05" and returns seconds.
func timeOfDay(s string) (int, bool) {
	w := strings.Split(s, ":")
	if len(w) == 2 {
		w = append(w, "00")
	}
	if len(w) != 3 {
		return 0, false
	}
	hour, ok1 := number(w[0], 1, 2)
	minute, ok2 := number(w[1], 1, 2)
	second, ok3 := number(w[2], 1, 2)
	return hour*3600 + minute*60 + second, ok1 && ok2 && ok3 && hour < 24 && minute < 60 && second <= 60
}

// offset reads a zone and returns seconds.
func offset(s string) (int, bool) {
	if hours, ok := zones[s]; ok {
		return hours * 3600, true
	}
	if s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	n, ok := number(s[1:], 4, 4)
	n = (n/100*60 + n%100) * 60
	if s[0] == '-' {
		n = -n
	}
	return n, ok
}
