package email

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/inbound/email/internal/tneftest"
)

// lid opens what begins with its letters.
type lid struct {
	note   string
	opened int
}

func (o *lid) Open(seal string, data []byte, maxBytes int) ([]byte, string, error) {
	o.opened++
	content, ok := bytes.CutPrefix(data, []byte(seal+" lid\n"))
	if !ok {
		return nil, "", errors.New("the lid\x1b[31m is stuck")
	}
	if len(content) > maxBytes {
		return nil, "", errors.New("larger than it may be")
	}
	return content, o.note, nil
}

// sealedLetter seals a MIME entity.
func sealedLetter(entity string) string {
	return "From: jane@customer.example\n" + sealedPart(entity)
}

func sealedPart(entity string) string {
	return "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nS/MIME lid\n" + entity
}

func parseSealed(t *testing.T, raw string, c Parser) *Message {
	t.Helper()
	m, err := c.Parse(strings.NewReader(raw))
	require.NoError(t, err)
	for _, a := range m.Attachments {
		r, err := c.OpenAttachment(strings.NewReader(raw), a.Part)
		require.NoErrorf(t, err, "part %s", a.Part)
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equalf(t, a.Size, int64(len(b)), "part %s", a.Part)
	}
	return m
}

func TestParser_OpensWhatIsSealed(t *testing.T) {
	mixed := func(parts ...string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Join(parts, "\n--b\n") + "\n--b--\n"
	}
	file := "Content-Type: text/csv; name=orders.csv\n\n1;2"
	tnef := "Content-Type: application/ms-tnef\n\n" +
		string(tneftest.Message{Files: []tneftest.File{{Title: "a.txt", Data: []byte("x")}}}.Bytes())
	for name, test := range map[string]struct {
		raw, text string
		parts     string // of the attachments
		warning   string // beside the note
	}{
		"a text": {raw: sealedLetter("Content-Type: text/plain\n\nWhere is it?\n"),
			text: "Where is it?\n"},
		"HTML": {raw: sealedLetter("Content-Type: text/html\n\n<p>Wo ist es?\n"),
			text: "Wo ist es?\n"},
		"no header":     {raw: sealedLetter("\nHello\n"), text: "Hello\n"},
		"files":         {raw: sealedLetter(mixed("\nHello", file, file)), text: "Hello", parts: "1.s2 1.s3"},
		"one only file": {raw: sealedLetter(file + "\n"), parts: "1.s1"},
		"sealed twice": {raw: sealedLetter(sealedPart(mixed("\nHello", file))), text: "Hello",
			parts: "1.s1.s2"},
		"winmail.dat in it": {raw: sealedLetter(mixed("\nHello", tnef)), text: "Hello", parts: "1.s2.t1"},
		"uuencoded in it": {raw: sealedLetter("\nHello\n" + uuencoded("a", "Hi", 45)), text: "Hello\n",
			parts: "1.s1.u1"},
		"a footer below": {raw: "From: a@b\n" + mixed(sealedPart("\nHello"), "\nA footer"),
			text: "Hello\nA footer"},
		"a calendar": {raw: sealedLetter("Content-Type: text/calendar\n\n" + vcalendar("REQUEST",
			"SUMMARY:Visit")), text: "Invitation: Visit\n", parts: "1.s1"},
		"alternatives in two": {raw: "From: a@b\n" + mixed(alternatives("One"), sealedPart(alternatives("Two"))),
			text: "One\nTwo"},
		"HTML behind alternatives": {
			raw: "From: a@b\n" + mixed(alternatives("One"), sealedPart(strings.Replace(alternatives("Two"), "\n\nTwo",
				"\n\n", 1))),
			text: "One\nTwo\n"},
		"PGP/MIME": {raw: "From: a@b\nContent-Type: multipart/encrypted; boundary=e\n\n--e\nContent-Type: " +
			"application/pgp-encrypted\n\n" +
			"Version: 1\n--e\nContent-Type: application/octet-stream\n\nOpenPGP lid\n\nHello\n--e--\n",
			text: "Hello", parts: "1"},
		"within a message within": {raw: "From: a@b\nContent-Type: message/rfc822\n\n" +
			sealedLetter(mixed("\nHello", file)), text: "Hello", parts: "1"},
		"the lid is stuck": {raw: strings.Replace(sealedLetter("\nHello"), " lid", " led", 1), parts: "1",
			warning: "the letter is sealed by S/MIME and stays closed: the lid[31m is stuck"},
	} {
		t.Run(name, func(t *testing.T) {
			m := parseSealed(t, test.raw, Parser{Opener: &lid{note: "opened by a lid"}})
			assert.Equal(t, test.text, m.Text)
			var parts []string
			for _, a := range m.Attachments {
				parts = append(parts, a.Part)
			}
			assert.Equal(t, test.parts, strings.Join(parts, " "))
			if test.warning != "" {
				assert.Contains(t, m.Warnings, test.warning)
				return
			}
			assert.Contains(t, m.Warnings, "opened by a lid")
			checkInvariants(t, test.raw, Limits{}, m)

			// Without an opener nothing of it is shown, and that is said.
			closed := parseSealed(t, test.raw, Parser{})
			assert.NotContains(t, closed.Text, "Hello")
			assert.Contains(t, strings.Join(closed.Warnings, "; "), "is sealed by")
		})
	}
}

