package mailgen_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/mailgen"
)

func TestGenerator_SameOptionsGiveSameBytes(t *testing.T) {
	o := mailgen.Options{Seed: 7, Messages: 60, Scale: 0.02}
	first, second := mailgen.New(o), mailgen.New(o)
	for i := range first.Len() {
		a, truth := first.Message(i)
		second.Message(second.Len() - 1 - i) // in any order
		b, again := second.Message(i)
		assert.Equal(t, sha256.Sum256(a), sha256.Sum256(b))
		assert.Equal(t, truth, again)
	}
	o.Seed++
	other, _ := mailgen.New(o).Message(0)
	same, _ := first.Message(0)
	assert.NotEqual(t, same, other)
}

func TestGenerator_MessagesAreWellFormed(t *testing.T) {
	g := mailgen.New(mailgen.Options{Messages: 600, Scale: 0.02})
	classes := make(map[mailgen.Class]int)
	ids := make(map[string]bool)
	charsets := make(map[string]int)
	for i := range g.Len() {
		raw, truth := g.Message(i)
		classes[truth.Class]++
		charsets[truth.Charset]++
		require.False(t, ids[truth.MessageID], "message IDs differ")
		ids[truth.MessageID] = true
		assert.Equal(t, bytes.Count(raw, []byte("\n")), bytes.Count(raw, []byte("\r\n")), "every line ends in CRLF")

		m, err := mail.ReadMessage(bytes.NewReader(raw))
		require.NoError(t, err)
		assert.Contains(t, m.Header.Get("From"), truth.From)
		assert.Equal(t, truth.MessageID, m.Header.Get("Message-Id"))
		assert.Equal(t, truth.InReplyTo, m.Header.Get("In-Reply-To"))
		date, err := m.Header.Date()
		require.NoError(t, err)
		assert.True(t, date.Equal(truth.Date))
		kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		require.NoError(t, err)
		if !strings.HasPrefix(kind, "multipart/") {
			continue
		}
		parts := multipart.NewReader(m.Body, params["boundary"])
		count := 0
		for {
			p, err := parts.NextPart()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, p)
			require.NoError(t, err)
			count++
		}
		assert.GreaterOrEqual(t, count, 1+len(truth.Attachments))
	}
	for _, c := range []mailgen.Class{mailgen.Personal, mailgen.AutoReply, mailgen.Bounce, mailgen.Bulk} {
		assert.Positive(t, classes[c], c)
	}
	for _, c := range []string{"utf-8", "us-ascii", "iso-8859-1", "windows-1252", "iso-2022-jp"} {
		assert.Positive(t, charsets[c], c)
	}
}

func TestGenerator_MixIsAsDocumented(t *testing.T) {
	g := mailgen.New(mailgen.Options{Messages: 2000})
	var total, small, middle, large, huge, replies int
	senders := make(map[string]int)
	for i := range g.Len() {
		raw, truth := g.Message(i)
		total += len(raw)
		senders[truth.From]++
		if truth.InReplyTo != "" {
			replies++
		}
		switch n := len(raw); {
		case n < 10<<10:
			small++
		case n < 64<<10:
			middle++
		case n < 900<<10:
			large++
		default:
			huge++
		}
	}
	t.Logf("%d bytes; %d small, %d middle, %d large, %d huge; %d senders, %d replies", total, small, middle, large,
		huge, len(senders), replies)
	assert.InDelta(t, 70_000, total/2000, 12_000, "700 MB for 10,000")
	assert.InDelta(t, 1200, small, 80)
	assert.InDelta(t, 50, huge, 25)
	assert.Greater(t, senders[g.Senders()[0]], 10*senders[g.Senders()[300]], "a few write much")
}
