package cli

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The secrets of parrots.
const (
	parrotPassword = `hun"ter2\S3CRET`
	parrotToken    = "tok-A1b2C3d4E5f6G7h8I9-SECRETTOKEN"
	parrotRefresh  = "ref-1//SECRETREFRESH+x"
	parrotClient   = "cli%SECRETCLIENT&z"
)

// parrotForms are the forms in which parrots repeat a secret.
var parrotForms = []func(secret string) string{
	func(s string) string { return s },
	strings.ToUpper,
	func(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` },
	func(s string) string { text, _ := json.Marshal(s); return string(text) },
	func(s string) string { return url.QueryEscape(s) },
	func(s string) string {
		var b strings.Builder
		for _, c := range s {
			fmt.Fprintf(&b, `\u%04x`, c)
		}
		return b.String()
	},
	func(s string) string { return hex.EncodeToString([]byte(s)) },
	inBase64,
	func(s string) string { return inBase64("x" + s + "\x01\x01") },
	func(s string) string { return inBase64("\x00u" + s) },
	func(s string) string { return inBase64("\x00u@shop.example\x00" + s) },
	func(s string) string { return inBase64("user=u@shop.example\x01auth=Bearer " + s + "\x01\x01") },
	func(s string) string { return inBase64(strings.ToUpper(s))[:16] },
	func(s string) string { return s[:len(s)/2] + "\x00" + s[len(s)/2:] + " " + s },
}

func inBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// parrotNeedles are what must be found nowhere, in lower case.
func parrotNeedles() []string {
	var needles []string
	for _, secret := range []string{parrotPassword, parrotToken, parrotRefresh, parrotClient} {
		for i, form := range parrotForms {
			if text := strings.ToLower(form(secret)); i < len(parrotForms)-1 {
				needles = append(needles, text)
			}
		}
		upper := strings.ToLower(inBase64("xx" + strings.ToUpper(secret)))
		needles = append(needles, upper[3:len(upper)-4])
	}
	return append(needles, "s3cret", "secrettoken", "secretrefresh", "secretclient", "hun\"ter2", "hun\\\"ter2",
		hex.EncodeToString([]byte("S3CRET")), hex.EncodeToString([]byte("SECRETTOKEN")))
}

// parrot is a mail server that repeats secrets at one step, in one way.
type parrot struct {
	secret string
	wrong  bool   // no login succeeds
	step   string // the verb of the commands whose answers repeat; "" is the greeting
	way    string // no, bad, bye, code, alert or garble
	sasl   string // the only mechanism; "": passwords
	forms  *atomic.Int64
	conns  atomic.Int64
}

// said returns secrets in the form that is next.
func (p *parrot) said() string {
	text := ""
	for range 3 {
		form := parrotForms[int(p.forms.Add(1))%len(parrotForms)]
		text += " " + form(p.secret)
	}
	return strings.NewReplacer("\r", "", "\n", "").Replace(text[1:])
}

func (p *parrot) serve(t *testing.T, speak func(*parrot, *bufio.Reader, func(string))) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var sessions sync.WaitGroup
	sessions.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() {
				defer conn.Close()
				p.conns.Add(1)
				speak(p, bufio.NewReader(conn), func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) })
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // nothing is to be kept
		sessions.Wait()
	})
	return listener.Addr().(*net.TCPAddr).Port
}

// answerIMAP answers a command of the step; the session ends where it returns false.
func (p *parrot) answerIMAP(tag string, send func(string)) bool {
	switch p.way {
	case "no", "bad":
		send(tag + " " + strings.ToUpper(p.way) + " " + p.said())
	case "code":
		send(tag + " NO [" + strings.ReplaceAll(p.said(), "]", "") + "] " + p.said())
	case "alert":
		send("* NO [ALERT] Application-specific password required " + p.said())
		send("* " + p.said())
		send(tag + " NO " + p.said())
	case "bye":
		send("* BYE " + p.said())
		return false
	default:
		send(p.said())
		send("* 1 FETCH (UID 1 " + p.said() + ")")
		send(tag + " " + p.said())
	}
	return true
}

func speakIMAP(p *parrot, in *bufio.Reader, send func(string)) {
	caps := "IMAP4rev1 UIDPLUS ID SASL-IR X-" + strings.ReplaceAll(p.said(), " ", " X-")
	if p.sasl != "" {
		caps += " LOGINDISABLED AUTH=" + p.sasl
	}
	if p.step == "" && p.conns.Load() > 1 {
		send("what " + p.said())
		return
	}
	send("* OK hello " + p.said())
	for {
		line, err := in.ReadString('\n')
		words := strings.Fields(strings.ToUpper(line))
		if err != nil || len(words) < 2 {
			return
		}
		tag, verb := strings.Fields(line)[0], words[1]
		if verb == "UID" {
			verb = words[2]
		}
		switch {
		case verb == "AUTHENTICATE" && p.wrong:
			send("+ " + inBase64(fmt.Sprintf(`{"status":%q,"scope":%q}`, p.said(), p.said())))
			_, _ = in.ReadString('\n')
			if !p.answerIMAP(tag, send) {
				return
			}
			continue
		case verb == "LOGIN" && p.wrong, verb == p.step:
			if !p.answerIMAP(tag, send) {
				return
			}
			continue
		case p.step == "" && verb == "EXAMINE":
			return
		}
		switch verb {
		case "CAPABILITY":
			send("* CAPABILITY " + caps)
		case "LIST":
			send(`* LIST () "/" INBOX`)
			send(`* LIST () "/" "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.said()) + `"`)
		case "ID":
			send(`* ID ("name" "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.secret) + `")`)
		case "EXAMINE", "SELECT":
			send("* 1 EXISTS\r\n* OK [UIDVALIDITY 7] " + p.said() + "\r\n* OK [UIDNEXT 2] " + p.said())
		case "SEARCH":
			send("* SEARCH 1")
		case "FETCH":
			const text = "From: a@b.example\r\nSubject: s\r\n\r\nx\r\n"
			if strings.Contains(line, "BODY") {
				send(fmt.Sprintf("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)", len(text), text))
			} else {
				send(fmt.Sprintf("* 1 FETCH (UID 1 RFC822.SIZE %d)", len(text)))
			}
		case "LOGOUT":
			send("* BYE " + p.said())
		}
		send(tag + " OK " + p.said())
	}
}

func speakPOP3(p *parrot, in *bufio.Reader, send func(string)) {
	if p.step == "" && p.conns.Load() > 1 {
		send("-ERR " + p.said())
		return
	}
	send("+OK " + p.said())
	for {
		line, err := in.ReadString('\n')
		words := strings.Fields(strings.ToUpper(line))
		if err != nil || len(words) == 0 {
			return
		}
		verb := words[0]
		switch {
		case p.wrong && (verb == "PASS" || verb == "AUTH"), verb == p.step:
			if verb == "AUTH" && p.sasl != "" {
				if len(words) < 3 { // no initial response
					send("+ ")
					_, _ = in.ReadString('\n')
				}
				send("+ " + inBase64(fmt.Sprintf(`{"status":%q}`, p.said())))
				_, _ = in.ReadString('\n')
			}
			if p.way == "garble" {
				send(p.said())
			} else {
				send("-ERR [SYS/TEMP] " + p.said())
			}
			if p.way == "bye" {
				return
			}
			continue
		case p.step == "" && verb == "STAT":
			return
		}
		switch verb {
		case "CAPA":
			send("+OK " + p.said() + "\r\nUSER\r\nUIDL\r\nTOP\r\nSASL PLAIN " + p.sasl + "\r\nX-" + p.said() + "\r\n.")
			continue
		case "AUTH":
			if len(words) < 3 { // no initial response
				send("+ ")
				_, _ = in.ReadString('\n')
			}
		case "STAT":
			send("+OK 1 36 " + p.said())
			continue
		case "LIST":
			send("+OK " + p.said() + "\r\n1 36 " + p.said() + "\r\n.")
			continue
		case "UIDL":
			send("+OK\r\n1 " + strings.ReplaceAll(p.said(), " ", "") + "\r\n.")
			continue
		case "RETR", "TOP":
			send("+OK " + p.said() + "\r\nFrom: a@b.example\r\nSubject: s\r\n\r\nx\r\n.")
			continue
		}
		send("+OK " + p.said())
	}
}

// tokenParrot is a token endpoint that repeats what it is sent: in a refusal if wrong.
func tokenParrot(t *testing.T, wrong bool) string {
	t.Helper()
	var forms atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !wrong {
			fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600,"scope":%q}`, parrotToken, parrotRefresh)
			return
		}
		said := func(secret string) string { return parrotForms[int(forms.Add(1))%len(parrotForms)](secret) }
		text, _ := json.Marshal(map[string]string{"error": "invalid_grant " + said(parrotRefresh),
			"error_description": said(parrotRefresh) + " " + said(parrotClient) + " " + r.Header.Get("Authorization")})
		w.WriteHeader([]int{400, 401, 500, 200}[int(forms.Add(1))%4])
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// parrotSettings returns the settings of accounts at parrots of every kind.
func parrotSettings(t *testing.T) string {
	var forms atomic.Int64
	accounts := 0
	text := "database: sqlite:DATABASE\nallow_private_networks: true\nlimits: {accounts: 1000}\naccounts:\n"
	right, wrong := tokenParrot(t, false), tokenParrot(t, true)
	add := func(protocol, tokenURL string, p *parrot) {
		accounts++
		p.forms, p.secret = &forms, parrotPassword
		speak := speakIMAP
		if protocol == "pop3" {
			speak = speakPOP3
		}
		login := `password: "${PASSWORD}"`
		if p.sasl != "" {
			p.secret = parrotToken
			login = `oauth2: {client_id: id, client_secret: "${CLIENT}", refresh_token: "${REFRESH}", token_url: "` +
				tokenURL + `"}`
		}
		text += fmt.Sprintf("  - {id: a%d, shop: main, protocol: %s, host: 127.0.0.1, port: %d, security: none,"+
			" username: u@shop.example, create_customer: true, mark_seen: %t, %s}\n",
			accounts, protocol, p.serve(t, speak), protocol == "imap", login)
	}
	for _, sasl := range []string{"", "XOAUTH2", "OAUTHBEARER"} {
		for _, way := range []string{"no", "code", "bye"} {
			add("imap", right, &parrot{sasl: sasl, wrong: true, way: way, step: "NONE"})
			for _, step := range []string{"EXAMINE", "FETCH"} {
				add("imap", right, &parrot{sasl: sasl, way: way, step: step})
			}
		}
		for _, way := range []string{"no", "bye"} {
			add("pop3", right, &parrot{sasl: sasl, wrong: true, way: way, step: "NONE"})
			for _, step := range []string{"STAT", "UIDL", "RETR"} {
				add("pop3", right, &parrot{sasl: sasl, way: way, step: step})
			}
		}
	}
	for range 8 {
		add("imap", wrong, &parrot{sasl: "XOAUTH2", step: "NONE"})
		add("pop3", wrong, &parrot{sasl: "XOAUTH2", step: "NONE"})
	}
	return text
}

