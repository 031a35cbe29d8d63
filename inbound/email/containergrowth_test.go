package email

import (
	"strings"
	"testing"

	"github.com/postroom/postroom/inbound/email/internal/tneftest"
	"github.com/postroom/postroom/internal/growth"
)

// TestGrowth_Containers searches for what can be repeated in files that are looked into.
func TestGrowth_Containers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	c := Parser{Limits: growthLimits, Opener: &lid{}}
	growth.Check(t, containerGrowth(), func(raw string) {
		m, err := c.Parse(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		_ = m.ReplyText()
		for _, part := range [...]string{"1.t999999", "1.s999999"} {
			if _, err := c.OpenAttachment(strings.NewReader(raw), part); err == nil {
				t.Fatal("there is a part " + part)
			}
		}
	})
}

// containerGrowth are the constructs of TNEF, of RTF in it, of calendars and sealed parts.
func containerGrowth() []growth.Case {
	var cases []growth.Case
	add := func(kind, before string, units ...string) {
		for _, unit := range units {
			cases = append(cases, growth.Case{Name: kind + ": " + unit, Before: before, Unit: unit})
		}
	}
	attribute := func(level byte, id uint32, data string) string {
		return string(tneftest.Attribute(level, id, []byte(data)))
	}
	const huge = "\xf0\xff\xff\x7f"
	head := "From: a@b\nContent-Type: application/ms-tnef\n\n" + string(tneftest.Head())
	list := func(p ...tneftest.Property) string { return attribute(2, 0x00069005, string(tneftest.List(p...))) }
	add("TNEF", head, attribute(2, 0x00069002, ""), attribute(2, 0x00018010, "name.pdf\x00"), attribute(2,
		0x0006800F, "x"),
		attribute(1, 0x0002800C, "text"), attribute(1, 0x00069007, "\xe3\x04\x00\x00\x00\x00\x00\x00"), "\x01",
		"\x00",
		attribute(2, 0x00069002, "")+attribute(2, 0x0006800F, "x"), attribute(2, 0x00069002,
			"")+list(tneftest.String(longName, "ä.pdf")),
		list(), list(tneftest.Unicode(longName, "ä.pdf")), list(tneftest.Sized(0x101E, longName)))
	// In one attribute as long as the rest.
	add("properties", head+"\x02\x05\x90\x06\x00"+huge+huge, "\x00\x00\x00\x00", string(tneftest.Fixed(1, 1)),
		string(tneftest.Number(1, 2)),
		string(tneftest.Unicode(longName, "a")), string(tneftest.Binary(attachData, []byte("x"))),
		string(tneftest.Sized(0x101F, longName)),
		string(tneftest.NamedByText(tneftest.Number(0x8001, 1), "a")))
	add("values", head+"\x02\x05\x90\x06\x00"+huge+huge+"\x1f\x10\x07\x37"+huge, "\x00\x00\x00\x00",
		"\x01\x00\x00\x00a\x00\x00\x00")
	rtf := func(kind, more string) string {
		return head + "\x01\x03\x90\x06\x00" + huge + "\x01\x00\x00\x00\x02\x01\x09\x10\x01\x00\x00\x00" + huge +
			huge + huge + kind + "\x00\x00\x00\x00" + more
	}
	add("compressed", rtf("LZFu", ""), "\xff\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f\x00\x0f",
		"\x00aaaaaaaa", "\xff", "\x00", "\x01\x00\x0f")
	add("RTF", rtf("MELA", `{\rtf1{\fonttbl{\f1\fcharset128 x}}\f1 `), "x", "{", "}", "{}", `\`, `\\`, `\'e4`, `\'`,
		`\u1?`, `\u-10179?`, `\b `,
		`\f1\fcharset1`, `{\fonttbl\f%d\fcharset204}`, `\f%d `, `{\*\x `, `\*`, `\bin1 `, `\par`, `\uc9\u1`, "\x81",
		"\r\n", `\ansicpg%d\'e4`, "a")
	add("HTML in RTF", rtf("MELA", `{\rtf1\fromhtml1 `), `{\*\htmltag64 <p>}`, `\htmlrtf x\htmlrtf0 y`,
		`{\*\htmltag`, `{\*\mhtmltag x}`)

	calendar := "From: a@b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n"
	add("calendar", calendar, "BEGIN:VEVENT\n", "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n", "END:VEVENT\n", "x\n",
		"\n", "\n ", "A:b\n", "a", "-", ":", ";")
	event := calendar + "BEGIN:VEVENT\n"
	add("event", event, "SUMMARY:x\n", "BEGIN:VALARM\n", "BEGIN:X\nEND:X\n", "x\n", "\n ", "\n", "COMMENT:x\n",
		"ATTENDEE;PARTSTAT=ACCEPTED;CN=x:mailto:a@b\n",
		"DTSTART:20250601T100000Z\n", "RRULE:FREQ=DAILY\n", "\xe4\n")
	add("parameters", event+"ORGANIZER", ";A=b", ";CN=\"b\"", ";\"", ";CN=^n", ";", "\"", "=", ";CN")
	add("description", event+"DESCRIPTION:<br>", `\n`, `\`, `\\`, "<b>", "&amp;", "<", "\n x")
	add("quoted-printable", event+"DESCRIPTION;ENCODING=QUOTED-PRINTABLE:", "=41", "=\n=41", "=", "=\n")
	add("rules", event+"RRULE:", "FREQ=DAILY;", ";", "A=b;", "=")
	add("durations", event+"DTSTART:20250601\nDURATION:P", "1D", "T", "1", "0M", "x")

	sealed := "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n"
	add("sealed", sealed, "--b\n"+sealedPart("\nx\n"), "--b\n"+sealedPart(sealedPart("\nx\n")),
		"--b\nContent-Type: application/pkcs7-mime\n\nx\n")
	add("sealed in each other", "From: a@b\n", sealedPart(""))
	add("sealed and messages in each other", "From: a@b\n", sealedPart("Content-Type: message/rfc822\n\n"))
	add("sealed parts", sealedLetter(sealed), "--b\n\nx\n", "--b\nContent-Type: a/b\n\nx\n")
	return cases
}
