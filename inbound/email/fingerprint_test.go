package email

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/postroom/postroom/internal/mailgen"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fingerprintOfText(t testing.TB, raw string) Fingerprint {
	t.Helper()
	f, err := ReadFingerprint(strings.NewReader(raw))
	require.NoError(t, err)
	return f
}

const plainMessage = "From: \"Anna B.\" <anna@buyer.example>\nTo: shop@shop.example\n" +
	"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?= 42\nMessage-ID: <m1@buyer.example>\n" +
	"Date: Mon, 02 Nov 2026 10:00:00 +0100\n\nWhere is my parcel?\n\nAnna\n"

const messageWithFile = "From: anna@buyer.example\nSubject: Invoice\nMessage-ID: <m2@buyer.example>\n" +
	"Date: Mon, 02 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n" +
	"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n" +
	"Content-Transfer-Encoding: quoted-printable\n\nF=C3=BCr Sie\n--b\nContent-Type: application/pdf\n" +
	"Content-Transfer-Encoding: base64\n\nJVBERi0xLjQKJQoK\n--b--\n"

// TestFingerprint_Golden notices a change of the form. Stores have recorded these
// strings: whoever changes them makes a new version.
func TestFingerprint_Golden(t *testing.T) {
	for name, test := range map[string]struct {
		raw  string
		want Fingerprint
	}{
		"plain": {plainMessage, Fingerprint{
			Header:  "h1:ea96ce9e355756a0216521998f474689668a777ffcb293dd19201f63e4938ed7",
			Message: "m1:421272351acd127e68afa69be64ba40883a107d1976ddceb842371201724cd8a",
		}},
		"file": {messageWithFile, Fingerprint{
			Header:  "h1:c0203b695c8a17d69ccc88f1bf225ba391f70c39fc35c7dbc64d1d632b8247f2",
			Message: "m1:cef6082a2261f48107419077bb15c8933b9ea5ba76dec48a1176783e2e789737",
		}},
		"weak": {"From: form@shop.example\nSubject: Contact\n\nCall me\n", Fingerprint{
			Header:  "h1:0dc28916923126d1cfa6a89df46aed8698387357f96677451965e9179f0dc496",
			Message: "m1:3a24af77f85506a0855e85093a4aae6f4de81ddb3c134319e704f6a7deeb3a49", Weak: true,
		}},
		"no body, odd date": {"Date: yesterday\n", Fingerprint{
			Header:  "h1:314b3754f10ed065b6f1b8514cbd86c329313b1131ce40913ebf5aff13202da5",
			Message: "m1:2d2d19fb17a6afb28ea4a43b04e26e5f57eeeac0c94c4806d2fabfb72a3f9a06",
		}},
		"broken": {"From a@b Mon\nFrom: a@B\nno field\nContent-Type: multipart/mixed; boundary=x\n\n--y\n>From me\r\r\n",
			Fingerprint{
				Header:  "h1:b4cc913e361d551a71b4794ffdbeda603f5355f9197af73dc1127d41f0c995a7",
				Message: "m1:d7b169c9b02bce8d3d1e6d01e4bb55edda623cfdfeca574e47fde8542e8690fa", Weak: true,
			}},
		"japanese": {"Subject: =?iso-2022-jp?b?GyRCQ21KOBsoQg==?=\nContent-Transfer-Encoding: BASE64\n\nGyRCQ21KOBsoQg==\n",
			Fingerprint{
				Header:  "h1:3e826101b73624e2ae2dea3a6f798cfe3b512449ff2f35729fcbaf7ddc98734f",
				Message: "m1:a6473ad4be2b36c699e895ec1a15358d34ca92dc35a6fb46e848be30ff21283e", Weak: true,
			}},
		"none":  {"To: a@b\n\nx\n", Fingerprint{}},
		"empty": {"", Fingerprint{}},
	} {
		assert.Equal(t, test.want, fingerprintOfText(t, test.raw), name)
	}
}

// The same messages as other servers deliver them.
func TestFingerprint_SameMessageOfAnotherServer(t *testing.T) {
	for name, again := range map[string]string{
		"Exchange": "Received: from x by y; Mon, 2 Nov 2026 09:00:05 +0000\r\n" +
			"X-MS-Exchange-Organization-SCL: 1\r\nFrom: Anna B. <anna@buyer.example>\r\n" +
			"To: \"shop@shop.example\" <shop@shop.example>\r\nSubject:\r\n =?iso-8859-1?Q?Gr=F6=DFe_42?=\r\n" +
			"Thread-Index: AQHb\r\nDate: Mon, 2 Nov 2026 09:00:00 +0000\r\nMessage-ID:\r\n <m1@buyer.example>\r\n" +
			"Content-Type: multipart/alternative;\r\n\tboundary=\"_000_\"\r\nMIME-Version: 1.0\r\n\r\n" +
			"--_000_\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			"V2hlcmUgaXMgbXkgcGFyY2VsPw0KDQpBbm5hDQo=\r\n\r\n--_000_--\r\n",
		"mutt": "From anna@buyer.example Mon Nov  2 10:00:00 2026\n" + plainMessage + "\n",
		"mailutils": strings.Replace(plainMessage, "\n\n",
			"\nX-IMAPbase: 1795686623                1\nX-UID: 1\nStatus: OR\n\n", 1),
		"Gluon": "X-Pm-Gluon-Id: 1c6ea7b5-8f4c-4a65-a1a2-0a5a1a0f7d11\r\n" + crlf(plainMessage),
		"Notes": strings.Replace(crlf(plainMessage), "Where is my parcel?", "Where =\r\nis my parcel=3F  ", 1),
	} {
		if name == "Notes" {
			again = "Content-Transfer-Encoding: Quoted-Printable\r\n" + again
		}
		assert.Equal(t, fingerprintOfText(t, plainMessage), fingerprintOfText(t, again), name)
	}
}

