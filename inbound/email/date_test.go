package email

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestDate(t *testing.T) {
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

func TestNoDate(t *testing.T) {
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

func TestAZoneOutOfRangeIsPassedOver(t *testing.T) {
	got, ok := parseDate("3 Jun 2025 09:12:33 +2400")
	assert.True(t, ok)
	assert.Equal(t, "2025-06-03T09:12:33Z", got.Format(time.RFC3339))
}

func TestDateFallsBackToTheTopmostReceived(t *testing.T) {
	m := parsed(t, "Received: by mx.example.net; Tue, 3 Jun 2025 09:12:33 +0000\r\nReceived: by a.example; Mon, 2 Jun 2025 09:00:00 +0000\r\nDate: soon\r\n\r\n")
	assert.Equal(t, "2025-06-03T09:12:33Z", m.Date.Format(time.RFC3339))
	assert.Contains(t, m.Warnings, "Date cannot be read")
}

func TestReceived_IsTheTopmostThatCanBeRead(t *testing.T) {
	const (
		upper = "Received: from a.example by mx.example.net with ESMTPS id 1;\r\n\tTue, 3 Jun 2025 11:12:33 +0200 (CEST)\r\n"
		lower = "Received: by a.example; Mon, 2 Jun 2025 09:00:00 +0000\r\n"
		date  = "Date: Sun, 1 Jun 2025 08:00:00 +0000\r\n"
		none  = "0001-01-01T00:00:00Z"
		sent  = "2025-06-01T08:00:00Z"
		// A message within the message has fields of its own.
		within = "Content-Type: message/rfc822\r\n\r\n" + lower + "\r\ntext\r\n"
	)
	for name, tc := range map[string]struct{ raw, received, date string }{
		"two":                    {upper + lower + date, "2025-06-03T09:12:33Z", sent},
		"below Date":             {date + lower, "2025-06-02T09:00:00Z", sent},
		"without Date":           {upper + lower, "2025-06-03T09:12:33Z", "2025-06-03T09:12:33Z"},
		"topmost cannot be read": {"Received: by mx.example.net; soon\r\n" + lower + date, "2025-06-02T09:00:00Z", sent},
		"topmost is blank":       {"Received:\r\n" + lower + date, "2025-06-02T09:00:00Z", sent},
		"topmost has no date":    {"Received: by mx.example.net\r\n" + lower + date, "2025-06-02T09:00:00Z", sent},
		"none":                   {date, none, sent},
		"none can be read":       {"Received: by mx.example.net; soon\r\n", none, none},
		"of an attached message": {date + within, none, sent},
		"another field's name":   {"X-Received: by b; Mon, 2 Jun 2025 09:00:00 +0000\r\n" + date, none, sent},
	} {
		m := parsed(t, tc.raw+"\r\n")
		assert.Equal(t, tc.received, m.Received.UTC().Format(time.RFC3339), name)
		assert.Equal(t, tc.date, m.Date.UTC().Format(time.RFC3339), name)
	}
}