// No output has a secret in it, whatever a server or token endpoint repeats: stdout,
// stderr, reports and the files of the database.
func TestSecrets_NothingFoundOfWhatParrotsSay(t *testing.T) {
	s := newSite(t, &mailbox{}, parrotSettings(t))
	s.password, s.more = parrotPassword, map[string]string{"CLIENT": parrotClient, "REFRESH": parrotRefresh}
	needles := parrotNeedles()
	search := func(where, text string) {
		lower := strings.ToLower(text)
		for _, needle := range needles {
			if at := strings.Index(lower, needle); at >= 0 {
				assert.Failf(t, "found", "%s has %q: %q", where, needle, text[max(0, at-200):min(len(text), at+200)])
			}
		}
	}
	said := 0
	for _, args := range [][]string{{"run", "-once"}, {"check", "-account", "a1"}, {"check", "-account", "a2"},
		{"check", "-account", "a12"}, {"report"}, {"emails"}, {"notifications"},
		{"quarantine", "list"}, {"ledger", "-account", "a1"}} {
		r := s.do(append([]string{args[0], "-config", s.config}, args[1:]...)...)
		search(strings.Join(args, " ")+": stdout", r.stdout)
		search(strings.Join(args, " ")+": stderr", r.stderr)
		said += strings.Count(r.stdout+r.stderr, "[redacted]")
	}
	assert.Greater(t, said, 50, "the parrots were heard")
	files, err := filepath.Glob(s.database + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		search(filepath.Base(file), string(text))
	}
}
