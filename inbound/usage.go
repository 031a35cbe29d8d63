package inbound

import (
	"slices"
	"time"

	"github.com/postroom/postroom/discover/presets"
)

// Usage is what has been read from an account's server in the last 24 hours, and when it was or
// may be asked, as far as the limits of its provider make it necessary to remember.
type Usage struct {
	Spans []UsageSpan `json:"spans,omitempty"` // oldest first
	// HistoryAfter is when old mail may be read again, since the server has refused to send
	// more; the zero time if it has not. Health.HistoryAfter is not earlier: the spans, too,
	// may let old mail wait.
	HistoryAfter time.Time `json:"history_after,omitzero"`
	// NotBefore is until when the server wants to be left alone, as it has said when it refused
	// something; the zero time if it has not. Run keeps to it also when it starts anew.
	NotBefore time.Time `json:"not_before,omitzero"`
	// LoginAt is when a pass has logged in last, whether that succeeded or not, if the provider
	// is known to want a pause between logins; the zero time otherwise.
	LoginAt time.Time `json:"login_at,omitzero"`
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

// usageLimit is a limit of a provider on what is read within any time of this length.
type usageLimit struct {
	window time.Duration
	most   int64 // 0: it is not known
	of     func(UsageSpan) int64
	more   int64 // that is asked for
}

// limitsOf returns the limits of a provider, for so much old mail.
func limitsOf(a presets.Access, bytes int64, requests int) []usageLimit {
	ofBytes := func(s UsageSpan) int64 { return s.Bytes }
	ofRequests := func(s UsageSpan) int64 { return int64(s.Requests) }
	all := []usageLimit{
		{time.Hour, a.BytesPerHour, ofBytes, bytes},
		{day, a.BytesPerDay, ofBytes, bytes},
		{time.Hour, int64(a.RequestsPerHour), ofRequests, int64(requests)},
		{day, int64(a.RequestsPerDay), ofRequests, int64(requests)},
	}
	return slices.DeleteFunc(all, func(l usageLimit) bool { return l.most == 0 })
}

// historyAt returns when so much old mail may be read: the zero time if it may now.
func (u Usage) historyAt(a presets.Access, now time.Time, bytes int64, requests int) time.Time {
	at := stillAhead(u.HistoryAfter, now)
	for _, l := range limitsOf(a, bytes, requests) {
		if free := u.freeAt(now, l); free.After(at) {
			at = free
		}
	}
	return at
}

// stillAhead returns a time for which old mail waits, or the zero time if it is over. One
// that is more than a day ahead is of a wrong clock.
func stillAhead(until, now time.Time) time.Time {
	if wait := until.Sub(now); wait <= 0 || wait > day {
		return time.Time{}
	}
	return until
}

// notBefore returns before when not all of so much old mail can have been read: the zero
// time if it may all be read now. Each time that the share of old mail is used up, it takes
// a window from the beginning until it is there again.
func (u Usage) notBefore(a presets.Access, now time.Time, bytes int64, requests int) time.Time {
	at := stillAhead(u.HistoryAfter, now)
	for _, l := range limitsOf(a, bytes, requests) {
		used, from := u.used(now, l)
		windows := (used + l.more - 1) / historyShare(l.most)
		if free := from.Add(time.Duration(windows) * l.window); windows > 0 && free.After(at) {
			at = free
		}
	}
	return at
}

// used returns how much of a limit is used, and when that began.
func (u Usage) used(now time.Time, l usageLimit) (used int64, from time.Time) {
	from = now
	for _, s := range slices.Backward(u.Spans) {
		if s = s.until(now); s.counts(l.window, now) {
			used, from = used+l.of(s), s.From
		}
	}
	return used, from
}

// freeAt returns when a limit has room for more old mail: the zero time if it has now.
func (u Usage) freeAt(now time.Time, l usageLimit) time.Time {
	used, _ := u.used(now, l)
	more, ofHistory := l.more, historyShare(l.most)
	if more > ofHistory {
		more, ofHistory = 0, l.most-ofHistory // it never fits: it goes while little else counts
	}
	var at time.Time
	for _, s := range u.Spans {
		if used+more <= ofHistory {
			break
		}
		if s = s.until(now); s.counts(l.window, now) {
			used -= l.of(s)
			at = s.To.Add(l.window)
		}
	}
	return at
}

// historyShare returns how much of a limit is for old mail.
func historyShare(most int64) int64 { return most - most/newMailShare }
