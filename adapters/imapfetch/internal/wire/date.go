package wire

import (
	"strconv"
	"strings"
	"time"
)

// dateLayout is that of INTERNALDATE (RFC 9051, section 9).
const dateLayout = "02-Jan-2006 15:04:05 -0700"

// internalDate reads an INTERNALDATE: also one with a day of one digit, without
// seconds, without a zone (UTC is assumed) or with one by name, with spaces in place of
// hyphens, or in the form of a message's Date. ok is false for what is no time, such
// as "00-Jan-0000 00:00:00 +0000".
func internalDate(text string) (t time.Time, ok bool) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == ',' })
	if len(words) > 0 && strings.Count(words[0], "-") == 2 {
		words = append(strings.Split(words[0], "-"), words[1:]...)
	}
	if len(words) >= 5 && len(words[0]) > 2 {
		words = words[1:] // the day of the week
	}
	if len(words) < 4 || len(words[1]) < 3 {
		return time.Time{}, false
	}
	month := words[1][:3]
	month = strings.ToUpper(month[:1]) + strings.ToLower(month[1:])
	clock := words[3]
	if strings.Count(clock, ":") == 1 {
		clock += ":00"
	}
	t, err := time.Parse("2-Jan-2006 15:4:5", words[0]+"-"+month+"-"+words[2]+" "+clock)
	if err != nil || t.Year() < 1970 {
		return time.Time{}, false
	}
	zone := ""
	if len(words) > 4 {
		zone = words[4]
	}
	offset := zoneOffset(zone)
	return t.Add(-offset).In(time.FixedZone("", int(offset/time.Second))), true
}

// zones are the zones of RFC 5322, section 4.3, and others that servers write. What is
// not known counts as UTC.
var zones = map[string]int{
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"BST": 1, "CET": 1, "MET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9,
}

func zoneOffset(zone string) time.Duration {
	if hours, ok := zones[strings.ToUpper(zone)]; ok {
		return time.Duration(hours) * time.Hour
	}
	digits := strings.ReplaceAll(strings.TrimLeft(zone, "+-"), ":", "")
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || len(digits) != 4 || n/100 > 14 || n%100 > 59 {
		return 0
	}
	offset := time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
	if zone[0] == '-' {
		return -offset
	}
	return offset
}
