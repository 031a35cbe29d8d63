package wire

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// server is the connection to a server that greets, waits until all commands are
// sent, and then sends text whatever they are.
type server struct {
	net.Conn // never used
	text     io.Reader
	sent     chan struct{}
	greeting io.Reader
}

func (s *server) Read(p []byte) (int, error) {
	if n, err := s.greeting.Read(p); n > 0 || err != io.EOF {
		return n, err
	}
	<-s.sent
	return s.text.Read(p)
}

func (*server) Write(p []byte) (int, error)      { return len(p), nil }
func (*server) Close() error                     { return nil }
func (*server) SetReadDeadline(time.Time) error  { return nil }
func (*server) SetWriteDeadline(time.Time) error { return nil }

func serve(text string) *server {
	return &server{text: strings.NewReader(text), sent: make(chan struct{}),
		greeting: strings.NewReader("* OK [CAPABILITY IMAP4rev1 ESEARCH] ready\r\n")}
}

// alone returns the error of a command to a server that answers it with text before its
// reply, for the library without a Conn.
func alone(t *testing.T, text string) error {
	t.Helper()
	s := serve(text + "T1 OK\r\n")
	client := imapclient.New(s, nil)
	require.NoError(t, client.WaitGreeting())
	noop := client.Noop()
	close(s.sent)
	return noop.Wait()
}

// answers is what the library understands.
type answers struct {
	hits    []imap.UID
	box     imap.SelectData
	folders []string
	size    int64
	bodies  map[imap.UID]string
	sizes   map[imap.UID]int64
	err     error // at which the library gave the connection up; nil at its end
}

// ask sends the commands of inProgress by the library.
func ask(t *testing.T, text string) answers {
	t.Helper()
	s := serve(text)
	conn := New(s)
	client := imapclient.New(conn, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Fetch: func(msg *imapclient.FetchMessageData) {
			for item := msg.Next(); item != nil; item = msg.Next() {
				if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil {
					_, _ = io.Copy(io.Discard, body.Literal)
				}
			}
		}}})
	require.NoError(t, client.WaitGreeting())
	var set imap.UIDSet
	set.AddRange(1, 9)
	searching := client.UIDSearch(&imap.SearchCriteria{}, nil)
	selecting := client.Select("INBOX", &imap.SelectOptions{ReadOnly: true})
	fetching := client.Fetch(set, &imap.FetchOptions{UID: true})
	listing := client.List("", "*", nil)
	status := client.Status("INBOX", &imap.StatusOptions{Size: true})
	identifying := client.ID(nil)
	noop := client.Noop()
	close(s.sent)
	a := answers{bodies: make(map[imap.UID]string), sizes: make(map[imap.UID]int64)}
	fetched := make(chan struct{})
	go func() {
		defer close(fetched)
		for msg := fetching.Next(); msg != nil; msg = fetching.Next() {
			var uid imap.UID
			for item := msg.Next(); item != nil; item = msg.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataUID:
					uid = item.UID
				case imapclient.FetchItemDataRFC822Size:
					a.sizes[uid] = item.Size
				case imapclient.FetchItemDataBodySection:
					if item.Literal != nil {
						var body bytes.Buffer
						_, _ = io.Copy(&body, item.Literal) // a cut one is an error of the client
						a.bodies[uid] = body.String()
					}
				}
			}
		}
	}()
	for box := listing.Next(); box != nil; box = listing.Next() {
		a.folders = append(a.folders, box.Mailbox)
	}
	<-fetched
	_, _ = searching.Wait()
	box, _ := selecting.Wait()
	folder, _ := status.Wait()
	_, _ = identifying.Wait()
	_ = noop.Wait() // errors of the connection are those of Close
	found, err := conn.Found()
	require.NoError(t, err)
	for _, r := range found {
		a.hits = append(a.hits, r.Start, r.Stop)
	}
	if a.box = *box; folder.Size != nil {
		a.size = *folder.Size
	}
	a.err = client.Close()
	return a
}

// replies end all commands.
const replies = "T1 OK\r\nT2 OK\r\nT3 OK\r\nT4 OK\r\nT5 OK\r\nT6 OK\r\nT7 OK\r\n"

