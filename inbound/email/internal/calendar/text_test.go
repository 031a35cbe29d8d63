package calendar

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func vevent(lines ...string) string {
	return "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n" + strings.Join(lines, "\r\n") +
		"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func TestText(t *testing.T) {
	assert.Equal(t,
		"Invitation: Fitting, at last\nWhen: 2025-06-01 10:00 to 11:30 (Europe/Berlin)\nRepeats: weekly (COUNT=3)\n"+
			"Where: Main Street 5\nOrganizer: Jane Roe <jane@x.example>\nLink: https://x.example/1\n\nHello;\n"+
			"see you.\n\nBring shoes.\n",
		Text([]byte(vevent(`SUMMARY:Fitting\, at`, "  last", "DTSTART;TZID=/Europe/Berlin:20250601T100000",
			`DTEND;TZID="/Europe/Berlin":20250601T113000`, "RRULE:FREQ=WEEKLY;COUNT=3;WKST=MO",
			`LOCATION:Main Street\n5`,
			`ORGANIZER;CN="Jane Roe":MAILTO:jane@x.example`, "URL:https://x.example/1",
			`DESCRIPTION:Hello\;\Nsee you.`,
			"COMMENT:Bring shoes.", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@x.example")), "", 1<<20))
	assert.Equal(t, "Invitation: x\nOrganizer: Roe: Jane; x <j@x.example>\n\nreal\n", Text([]byte(vevent(
		"BEGIN:VALARM", "SUMMARY:alarm", "DESCRIPTION:alarm", "END:VALARM", "SUMMARY:x", "DESCRIPTION:real",
		`ORGANIZER;X="a;CN=b:c";CN="Roe: Jane; x":mailto:j@x.example`)), "", 1<<20))
	two := Text([]byte("BEGIN:VEVENT\nSUMMARY:One\nBEGIN:VEVENT\nSUMMARY:Two\nSUMMARY:Three\n"), "", 1<<20)
	assert.Equal(t, "Appointment: One\n\nAppointment: Two\n", two)
	assert.Equal(t, "Appointment\nWhen: 2025-06-01\n",
		strings.ReplaceAll(Text([]byte("BEGIN:VEVENT\nDTSTART:20250601\n"), "", 99), ", all day", ""))
	assert.Empty(t, Text([]byte("BEGIN:VCALENDAR\nSUMMARY:x\nEND:VCALENDAR\n"), "", 99))
	assert.Equal(t, "Appointment: Gr", Text([]byte("BEGIN:VEVENT\nSUMMARY:Größe\n"), "", 16), "no half characters")
	assert.Contains(t, Text([]byte(vevent("X-ALT-DESC;FMTTYPE=text/html:<p>Hi <b>there</b></p>")), "", 1<<20),
		"\nHi there\n")
	assert.Equal(t, maxEvents, strings.Count(Text([]byte(strings.Repeat("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n",
		100)), "", 1<<20), "x"))
}

func TestWhen(t *testing.T) {
	for _, test := range []struct{ lines, want string }{
		{"DTSTART:20250601T100000Z|DTEND:20250602T110000Z", "2025-06-01 10:00 to 2025-06-02 11:00 (UTC)"},
		{"DTSTART;TZID=A:20250601T100000|DTEND;TZID=B:20250601T110000",
			"2025-06-01 10:00 (A) to 2025-06-01 11:00 (B)"},
		{"DTSTART:20250601T1000|DTEND:20250601T1100", "2025-06-01 10:00 to 11:00"},
		{"DTSTART;VALUE=DATE:20250601", "2025-06-01, all day"},
		{"DTSTART;VALUE=DATE:20250601|DTEND;VALUE=DATE:20250601", "2025-06-01, all day"},
		{"DTSTART;VALUE=DATE:20241230|DTEND;VALUE=DATE:20250102", "2024-12-30 to 2025-01-01, all day"},
		{"DTSTART:20250601T100000|DURATION:P1DT2H", "2025-06-01 10:00, for 1 days 2 h"},
		{"DTSTART:20250601T100000|DURATION:soon", "2025-06-01 10:00, for soon"},
		{"DTSTART:20251301T100000", "20251301T100000"},
		{"DTSTART:20250601Tnoon", "20250601Tnoon"},
		{"DTSTART:20250601T100000|DTEND:later", "2025-06-01 10:00 to later"},
		{"SUMMARY:x", ""},
	} {
		text := Text([]byte(vevent(strings.Split(test.lines, "|")...)), "", 1<<20)
		_, when, _ := strings.Cut(text, "When: ")
		when, _, _ = strings.Cut(when, "\n")
		assert.Equal(t, test.want, when, test.lines)
	}
}

func TestText_IsBounded(t *testing.T) {
	long := Text([]byte(vevent("DESCRIPTION:"+strings.Repeat("x", 3<<20))), "", 1<<30)
	assert.Less(t, len(long), MaxBytes+100)
	assert.Less(t, len(Text([]byte(vevent("SUMMARY:"+strings.Repeat("x", 3000))), "", 1000)), 1001)
}

func FuzzText(f *testing.F) {
	f.Add(vevent("SUMMARY;LANGUAGE=en:Hi", "DTSTART;TZID=X:20250601T100000", "DURATION:PT1H",
		"ORGANIZER;CN=\"a^n\":mailto:a@b"), "utf-8")
	f.Add(vevent("DESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=koi8-r:=C1=", "=C2", "X-ALT-DESC:<p>x<br>"), "")
	f.Add("begin:vcalendar\nmethod:reply\nbegin:vtodo\ndue:2025\nattendee;partstat=declined:x\ncomment:\\n\\,\n",
		"utf-16le")
	f.Add("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20250601\nDTEND;VALUE=DATE:20250603\nRRULE:FREQ=DAILY;X\n"+
		"BEGIN:VALARM\nEND:VEVENT\n", "x")
	f.Fuzz(func(t *testing.T, raw, label string) {
		const limit = 500
		text := Text([]byte(raw), label, limit)
		require.LessOrEqual(t, len(text), limit)
		require.True(t, utf8.ValidString(text))
	})
}
