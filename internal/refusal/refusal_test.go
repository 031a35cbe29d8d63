package refusal

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound"
)

const (
	imap = inbound.IMAP
	pop3 = inbound.POP3
)

// want is what a refusal means.
type want struct {
	class error
	cause inbound.Cause
}

// wants are the meanings by the words of the files in testdata.
var wants = map[string]want{
	"password":     {inbound.ErrAuth, inbound.CauseCredentials},
	"app-password": {inbound.ErrAuth, inbound.CauseAppPassword},
	"oauth2":       {inbound.ErrAuth, inbound.CauseOAuth2},
	"blocked":      {inbound.ErrAuth, inbound.CauseBlocked},
	"no-mailbox":   {inbound.ErrPermanent, inbound.CauseBlocked}, // blocked, and tried again meanwhile
	"off":          {inbound.ErrPermanent, inbound.CauseProtocolOff},
	"folder":       {inbound.ErrPermanent, inbound.CauseFolder},
	"settings":     {inbound.ErrPermanent, inbound.CauseSettings},
	"pause":        {inbound.ErrThrottled, inbound.CauseThrottled},
	"trouble":      {inbound.ErrTemporary, inbound.CauseUnavailable},
	"message":      {}, // counts against the message, whatever else it means
}

var steps = map[string]Step{"greeting": Greeting, "login": Login, "opening": Opening, "working": Working,
	"reading": Reading, "bye": Goodbye}

// said is a line of a file in testdata.
type said struct {
	protocol inbound.Protocol
	step     Step
	text     string
	want     string
}

// readSaid reads a file of testdata, whose lines begin with so many other columns.
func readSaid(t testing.TB, file string, others int) []said {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	require.NoError(t, err)
	var all []said
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(strings.TrimSpace(line), "\t")[others:]
		require.GreaterOrEqual(t, len(columns), 4, line)
		step, known := steps[columns[1]]
		require.True(t, known, line)
		require.Contains(t, wants, columns[2], line)
		text, err := strconv.Unquote(columns[3])
		require.NoError(t, err, line)
		all = append(all, said{inbound.Protocol(columns[0]), step, text, columns[2]})
	}
	require.NotEmpty(t, all)
	return all
}

func TestRead_Meanings(t *testing.T) {
	for file, others := range map[string]int{"providers.tsv": 1, "servers.tsv": 0, "neighbors.tsv": 0} {
		t.Run(file, func(t *testing.T) {
			for _, s := range readSaid(t, file, others) {
				got := Read(s.protocol, s.step, "", s.text)
				if s.want == "message" {
					assert.True(t, got.Message, "%q", s.text)
					assert.True(t, got.Passes(), "%q", s.text)
					continue
				}
				assert.Equal(t, wants[s.want], want{got.Class, got.Cause}, "%q", s.text)
				assert.Equal(t, s.want == "pause" || s.want == "trouble", got.Passes(), "%q", s.text)
				assert.False(t, got.Message, "%q", s.text)
			}
		})
	}
}

// The code may stand in the text or apart from it.
func TestRead_CodeApart(t *testing.T) {
	for _, s := range readSaid(t, "providers.tsv", 1) {
		code, text, ok := strings.Cut(strings.TrimPrefix(s.text, "["), "]")
		if !ok || !strings.HasPrefix(s.text, "[") {
			continue
		}
		assert.Equal(t, Read(s.protocol, s.step, "", s.text), Read(s.protocol, s.step, code, text), "%q", s.text)
		assert.Equal(t, Read(s.protocol, s.step, "", s.text), Read(s.protocol, s.step, strings.ToLower(code), text))
	}
}

func TestRead_Known(t *testing.T) {
	for _, step := range steps {
		assert.False(t, Read(imap, step, "", "no").Known)
		assert.True(t, Read(imap, step, "", "Internal error").Known)
		assert.True(t, Read(imap, step, "UNAVAILABLE", "").Known)
	}
	assert.Equal(t, inbound.ErrAuth, Read(imap, Login, "", "no").Class)
	assert.Equal(t, inbound.ErrTemporary, Read(imap, Opening, "", "no").Class)
}

func TestRead_HintNamesProtocolAndSetting(t *testing.T) {
	const gmail = "Your account is not enabled for IMAP use. Please visit your Gmail settings page"
	assert.Equal(t, "switch on IMAP in Gmail: Settings > See all settings > Forwarding and POP/IMAP",
		Read(imap, Login, "ALERT", gmail).Hint)
	assert.Contains(t, Read(pop3, Opening, "SYS/PERM", strings.ReplaceAll(gmail, "IMAP use", "POP access")).Hint, "POP3")
	for _, s := range append(readSaid(t, "providers.tsv", 1), readSaid(t, "servers.tsv", 0)...) {
		got := Read(s.protocol, s.step, "", s.text)
		assert.NotContains(t, got.Hint, "PROTOCOL")
		assert.True(t, got.Hint != "" || got.Cause == inbound.CauseCredentials, "%q", s.text)
	}
}