// What the library does not take is the reason for this package: without it, each of
// these texts ends the connection.
func TestClient_TakesEverything(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"bare LF, stray and empty lines", "\n\r\n * 3 EXISTS\nhello\nT99 OK\n"},
		{"flags", "* FLAGS (\\Seen a[b] \"\\\\Deleted\")\r\n* OK [PERMANENTFLAGS (a]b \\*)] x\r\n"},
		{"unknown responses", "* VANISHED 1\r\n* LSUB () NIL x\r\n* XLIST {3}\r\nabc\r\n* 5 FOO\r\n*\r\n* 5\r\n"},
		{"continuation", "+ go on\r\n+\r\n"},
		{"numbers", "* OK [UIDVALIDITY 1690369825123] v\r\n* OK [UIDNEXT 99999999999] n\r\n* 5000000000 EXISTS\r\n"},
		{"codes", "* OK [HIGHESTMODSEQ] x\r\n* NO [x\r\n* OK [[ x\r\n* OK [COPYUID 1 x] x\r\n* OK [] x\r\n"},
		{"ID", "* ID (\"name\" NIL {3}\r\nabc \"x\")\r\n"},
		{"capabilities", "* CAPABILITY IMAP4rev1 \"y\" \xff z]\r\n* ENABLED x y\r\n"},
		{"list", "* LIST (x \"y\") \"ab\" \"&\"\r\n* LIST () \"/\" \"\xff\"\r\n* LIST () \"ab\" good\r\n"},
		{"status", "* STATUS inbox (X-A (1 2) SIZE 5 MESSAGES NIL)\r\n"},
		{"fetch", "* 1 FETCH ( FLAGS ( \\Seen \"x\" a]b ) X-GM-MSGID 1  UID 5 RFC822.SIZE -1 INTERNALDATE NIL\r\n"},
		{"quota, metadata, sort, acl",
			"* QUOTA x\r\n* METADATA\r\n* SORT x\r\n* ACL\r\n* MYRIGHTS\r\n* THREAD (1\r\n* NAMESPACE x\r\n"},
		{"search", "* SEARCH x 4294967296 1:3 \r\n* ESEARCH (TAG x) UID ALL 0,* MIN x\r\n* SORT 1\r\n"},
	} {
		a := ask(t, tt.text+replies)
		assert.NoError(t, a.err, tt.name)
		assert.Error(t, alone(t, tt.text), "%s: the library reads it now", tt.name)
	}
}

func TestClient_Understands(t *testing.T) {
	a := ask(t, "* 2 exists\r\n* OK [UIDVALIDITY 0] v\r\n* OK [UIDNEXT 7 ] n\r\n* ESEARCH (TAG \"x\") ALL 3,5:6\r\n"+
		"* LIST () \"/\" {5}\r\nSpam!\r\n* LIST () \"/\" \"a&b\"\r\n* LIST () \"/\" \"&BBc-\"\r\n"+
		"* STATUS \"INBOX\" (X 1 SIZE 99)\r\n"+
		"* 1 FETCH (FLAGS (\\Seen) UID 3)\r\n* 1 FETCH (body[]  ~{5+}\nab\ncd x-gm-labels (a b)\n"+
		"* 1 FETCH (X {3}\r\nabc BODY[] {5}\r\nab\ncd uid 3)\r\n* 1 FETCH (UID 3 FLAGS ())\r\n"+
		"* 2 FETCH (UID 5 BODY.PEEK[] \"quo\\\"ted\" RFC822.SIZE 7 FLAGS (:( ) \r\n"+
		"* 3 FETCH (UID 6 RFC822 {0}\r\n)\r\n* 4 FETCH (UID 7 RFC822.SIZE 1 BODY[] NIL )\r\n"+replies)
	require.NoError(t, a.err)
	assert.EqualValues(t, 2, a.box.NumMessages)
	assert.EqualValues(t, 7, a.box.UIDNext)
	assert.Equal(t, []imap.UID{3, 3, 5, 6}, a.hits)
	assert.Equal(t, []string{"Spam!", "З"}, a.folders)
	assert.EqualValues(t, 99, a.size)
	assert.Equal(t, map[imap.UID]string{5: "quo\"ted", 6: ""}, a.bodies, "a body before its UID is not the command's")
	assert.Equal(t, map[imap.UID]int64{5: 7, 7: 1}, a.sizes)
}

func FuzzClient(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		out, _, err := scan(bytes.NewReader(text))
		if err != nil {
			return
		}
		if a := ask(t, string(text)); a.err != nil {
			require.ErrorContains(t, a.err, "EOF", "%q becomes %q", text, out)
		}
	})
}