func alternatives(text string) string {
	return "Content-Type: multipart/alternative; boundary=a" + text + "\n\n--a" + text + "\n\n" + text + "\n--a" +
		text +
		"\nContent-Type: text/html\n\n<p>" + text + "\n--a" + text + "--"
}

// boundless is an Opener that does not care about limits.
type boundless struct{}

func (boundless) Open(string, []byte, int) ([]byte, string, error) {
	return make([]byte, 1000), "", nil
}

func TestParser_BoundsWhatIsSealed(t *testing.T) {
	parts := "From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n"
	for i := range 50 {
		parts += fmt.Sprintf("--b\n%s", sealedPart(fmt.Sprintf("\nText %d\n", i)))
	}
	o := &lid{}
	m := parseSealed(t, parts, Parser{Opener: o})
	assert.Contains(t, m.Text, "Text 9")
	assert.NotContains(t, m.Text, "Text 10")
	assert.Len(t, m.Attachments, 40, "what is not opened is a file")
	assert.Equal(t, maxSealed, o.opened)

	m = parseSealed(t, sealedLetter("\n"+strings.Repeat("x", 600)), Parser{Limits{SealedBytes: 1000}, &lid{}})
	assert.Empty(t, m.Text)
	assert.Contains(t, strings.Join(m.Warnings, "; "), "larger than")
	m = parseSealed(t, sealedLetter("\n"+strings.Repeat("x", 600)), Parser{Limits{SealedBytes: 100}, &lid{}})
	assert.Contains(t, strings.Join(m.Warnings, "; "), "larger than the limit")

	m = parseSealed(t, sealedLetter("\n"+strings.Repeat("x", 400)), Parser{Limits{SealedBytes: 1000}, boundless{}})
	assert.Empty(t, m.Text)
	assert.Contains(t, strings.Join(m.Warnings, "; "), "what is within is larger than the limit")

	deep := "\nHello"
	for range 20 {
		deep = sealedPart(deep)
	}
	o = &lid{}
	m = parseSealed(t, sealedLetter(deep), Parser{Opener: o})
	assert.Empty(t, m.Text)
	assert.Contains(t, strings.Join(m.Warnings, "; "), "nested deeper than the limit")
	require.Len(t, m.Attachments, 1)
}

func TestParser_OpenAttachment_WithoutTheOpener(t *testing.T) {
	raw := sealedLetter("Content-Type: text/csv\n\n1;2")
	for _, part := range []string{"1.s1", "1.s2", "2.s1", "1.s", ".s1", "1.t1", "1.s1.t1"} {
		_, err := OpenAttachment(strings.NewReader(raw), part, Limits{})
		assert.ErrorIs(t, err, ErrNoSuchPart, part)
		if part != "1.s1" {
			_, err = Parser{Opener: &lid{}}.OpenAttachment(strings.NewReader(raw), part)
			assert.ErrorIs(t, err, ErrNoSuchPart, part)
		}
	}
	_, err := Parser{Opener: &lid{}}.OpenAttachment(strings.NewReader(strings.Replace(raw, "lid", "led", 1)), "1.s1")
	assert.ErrorContains(t, err, "is stuck")
}

// However many messages end in each other, what is sealed in them is opened a few times.
func FuzzSealed(f *testing.F) {
	f.Add(sealedLetter("\nHello"))
	f.Add(sealedLetter(sealedPart("Content-Type: message/rfc822\n\n" + sealedLetter("\nx"))))
	for _, c := range append(sealedCases(), tnefCases()...) {
		f.Add(c.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		o := &lid{note: "note"}
		c := Parser{Opener: o}
		m, err := c.Parse(strings.NewReader(raw))
		require.NoError(t, err)
		require.LessOrEqual(t, o.opened, maxSealed)
		checkInvariants(t, raw, Limits{}, m)
		for _, a := range m.Attachments {
			r, err := c.OpenAttachment(strings.NewReader(raw), a.Part)
			require.NoErrorf(t, err, "part %s", a.Part)
			n, err := io.Copy(io.Discard, r)
			require.NoError(t, err)
			require.Equal(t, a.Size, n, a.Part)
			require.NoError(t, r.Close())
		}
	})
}
