package inbound

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/discover/presets"
)

// UploadEstimate is how long the limits of its provider make an initial upload last. It does
// not count how fast the line and the server are: the ETA of ProgressInfo does, as soon as
// the upload goes on.
type UploadEstimate struct {
	Provider string // "" if the provider is not known
	Bytes    int64  // to upload
	Messages int    // to upload
	// BytesPerDay and MessagesPerDay are what old mail may take of the provider's limits; 0
	// if no limit is known.
	BytesPerDay    int64
	MessagesPerDay int
	// Duration is 0 if no limit is known, or if all of it fits into the first hour's or
	// day's share.
	Duration time.Duration
}

// EstimateUpload returns how long the limits of the account's provider make the upload of
// so much old mail last. It connects to nothing.
func (a Account) EstimateUpload(messages int, bytes int64) UploadEstimate {
	preset := presets.For(a.Host)
	return estimateUpload(preset.Provider, a.access(preset), messages, bytes)
}

func estimateUpload(provider string, access presets.Access, messages int, bytes int64) UploadEstimate {
	e := UploadEstimate{Provider: provider, Bytes: bytes, Messages: messages}
	e.BytesPerDay = perDay(access.BytesPerHour, access.BytesPerDay)
	e.MessagesPerDay = int(perDay(int64(access.RequestsPerHour), int64(access.RequestsPerDay)))
	e.Duration = max(
		duration(bytes, access.BytesPerHour, time.Hour), duration(bytes, access.BytesPerDay, day),
		duration(int64(messages), int64(access.RequestsPerHour), time.Hour),
		duration(int64(messages), int64(access.RequestsPerDay), day))
	return e
}

// access returns what a provider allows by the account's protocol.
func (a Account) access(p presets.Preset) presets.Access {
	switch a.Protocol {
	case IMAP:
		return p.IMAP
	case POP3:
		return p.POP3
	}
	return presets.Access{} // of IMAP and POP3 alone anything is known
}

// perDay returns the lower of two limits' shares of old mail in a day; 0 if there is none.
func perDay(hourly, daily int64) int64 {
	hourly, daily = 24*historyShare(hourly), historyShare(daily)
	if hourly == 0 || daily > 0 && daily < hourly {
		return daily
	}
	return hourly
}

// duration returns how long a limit makes n last; 0 if there is no limit, or n fits into one
// window.
func duration(n, most int64, window time.Duration) time.Duration {
	share := historyShare(most)
	if most == 0 || n <= share {
		return 0
	}
	return time.Duration(float64(n) / float64(share) * float64(window))
}

// String says it in a line, such as "15 GB at 2.2 GB a day: 7 days".
func (e UploadEstimate) String() string {
	much := bytesText(e.Bytes)
	if e.Bytes < 0 {
		much = strconv.Itoa(e.Messages) + " messages"
	}
	var limits []string
	if e.BytesPerDay > 0 {
		limits = append(limits, bytesText(e.BytesPerDay))
	}
	if e.MessagesPerDay > 0 {
		limits = append(limits, strconv.Itoa(e.MessagesPerDay)+" messages")
	}
	switch {
	case e.Bytes < 0 && e.MessagesPerDay == 0 && e.BytesPerDay > 0:
		return much + " of unknown size, at " + limits[0] + " a day"
	case len(limits) == 0:
		return much + ", and no limit of the provider is known"
	case e.Duration == 0:
		return much + ", within the provider's " + strings.Join(limits, " and ") + " a day"
	}
	return much + " at " + strings.Join(limits, " and ") + " a day: " + wholeTime(e.Duration)
}

// wholeTime rounds up to hours, or to days if it is longer than a day.
func wholeTime(d time.Duration) string {
	unit, name := day, "day"
	if d <= day {
		unit, name = time.Hour, "hour"
	}
	n := (d + unit - 1) / unit
	if n != 1 {
		name += "s"
	}
	return fmt.Sprintf("%d %s", n, name)
}
