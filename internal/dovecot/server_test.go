package dovecot_test

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/internal/dovecot"
)

func TestServer_StoresMailUnchanged(t *testing.T) {
	for _, storage := range []dovecot.Storage{dovecot.Maildir, dovecot.MDBox} {
		t.Run(string(storage), func(t *testing.T) {
			s := dovecot.ForTest(t, &dovecot.Options{Storage: storage})
			require.NoError(t, s.AddUser("anna@shop.example", "pass:word"))
			var want []string
			for i := range 12 {
				raw := fmt.Appendf(nil, "From: a@b.example\r\nSubject: %d\r\n\r\nText\r\n", i)
				want = append(want, sum(raw))
				require.NoError(t, s.Deliver("anna@shop.example", "INBOX", raw))
			}
			at := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
			seen := dovecot.Mail{Raw: []byte("Subject: old\r\n\r\n"), Flags: "S", At: at}
			require.NoError(t, s.Put("anna@shop.example", "Archive/2020", seen))

			count, err := s.Count("anna@shop.example", "INBOX")
			require.NoError(t, err)
			assert.Equal(t, 12, count)
			sums, err := s.Checksums("anna@shop.example", "INBOX")
			require.NoError(t, err)
			for i, w := range want {
				assert.Equal(t, w, sums[uint32(i+1)], "UIDs follow the order of delivery")
			}
			flags, err := s.Flags("anna@shop.example", "Archive/2020")
			require.NoError(t, err)
			assert.Equal(t, map[uint32][]string{1: {`\Seen`}}, flags)
			flags, err = s.Flags("anna@shop.example", "INBOX")
			require.NoError(t, err)
			assert.Len(t, flags, 12)
			assert.Empty(t, flags[3])
		})
	}
}

func TestServer_Login(t *testing.T) {
	s := dovecot.ForTest(t, nil)
	require.NoError(t, s.AddUser("anna", "first"))
	p := s.Ports()
	assert.Equal(t, "a OK", talk(t, dial(t, s, p.IMAP, false), "a LOGIN anna first"))
	assert.Equal(t, "a OK", talk(t, dial(t, s, p.IMAPS, true), "a LOGIN anna first"))
	assert.Equal(t, "a NO", talk(t, dial(t, s, p.IMAPS, true), "a LOGIN anna wrong"))
	assert.Equal(t, "+OK", talk(t, dial(t, s, p.POP3, false), "USER anna", "PASS first"))
	assert.Equal(t, "+OK", talk(t, dial(t, s, p.POP3S, true), "USER anna", "PASS first"))

	require.NoError(t, s.AddUser("anna", "another"))
	assert.Equal(t, "a NO", talk(t, dial(t, s, p.IMAPS, true), "a LOGIN anna first"))
	assert.Equal(t, "a OK", talk(t, dial(t, s, p.IMAPS, true), "a LOGIN anna another"))
}

func TestServer_Options(t *testing.T) {
	t.Run("TLS required", func(t *testing.T) {
		s := dovecot.ForTest(t, &dovecot.Options{RequireTLS: true})
		require.NoError(t, s.AddUser("anna", "secret"))
		assert.Equal(t, "a NO", talk(t, dial(t, s, s.Ports().IMAP, false), "a LOGIN anna secret"))
		assert.Equal(t, "-ERR", talk(t, dial(t, s, s.Ports().POP3, false), "USER anna"))
		assert.Equal(t, "a OK", talk(t, dial(t, s, s.Ports().IMAPS, true), "a LOGIN anna secret"))
	})
	t.Run("connections limited", func(t *testing.T) {
		s := dovecot.ForTest(t, &dovecot.Options{MaxUserIPConnections: 1})
		require.NoError(t, s.AddUser("anna", "secret"))
		first := dial(t, s, s.Ports().IMAPS, true)
		assert.Equal(t, "a OK", talk(t, first, "a LOGIN anna secret"))
		assert.Equal(t, "a NO", talk(t, dial(t, s, s.Ports().IMAPS, true), "a LOGIN anna secret"))
	})
	certificates := map[string]dovecot.Certificate{"expired": dovecot.Expired, "other host": dovecot.OtherHost}
	for name, kind := range certificates {
		t.Run("certificate "+name, func(t *testing.T) {
			s := dovecot.ForTest(t, &dovecot.Options{Certificate: kind})
			config := &tls.Config{RootCAs: authority(t, s), ServerName: "localhost"}
			_, err := tls.Dial("tcp", address(s, s.Ports().IMAPS), config)
			var bad *tls.CertificateVerificationError
			assert.ErrorAs(t, err, &bad)
		})
	}
}

func TestServer_CloseEndsConnections(t *testing.T) {
	s := dovecot.ForTest(t, nil)
	require.NoError(t, s.AddUser("anna", "secret"))
	conn := dial(t, s, s.Ports().IMAPS, true)
	require.Equal(t, "a OK", talk(t, conn, "a LOGIN anna secret"))
	pool := authority(t, s)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "again")

	// A different server may have taken the port.
	_, err := tls.Dial("tcp", address(s, s.Ports().IMAPS), &tls.Config{RootCAs: pool, ServerName: "localhost"})
	assert.Error(t, err)
	_, err = conn.Read(make([]byte, 1000))
	for err == nil { // "* BYE" may come first
		_, err = conn.Read(make([]byte, 1000))
	}
	_, err = os.Stat(s.CAFile())
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func address(s *dovecot.Server, port int) string {
	return net.JoinHostPort(s.Host(), strconv.Itoa(port))
}

func authority(t *testing.T, s *dovecot.Server) *x509.CertPool {
	t.Helper()
	pool, err := s.Roots()
	require.NoError(t, err)
	return pool
}

func dial(t *testing.T, s *dovecot.Server, port int, secure bool) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address(s, port))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	if !secure {
		return conn
	}
	secured := tls.Client(conn, &tls.Config{RootCAs: authority(t, s), ServerName: s.Host()})
	require.NoError(t, secured.Handshake())
	return secured
}

// talk sends commands and returns the beginning of the final answer to the last one.
func talk(t *testing.T, conn net.Conn, commands ...string) string {
	t.Helper()
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n') // the greeting
	require.NoError(t, err)
	for _, c := range commands {
		_, err = fmt.Fprintf(conn, "%s\r\n", c)
		require.NoError(t, err)
		for {
			line, err = r.ReadString('\n')
			require.NoError(t, err)
			if !strings.HasPrefix(line, "*") {
				break
			}
		}
	}
	fields := strings.Fields(line)
	if fields[0] == "a" {
		return "a " + fields[1]
	}
	return fields[0]
}

func sum(raw []byte) string {
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}