// A sender who knows another message cannot make it look like one that is already
// there, except by sending the very same words.
func TestFingerprint_CopiedHeaderIsNotEnough(t *testing.T) {
	genuine := fingerprintOfText(t, messageWithFile)
	for name, forged := range map[string]string{
		"other text":        strings.Replace(messageWithFile, "r Sie", "r mich", 1),
		"other file":        strings.Replace(messageWithFile, "JVBERi0xLjQK", "JVBERi0xLjUK", 1),
		"no file":           messageWithFile[:strings.Index(messageWithFile, "--b\nContent-Type: application")] + "--b--\n",
		"text in front":     strings.Replace(messageWithFile, "\n\n--b\n", "\n\n--b\n\nRead this\n--b\n", 1),
		"text behind":       strings.Replace(messageWithFile, "--b--\n", "--b\n\nRead this\n--b--\n", 1),
		"behind the end":    messageWithFile + "--b\n\nRead this\n",
		"in the header":     strings.Replace(messageWithFile, "MIME-Version: 1.0", "Read this", 1),
		"in a part header":  strings.Replace(messageWithFile, "Content-Type: application/pdf", "Read this", 1),
		"no boundary line":  strings.Replace(messageWithFile, "boundary=b", "boundary=c", 1),
		"another encoding":  strings.Replace(messageWithFile, "quoted-printable", "8bit", 1),
		"no blank line":     strings.Replace(messageWithFile, "\n\n--b\n", "\n--b\n", 1),
		"text of no part":   strings.Replace(messageWithFile, "multipart/mixed; boundary=b", "text/plain", 1),
		"one in another":    strings.Replace(messageWithFile, "application/pdf", "multipart/mixed; boundary=x", 1),
		"a truncated file":  messageWithFile[:strings.Index(messageWithFile, "JQoK")],
		"nothing but names": messageWithFile[:strings.Index(messageWithFile, "\n\n")+1],
	} {
		f := fingerprintOfText(t, forged)
		assert.Equal(t, genuine.Header, f.Header, name)
		assert.NotEqual(t, genuine.Message, f.Message, name)
	}
}

func TestFingerprint_None(t *testing.T) {
	for _, raw := range []string{
		"", "\n", "\r\n\r\n", "hello", "To: a@b\n\nhello", "From:\nSubject: =?utf-8?q??=\n\nhello", "From: <>\n",
	} {
		assert.Zero(t, fingerprintOfText(t, raw), raw)
	}
	for raw, weak := range map[string]bool{
		"From: a@b\n": true, "Subject: x\n": true, "Date: x\n": false, "Message-ID: x\n": false,
		"Subject: x\nDate:\nMessage-ID: <>\n": true, "Subject: x\nReceived: y\n": false, "Subject: x\nReceived:\n": true,
	} {
		f := fingerprintOfText(t, raw)
		assert.Equal(t, weak, f.Weak, raw)
		assert.NotEmpty(t, f.Message, raw)
	}
}

// A contact form that sends the same words without a date: the server that had each
// message first tells them apart. Those added on the way do not count, nor does any
// where there is a date.
func TestFingerprint_ReceivedWithoutDate(t *testing.T) {
	header := func(raw string) string {
		return fingerprintOfText(t, raw+"From: form@shop.example\nSubject: Contact\n\nCall\n").Header
	}
	one := header("Received: from web (uid 33); Mon, 2 Nov 2026 10:00:00 +0000\n")
	assert.NotEqual(t, one, header("Received: from web (uid 33); Mon, 2 Nov 2026 10:00:01 +0000\n"))
	assert.NotEqual(t, one, header(""))
	later := strings.Repeat("received: by mx with LMTP\n", 40)
	assert.Equal(t, one, header(later+"Received: from web (uid 33);\n\tMon, 2 Nov 2026 10:00:00 +0000\n"))
	dated := "Date: Mon, 2 Nov 2026 10:00:00 +0000\n"
	assert.Equal(t, header(dated), header("Received: from web\n"+dated))
}

