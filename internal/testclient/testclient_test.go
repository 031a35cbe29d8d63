package testclient_test

import (
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/testclient"
)

func serve(t *testing.T) (s *dovecot.Server, imap, pop3 string) {
	s = dovecot.ForTest(t, nil)
	require.NoError(t, s.AddUser("anna", "se cret"))
	address := func(port int) string { return net.JoinHostPort(s.Host(), strconv.Itoa(port)) }
	return s, address(s.Ports().IMAP), address(s.Ports().POP3)
}

func TestIMAP_ReadsWhatItAppends(t *testing.T) {
	_, address, _ := serve(t)
	_, err := testclient.DialIMAP(address, "anna", "wrong")
	require.ErrorContains(t, err, "NO")
	c, err := testclient.DialIMAP(address, "anna", "se cret")
	require.NoError(t, err)
	empty, err := c.Read("INBOX")
	require.NoError(t, err)
	assert.Empty(t, empty.Messages)

	at := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	first, second := []byte("Subject: {3}\r\n\r\n{1}\r\n)\r\n"), []byte("Subject: no text\r\n\r\n")
	require.NoError(t, c.Append("INBOX", first, []string{`\Seen`, `\Flagged`}, at))
	require.NoError(t, c.Append("INBOX", second, nil, time.Time{}))
	require.ErrorContains(t, c.Append("No folder", first, nil, time.Time{}), "TRYCREATE")
	folder, err := c.Read("INBOX")
	require.NoError(t, err)
	assert.Equal(t, map[uint32]testclient.Message{
		1: {Raw: first, Flags: []string{`\Flagged`, `\Seen`}}, 2: {Raw: second, Flags: []string{}},
	}, folder.Messages)
	assert.NotZero(t, folder.UIDValidity)
	var dates []string
	require.NoError(t, c.Fetch("INTERNALDATE", func(_ uint32, text string, _ []byte) error {
		dates = append(dates, text)
		return nil
	}))
	assert.Contains(t, dates[0], "03-Feb-2020 04:05:06 +0000")
	require.NoError(t, c.Close())
}

func TestPOP3_ReadsAndDeletes(t *testing.T) {
	s, _, address := serve(t)
	want := make(map[string]bool)
	for i := range 30 {
		raw := fmt.Sprintf("Subject: %d\r\n\r\n.\r\n..dots\r\n", i)
		want[raw] = true
		require.NoError(t, s.Deliver("anna", "INBOX", []byte(raw)))
	}
	_, err := testclient.DialPOP3(address, "anna", "wrong")
	require.ErrorContains(t, err, "PASS: the server answered")
	c, err := testclient.DialPOP3(address, "anna", "se cret")
	require.NoError(t, err)
	messages, err := c.Read()
	require.NoError(t, err)
	got := make(map[string]bool)
	for _, raw := range messages {
		got[string(raw)] = true
	}
	assert.Equal(t, want, got)
	require.NoError(t, c.DeleteAll())
	require.NoError(t, c.Close())
	left, err := s.Count("anna", "INBOX")
	require.NoError(t, err)
	assert.Zero(t, left)
}
