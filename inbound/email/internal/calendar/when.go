package calendar

import (
	"strings"
	"time"
)

// moment is a date, or a date and a time of the day, as written.
type moment struct {
	date, time string // "2025-06-01", "10:00"; time is "" for a whole day
	zone       string // "" for the time wherever one is
	written    string // what is not of the form: nothing else is known
}

// read reads the value of DTSTART and the like.
func read(p property) moment {
	value := strings.TrimSpace(p.value)
	zone := strings.TrimPrefix(p.parameter("TZID"), "/")
	day, clock, timed := strings.Cut(value, "T")
	if utc := strings.TrimSuffix(strings.TrimSuffix(clock, "Z"), "z"); utc != clock {
		clock, zone = utc, "UTC"
	}
	date, err := time.Parse("20060102", day)
	if err != nil {
		return moment{written: value}
	}
	m := moment{date: date.Format(time.DateOnly)}
	if !timed {
		return m
	}
	if len(clock) != 6 && len(clock) != 4 || strings.Trim(clock, "0123456789") != "" {
		return moment{written: value}
	}
	m.time, m.zone = clock[:2]+":"+clock[2:4], zone
	return m
}

func (m moment) in() string {
	if m.zone == "" {
		return ""
	}
	return " (" + m.zone + ")"
}

func (m moment) text() string {
	switch {
	case m.written != "":
		return m.written
	case m.time == "":
		return m.date
	}
	return m.date + " " + m.time + m.in()
}

func when(p property) string { return read(p).text() }

// when returns the time of an appointment.
func (e *event) when() string {
	if e.start.name == "" {
		return ""
	}
	start := read(e.start)
	if e.end.name == "" {
		switch {
		case e.duration != "":
			return start.text() + ", for " + duration(e.duration)
		case start.written == "" && start.time == "":
			return start.text() + ", all day"
		}
		return start.text()
	}
	end := read(e.end)
	switch {
	case start.written != "" || end.written != "":
	case start.time == "" && end.time == "":
		// The end of whole days is the day after the last (RFC 5545, section 3.6.1).
		if last, err := time.Parse(time.DateOnly, end.date); err == nil {
			end.date = last.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		if end.date <= start.date {
			return start.date + ", all day"
		}
		return start.date + " to " + end.date + ", all day"
	case start.zone == end.zone && start.date == end.date:
		return start.date + " " + start.time + " to " + end.time + end.in()
	case start.zone == end.zone:
		return start.date + " " + start.time + " to " + end.text()
	}
	return start.text() + " to " + end.text()
}

// duration makes "PT1H30M" readable. What is not of that form stays.
func duration(s string) string {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.ToUpper(s), "+"), "P")
	var words []string
	for ok && rest != "" {
		if rest[0] == 'T' {
			rest = rest[1:]
			continue
		}
		n := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if n < 1 {
			return s
		}
		unit := map[byte]string{'W': "weeks", 'D': "days", 'H': "h", 'M': "min", 'S': "s"}[rest[n]]
		if unit == "" || len(words) > 5 {
			return s
		}
		if rest[:n] != "0" {
			words = append(words, rest[:n]+" "+unit)
		}
		rest = rest[n+1:]
	}
	if len(words) == 0 {
		return s
	}
	return strings.Join(words, " ")
}

// repeats makes a rule readable as far as it is simple (RFC 5545, section 3.3.10).
func repeats(rule string) string {
	var often string
	var rest []string
	for part := range strings.SplitSeq(rule, ";") {
		if name, value, _ := strings.Cut(part, "="); strings.EqualFold(name, "FREQ") {
			often = strings.ToLower(value)
		} else if part != "" && !strings.EqualFold(name, "WKST") {
			rest = append(rest, part)
		}
	}
	if often != "" && len(rest) > 0 {
		return often + " (" + strings.Join(rest, ", ") + ")"
	}
	return often + strings.Join(rest, ", ")
}