func TestRead_StatedWait(t *testing.T) {
	for _, tt := range []struct {
		step Step
		text string
		want time.Duration
	}{
		{Opening, "Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299961 * time.Millisecond},
		{Login, "Exceeded the login limit for a 15 minute period.", 15 * time.Minute},
		{Login, "Login delay is 15 minutes", 15 * time.Minute},
		{Login, "login allowed only every 15 minutes", 15 * time.Minute},
		{Login, "[LOGIN-DELAY] wait 60 seconds", time.Minute},
		{Login, "[LOGIN-DELAY 600] no", 10 * time.Minute},
		{Login, "Too many logins; more than 20 in 1 hour. Try again in 90s", 90 * time.Second},
		{Login, "Server busy, retry in 2 hours", 2 * time.Hour},
		{Login, "Temporary failure, try again in an hour", time.Hour},
		{Login, "Rate limit: retry after 5-minute pause", 5 * time.Minute},
		{Login, "User account is locked for 30 minutes", 30 * time.Minute},
		{Login, "Too many failures, wait 7 days", MaxRetryAfter},
		{Login, "Too many failures, wait 999999999 hours", MaxRetryAfter},
		{Login, "Zu viele Anmeldungen, erneut in 5 Minuten", 5 * time.Minute},
		{Login, "Trop de connexions, réessayez dans 10 minutes", 10 * time.Minute},
		{Login, "Слишком много попыток входа, повторите через 15 минут", 15 * time.Minute},
		{Login, "登录过于频繁，请15分钟后再试", 15 * time.Minute},
		{Login, "시도가 너무 많습니다. 5분 후 다시 시도하세요", 5 * time.Minute},
		{Goodbye, "Too many connections, try again in 5 minutes", 5 * time.Minute},
		{Reading, "[LIMIT] retry in 30 seconds", 30 * time.Second},

		{Login, "Too many connections (mail_max_userip_connections=10)", 0},
		{Login, "Too many logins, wait", 0},
		{Login, "Backend timeout after 30 seconds", 0},
		{Login, "LDAP lookup took 30 seconds", 0},
		{Goodbye, "Idle for 30 minutes, logging out", 0},
		{Goodbye, "Session expired after 24 hours", 0},
		{Login, "Server Unavailable. 15", 0},
		{Login, "Invalid password, wait 10 seconds", 0},
	} {
		assert.Equal(t, tt.want, Read(imap, tt.step, "", tt.text).RetryAfter, tt.text)
	}
}

// What is beyond the beginning does not count, so that a long text costs no more than
// a short one.
func TestRead_Bounded(t *testing.T) {
	for _, filler := range []string{"x", " ", "密", "\xb5", "1 ", "[", "é"} {
		long := strings.Repeat(filler, 1<<20)
		assert.Equal(t, Read(imap, Login, "", long[:maxText]), Read(imap, Login, "", long+" Too many connections"))
		cost := testing.AllocsPerRun(1, func() { Read(imap, Login, long, long) })
		assert.Less(t, cost, 5000.0)
	}
	assert.True(t, Read(imap, Login, "", "too many connections"+strings.Repeat("密", maxText)).Known, "cut in a letter")
}

func FuzzRead(f *testing.F) {
	for _, s := range append(readSaid(f, "providers.tsv", 1), readSaid(f, "neighbors.tsv", 0)...) {
		f.Add(uint8(s.step), "", s.text)
	}
	f.Add(uint8(Login), "LOGIN-DELAY 99999999999999999999", "wait -5 minutes")
	f.Fuzz(func(t *testing.T, step uint8, code, text string) {
		for _, p := range []inbound.Protocol{imap, pop3} {
			got := Read(p, Step(step), code, text)
			assert.Contains(t, []error{inbound.ErrAuth, inbound.ErrThrottled, inbound.ErrTemporary, inbound.ErrPermanent},
				got.Class)
			assert.NotEqual(t, inbound.CauseUnknown, got.Cause)
			assert.Equal(t, got.Passes(), got.Cause.Transient(), "the cause fits the class")
			assert.True(t, got.RetryAfter >= 0 && got.RetryAfter <= MaxRetryAfter)
			assert.True(t, !got.Message || Step(step) == Reading && got.Passes())
			assert.Equal(t, got, Read(p, Step(step), code, text), "it keeps nothing")
		}
	})
}

// Each row is for a text that no row before it has understood.
func TestRead_EveryRowCounts(t *testing.T) {
	var all []said
	for file, others := range map[string]int{"providers.tsv": 1, "servers.tsv": 0, "neighbors.tsv": 0} {
		all = append(all, readSaid(t, file, others)...)
	}
	counts := make([]int, len(accountRows)+len(generalRows))
	for _, s := range all {
		heard := hear(s.protocol, s.step, "", s.text)
		for i, r := range slices.Concat(accountRows, generalRows) {
			if r.fits(heard) {
				counts[i]++
				break
			}
		}
	}
	for i, r := range slices.Concat(accountRows, generalRows) {
		assert.Positive(t, counts[i], "row %d: %s %q", i, r.codes, r.says)
	}
}
