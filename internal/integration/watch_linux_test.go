package integration

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/adapters/imapfetch"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/dovecot"
	"github.com/postroom/postroom/internal/mailserver"
)

var loopback = inbound.NetworkPolicy{AllowPrivate: true, AllowPlaintext: true}

// A file that is put into the Maildir wakes Watch, and List finds it.
func TestWatch_Dovecot(t *testing.T) {
	server := dovecot.ForTest(t, nil)
	require.NoError(t, server.AddUser("shop", "secret"))
	account := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: server.Host(), Port: server.Ports().IMAP,
		Security: inbound.Plain, Username: "shop", Folders: []string{"INBOX"}}
	session, err := imapfetch.New(&imapfetch.Options{Network: loopback}).Open(t.Context(), account,
		inbound.PasswordLogin("secret"))
	require.NoError(t, err)
	deliver := func(n int) {
		assert.NoError(t, server.Deliver("shop", "INBOX", message("anna@post.example", fmt.Sprint("order ", n))))
	}
	deliver(0)
	page, err := session.List(t.Context(), "INBOX", inbound.Cursor{})
	require.NoError(t, err)
	var noticed, listed []time.Duration
	for n := range 10 {
		delivered := make(chan time.Time, 1)
		time.AfterFunc(100*time.Millisecond, func() { delivered <- time.Now(); deliver(n + 1) })
		require.NoError(t, session.(inbound.Watcher).Watch(t.Context(), "INBOX", time.Minute, nil))
		at := <-delivered
		noticed = append(noticed, time.Since(at).Round(100*time.Microsecond))
		page, err = session.List(t.Context(), "INBOX", page.Next)
		require.NoError(t, err)
		require.Len(t, page.Refs, 1)
		listed = append(listed, time.Since(at).Round(100*time.Microsecond))
	}
	slices.Sort(noticed)
	slices.Sort(listed)
	t.Logf("from the Maildir to the end of Watch: median %v, at most %v; to the listing: median %v, at most %v",
		noticed[len(noticed)/2], noticed[len(noticed)-1], listed[len(listed)/2], listed[len(listed)-1])
	assert.Less(t, listed[len(listed)/2], 5*time.Second)
	require.NoError(t, session.Close())
}

// Watch, polls of a kept session, and listings from the newest message on, at servers of
// other makers.
func TestWatch_Servers(t *testing.T) {
	if testing.Short() {
		t.Skip("the other mail servers are left out with -short")
	}
	for _, software := range mailserver.All() {
		t.Run(software.Name, func(t *testing.T) {
			t.Parallel()
			server := software.ForTest(t)
			if server.IMAP == 0 {
				t.Skip("it has no IMAP")
			}
			watchServer(t, server)
		})
	}
}

func watchServer(t *testing.T, server *mailserver.Server) {
	user, err := server.NewMailbox()
	require.NoError(t, err)
	deliver := func(from, to int) {
		var all [][]byte
		for n := from; n <= to; n++ {
			all = append(all, message("anna@post.example", fmt.Sprint("order ", n)))
		}
		assert.NoError(t, server.Deliver(user, time.Time{}, all...))
	}
	deliver(1, 20)
	g := newGate(t, server.IMAP)
	g.open(math.MaxInt64)
	account := inbound.Account{ID: "shop", Protocol: inbound.IMAP, Host: "127.0.0.1", Port: g.port(),
		Security: inbound.Plain, Username: user, Folders: []string{"INBOX"}}
	session, err := imapfetch.New(&imapfetch.Options{Network: loopback}).Open(t.Context(), account,
		inbound.PasswordLogin(mailserver.Password))
	require.NoError(t, err)
	defer func() { require.NoError(t, session.Close()) }()
	list := func(from inbound.Cursor) (refs []inbound.Ref, last inbound.Listing) {
		t.Helper()
		for more := true; more; from, more = last.Next, last.More {
			var err error
			last, err = session.List(t.Context(), "INBOX", from)
			require.NoError(t, err)
			refs = append(refs, last.Refs...)
		}
		return refs, last
	}
	all, last := list(inbound.Cursor{})
	require.Len(t, all, 20)
	newest, _ := list(inbound.Cursor{Newest: true})
	assert.Equal(t, all, newest)
	again, _ := list(inbound.Cursor{Generation: last.Generation, After: all[15].Position, Newest: true,
		Again: []uint64{all[2].Position}})
	assert.Equal(t, append([]inbound.Ref{all[2]}, all[16:]...), again)

	from := inbound.Cursor{Generation: last.Generation, After: all[9].Position, Again: []uint64{all[3].Position}}
	list(from)
	g.takeSent()
	for range 3 {
		tail, page := list(from)
		assert.Equal(t, append([]inbound.Ref{all[3]}, all[10:]...), tail)
		assert.False(t, page.Incomplete)
		assert.Equal(t, 20, page.Total)
	}
	commands := g.takeSent()
	assert.Equal(t, 6, strings.Count(commands, "\r\n"), "a poll is EXAMINE and FETCH: %q", commands)

	if server.Renumbers {
		return // what arrives begins a new generation
	}
	delivered := make(chan time.Time, 1)
	time.AfterFunc(200*time.Millisecond, func() { delivered <- time.Now(); deliver(21, 21) })
	require.NoError(t, session.(inbound.Watcher).Watch(t.Context(), "INBOX", 3*time.Minute, nil))
	t.Logf("noticed after %v by %q", time.Since(<-delivered).Round(time.Millisecond), g.takeSent())
	got, _ := list(from)
	assert.Len(t, got, 12)
}
