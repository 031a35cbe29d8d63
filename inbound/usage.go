package inbound

import (
	"slices"
	"time"

	"github.com/postroom/postroom/discover/presets"
)

// Usage is what has been read from an account's server in the last 24 hours, as far as
// the limits of its provider make it necessary to remember.
type Usage struct {
	Spans []UsageSpan `json:"spans,omitempty"` // oldest first
	// HistoryAfter is when old mail may be read again, since the server has refused to send
	// more; the zero time if it has not.
	HistoryAfter time.Time `json:"history_after,omitzero"`
}

// UsageSpan is what has been read in some minutes, or in an hour that is past.
type UsageSpan struct {
	From     time.Time `json:"from"` // when it began
	To       time.Time `json:"to"`   // when the last of it was read
	Bytes    int64     `json:"bytes"`
	Requests int       `json:"requests"` // messages that were asked for
}

const (
	day = 24 * time.Hour
	// spanLength is the longest span in the last hour. What has come in a span counts until
	// the last of it is old enough: short spans waste little of a limit of an hour.
	spanLength = 3 * time.Minute
	// newMailShare is the part of each limit that old mail leaves to new mail, to listings
	// and to what the protocol adds to the messages: one tenth.
	newMailShare = 10
)

// add returns the usage after more was read at this time.
func (u Usage) add(now time.Time, bytes int64, requests int) Usage {
	read := UsageSpan{From: now, To: now, Bytes: bytes, Requests: requests}
	spans := make([]UsageSpan, 0, len(u.Spans)+1)
	for _, s := range append(slices.Clone(u.Spans), read) {
		s = s.until(now)
		last := len(spans) - 1
		switch {
		case !s.counts(day, now):
		case last >= 0 && spans[last].joins(s, now):
			spans[last].To = s.To
			spans[last].Bytes += s.Bytes
			spans[last].Requests += s.Requests
		default:
			spans = append(spans, s)
		}
	}
	u.Spans = spans
	return u
}

// until returns a span of which nothing is later than now: a clock that was set back does
// not make it last longer than a day.
func (s UsageSpan) until(now time.Time) UsageSpan {
	if s.To.After(now) {
		s.To = now
	}
	if s.From.After(s.To) {
		s.From = s.To
	}
	return s
}

// counts reports whether some of the span was read within this time before now.
func (s UsageSpan) counts(window time.Duration, now time.Time) bool { return now.Sub(s.To) < window }

// joins reports whether the next span is short enough, together with s, to be one with it.
func (s UsageSpan) joins(next UsageSpan, now time.Time) bool {
	length := next.To.Sub(s.From)
	return length < spanLength || length < time.Hour && !next.counts(time.Hour, now)
}

// historyAt returns when so much old mail may be read: the zero time if it may now.
func (u Usage) historyAt(a presets.Access, now time.Time, bytes int64, requests int) time.Time {
	var at time.Time
	if wait := u.HistoryAfter.Sub(now); wait > 0 && wait <= day { // a later time is of a wrong clock
		at = u.HistoryAfter
	}
	ofBytes := func(s UsageSpan) int64 { return s.Bytes }
	ofRequests := func(s UsageSpan) int64 { return int64(s.Requests) }
	for _, l := range []struct {
		window time.Duration
		most   int64
		of     func(UsageSpan) int64
		more   int64
	}{
		{time.Hour, a.BytesPerHour, ofBytes, bytes},
		{day, a.BytesPerDay, ofBytes, bytes},
		{time.Hour, int64(a.RequestsPerHour), ofRequests, int64(requests)},
		{day, int64(a.RequestsPerDay), ofRequests, int64(requests)},
	} {
		if free := u.freeAt(now, l.window, l.most, l.of, l.more); l.most > 0 && free.After(at) {
			at = free
		}
	}
	return at
}

// freeAt returns when a limit has room for more old mail: the zero time if it has now.
func (u Usage) freeAt(now time.Time, window time.Duration, most int64, of func(UsageSpan) int64,
	more int64) time.Time {
	var used int64
	for _, s := range u.Spans {
		if s.until(now).counts(window, now) {
			used += of(s)
		}
	}
	ofHistory := historyShare(most)
	if more > ofHistory {
		more, ofHistory = 0, most-ofHistory // it never fits: it goes while little else counts
	}
	var at time.Time
	for _, s := range u.Spans {
		if used+more <= ofHistory {
			break
		}
		if s = s.until(now); s.counts(window, now) {
			used -= of(s)
			at = s.To.Add(window)
		}
	}
	return at
}

// historyShare returns how much of a limit is for old mail.
func historyShare(most int64) int64 { return most - most/newMailShare }