func TestReadHeaderFingerprint(t *testing.T) {
	want := fingerprintOfText(t, messageWithFile)
	want.Message = ""
	fields := "Message-ID: <m2@buyer.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n" +
		"From: anna@buyer.example\r\nSubject: Invoice\r\n"
	for name, r := range map[string]io.Reader{
		"message": strings.NewReader(messageWithFile),
		"broken off behind the header": io.MultiReader(strings.NewReader(fields+"\r\n"+strings.Repeat("x", 4<<10)),
			iotest.ErrReader(io.ErrClosedPipe)),
		"header":               strings.NewReader(fields + "\r\n"),
		"without a blank line": strings.NewReader(fields),
	} {
		f, err := ReadHeaderFingerprint(r)
		require.NoError(t, err, name)
		assert.Equal(t, want, f, name)
	}
}

func TestReadFingerprint_ErrorOfTheReader(t *testing.T) {
	broken := errors.New("connection reset")
	for _, read := range []func(io.Reader) (Fingerprint, error){ReadFingerprint, ReadHeaderFingerprint} {
		f, err := read(io.MultiReader(strings.NewReader("From: a@b\nSubj"), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		assert.Zero(t, f)
	}
}

func TestReadFingerprint_HostileInLinearTime(t *testing.T) {
	size := 50 << 20
	if testing.Short() { // the race detector makes it many times slower
		size /= 10
	}
	more := map[string]func() string{
		"spaces":       func() string { return asText(strings.Repeat(" ", size), 1) },
		"quotes":       func() string { return asText(strings.Repeat(">", size), 1) },
		"line breaks":  func() string { return asText("\r\n", size/2) + "x" },
		"CR":           func() string { return asText("\r", size) },
		"100,000 From": func() string { return strings.Repeat("From: a@b\n", 100_000) },
		"long values": func() string {
			return strings.Repeat("Subject: "+strings.Repeat("=?big5?q?a", 9999)+"\n", 99)
		},
	}
	for name, make := range hostile {
		more[name] = make
	}
	for name, make := range more {
		t.Run(name, func(t *testing.T) {
			raw := make()
			fingerprintOfText(t, "From: a@b\n\n") // its buffers are not counted
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			_, err := ReadFingerprint(strings.NewReader(raw))
			require.NoError(t, err)
			runtime.ReadMemStats(&after)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20), "bytes allocated")
			assert.Less(t, time.Since(begin), patience)
		})
	}
}

// TestCorpus_EqualFingerprints checks that messages with the same fingerprint are the
// same to the parser, too.
func TestCorpus_EqualFingerprints(t *testing.T) {
	folder := os.Getenv("POSTROOM_CORPUS")
	if folder == "" {
		t.Skip("POSTROOM_CORPUS does not name a folder with messages and their expect.jsonl")
	}
	same := make(map[string][]string)
	files, pairs := 0, 0
	require.NoError(t, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		f := fingerprintOfText(t, string(raw))
		if files++; f.Message != "" {
			pairs += len(same[f.Message])
			same[f.Message] = append(same[f.Message], path)
		}
		return nil
	}))
	for _, paths := range same {
		first, firstText := "", ""
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			m, err := Parse(strings.NewReader(string(raw)), Limits{})
			require.NoError(t, err)
			facts := fmt.Sprint(m.From, m.MessageID, m.Date.Unix(), len(m.Attachments), collapse(m.Subject))
			if first == "" {
				first = facts
			}
			assert.Equal(t, first, facts, "%s and %s", paths[0], path)
			// A multipart without its first boundary line has no leaf, whatever stands in it.
			if text := collapse(m.Text); firstText == "" {
				firstText = text
			} else if text != "" {
				assert.Equal(t, firstText, text, "%s and %s", paths[0], path)
			}
		}
	}
	t.Logf("%d files, %d pairs of messages with the same fingerprint", files, pairs)
}

func BenchmarkFingerprint(b *testing.B) {
	g := mailgen.New(mailgen.Options{Seed: 1, Messages: 300})
	var messages []string
	size := int64(0)
	for i := range g.Len() {
		raw, _ := g.Message(i)
		messages = append(messages, string(raw))
		size += int64(len(raw))
	}
	attachment := hostile["an attachment of 50 MB"]()
	for _, bench := range []struct {
		name     string
		size     int64
		messages []string
		read     func(io.Reader) (Fingerprint, error)
	}{
		{"header", 0, messages, ReadHeaderFingerprint},
		{"message", size, messages, ReadFingerprint},
		{"attachment of 50 MB", int64(len(attachment)), []string{attachment}, ReadFingerprint},
		{"text of 50 MB", 50 << 20, []string{plainMessage + strings.Repeat("Where is my parcel, please?\r\n", 50<<20/29)},
			ReadFingerprint},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(bench.size)
			b.ReportAllocs()
			for b.Loop() {
				for _, raw := range bench.messages {
					if _, err := bench.read(strings.NewReader(raw)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(bench.messages)), "ns/message")
		})
	}
}
