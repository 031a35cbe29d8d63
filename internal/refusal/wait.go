package refusal

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postroom/postroom/inbound"
)

// MaxRetryAfter is the longest wait that a server is believed to want.
const MaxRetryAfter = 24 * time.Hour

// duration is a number with a unit, such as "5 minutes", "an hour", "30s", "5分钟".
var duration = regexp.MustCompile(`(\d{1,9}|\b(?:an?|one)\b)(?:[.,]\d+)?[\s-]*(\p{L}+)`)

// before is how many bytes in front of a duration say what it is about.
const before = 40

var (
	// waitWords are in front of a time to wait.
	waitWords = say("again|retry|wait|back off|backoff|back in|delay|every|locked for|blocked for|" +
		"erneut|wieder|warten|dans|reessay|patient|intent|dentro|esper|aguard|tente|riprov|tra |attend|" +
		"через|повтор|подожд|ponow|odczeka|opnieuw|请|再")
	// otherWords are in front of a time that is something else.
	otherWords = say("timeout|timed out|time out|idle|inactiv|elapsed|took|since|zeituberschreitung|超时")
	// laterWords are behind a time to wait, where they are not in front.
	laterWords = []string{"后", "後", "후"}
)

// statedWait returns how long the server wants to be left alone, or 0. A server that
// limits logins means any time that it names; one that has trouble only a time with
// words of waiting.
func (s statement) statedWait(class error) time.Duration {
	if s.code == "LOGIN-DELAY" {
		if seconds, err := strconv.Atoi(s.argument); err == nil {
			return bounded(seconds, time.Second)
		}
	}
	var any time.Duration
	for _, at := range duration.FindAllStringSubmatchIndex(s.text, -1) {
		number, unit := s.text[at[2]:at[3]], s.text[at[4]:at[5]]
		wait := timeOf(number, unit)
		lead := spaced(strings.ToValidUTF8(s.text[max(0, at[0]-before):at[0]], ""))
		switch {
		case wait == 0 || otherWords.in(lead):
		case waitWords.in(lead) || containsAny(unit, laterWords):
			return wait
		case any == 0:
			any = wait
		}
	}
	if class == inbound.ErrThrottled {
		return any
	}
	return 0
}

func timeOf(number, unit string) time.Duration {
	n, err := strconv.Atoi(number)
	if err != nil {
		n = 1 // a, an, one
	}
	for _, u := range units {
		if hasWord(u.whole, unit) || u.begins.in(" "+unit) {
			return bounded(n, u.length)
		}
	}
	return 0
}

var units = []struct {
	whole  string
	begins words
	length time.Duration
}{
	{"ms msec msecs", say("millis"), time.Millisecond},
	{"s sec secs sek", say("second|sekund|segund|secund|секунд|秒|초"), time.Second},
	{"m min mins", say("minut|минут|хвилин|分|분"), time.Minute},
	{"h hr hrs std ora ore", say("hour|stund|heure|hora|час|годин|godzin|小时|時間|시간"), time.Hour},
	{"d", say("day|tag|jour|dia|giorn|дн|день|сут|dni|天|日|일"), 24 * time.Hour},
}

// bounded multiplies without overflow.
func bounded(n int, unit time.Duration) time.Duration {
	return time.Duration(min(int64(n), int64(MaxRetryAfter/unit))) * unit
}
