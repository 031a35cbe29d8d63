package email

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseDate(t *testing.T) {
	for name, test := range map[string]struct{ value, want string }{
		"RFC 5322":               {"Tue, 3 Jun 2025 09:12:33 +0200", "2025-06-03T09:12:33+02:00"},
		"without weekday":        {"3 Jun 2025 09:12:33 -0700", "2025-06-03T09:12:33-07:00"},
		"without seconds":        {"3 Jun 2025 09:12 +0000", "2025-06-03T09:12:00Z"},
		"with a comment":         {"Tue, 3 Jun 2025 09:12:33 +0200 (CEST (summer))", "2025-06-03T09:12:33+02:00"},
		"two digits of the year": {"3 Jun 97 09:12:33 GMT", "1997-06-03T09:12:33Z"},
		"old year of three":      {"3 Jun 104 09:12:33 GMT", "2004-06-03T09:12:33Z"},
		"name of a zone":         {"3 Jun 2025 09:12:33 EST", "2025-06-03T09:12:33-05:00"},
		"CEST":                   {"3 Jun 2025 09:12:33 CEST", "2025-06-03T09:12:33+02:00"},
		"no zone":                {"3 Jun 2025 09:12:33", "2025-06-03T09:12:33Z"},
		"asctime":                {"Tue Jun  3 09:12:33 2025", "2025-06-03T09:12:33Z"},
		"ISO 8601":               {"2025-06-03T09:12:33+02:00", "2025-06-03T09:12:33+02:00"},
		"ISO 8601 with a space":  {"2025-06-03 09:12:33 +0200", "2025-06-03T09:12:33+02:00"},
		"with hyphens":           {"03-Jun-2025 09:12:33 +0200", "2025-06-03T09:12:33+02:00"},
		"French":                 {"mar., 3 juin 2025 09:12:33 +0200", "2025-06-03T09:12:33+02:00"},
		"French July":            {"3 juil. 2025 09:12:33 +0200", "2025-07-03T09:12:33+02:00"},
		"German":                 {"Di, 3 Dez 2025 09:12:33 +0100", "2025-12-03T09:12:33+01:00"},
		"Russian":                {"3 июня 2025 09:12:33 +0300", "2025-06-03T09:12:33+03:00"},
		"afternoon":              {"3 Jun 2025 09:12:33 PM", "2025-06-03T21:12:33Z"},
		"leap second":            {"31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := parseDate(test.value)
			assert.True(t, ok)
			assert.Equal(t, test.want, got.Format(time.RFC3339))
		})
	}
}

func TestParseDate_NoDate(t *testing.T) {
	for name, value := range map[string]string{
		"empty":                  "",
		"words":                  "yesterday",
		"no month":               "Tue, 3 2025 09:12:33 +0200",
		"31st of June":           "31 Jun 2025 09:12:33 +0200",
		"hour 25":                "3 Jun 2025 25:12:33 +0200",
		"negative hour":          "3 Jun 2025 -1:12:33",
		"before mail":            "0001-01-01T00:00:00Z",
		"after databases":        "9999-12-31T23:59:59-05:00",
		"zone that JSON refuses": "2025-06-03T09:12:33+24:00",
	} {
		t.Run(name, func(t *testing.T) {
			_, ok := parseDate(value)
			assert.False(t, ok)
		})
	}
}

func TestParseDate_ZoneOutOfRange(t *testing.T) {
	got, ok := parseDate("3 Jun 2025 09:12:33 +2400")
	assert.True(t, ok)
	assert.Equal(t, "2025-06-03T09:12:33Z", got.Format(time.RFC3339))
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"Mon, 02 Jan 2006 15:04:05 -0700", "2 Jan 06 3:04 PM EST", "mar., 3 févr. 2015",
		"2006-01-02T15:04:05Z", "02/01/2006", "Thu Jan 1 00:00:00 1970 (x (y))", "31 Feb 2020 1:2", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(string) (time.Time, bool){parseDate, receivedDate} {
			if d, ok := read(rawText(s, "")); ok {
				require.True(t, d.Year() >= 0 && d.Year() <= 9999, "%v", d)
				_, err := d.MarshalJSON()
				require.NoError(t, err)
			}
		}
	})
}
