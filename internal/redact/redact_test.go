package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var token = "ya29.a0" + strings.Repeat("AfH6SMBx-k_Zq9", 60) + "end"

// secrets are passwords and tokens of all kinds.
var secrets = []string{"hunter2", `hun"ter2\S3CRET`, "abcd efgh ijkl mnop", "pässwört-Ärger", "пароль-2026", "p😀ssw0rd",
	"a+b/c=d%41&amp;", "tok-SECRETTOKEN", "x%y z", "=2C=3D+7", `\\""`, "q7#é", "Straße99", token}

func std(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// spellings are the forms in which a server may repeat a text.
var spellings = map[string]func(s string) string{
	"NUL in it":          func(s string) string { return s[:len(s)/2] + "\x00" + s[len(s)/2:] },
	"zero-width spaces":  func(s string) string { return strings.Join(strings.Split(s, ""), "\u200b") },
	"as it is":           func(s string) string { return s },
	"quoted string":      func(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) },
	"upper case":         strings.ToUpper,
	"lower case":         strings.ToLower,
	"Go":                 strconv.Quote,
	"Go in ASCII":        strconv.QuoteToASCII,
	"JSON":               inJSON,
	"JSON in JSON":       func(s string) string { return inJSON(inJSON(s)) },
	"JSON in ASCII":      func(s string) string { return escapedBy(s, `\u%04x`) },
	"JSON in ASCII, big": func(s string) string { return escapedBy(s, `\u%04X`) },
	"backslash x":        func(s string) string { return bytesBy(s, `\x%02x`) },
	"octal":              func(s string) string { return bytesBy(s, `\%03o`) },
	"query":              url.QueryEscape,
	"path":               url.PathEscape,
	"percent":            func(s string) string { return bytesBy(s, "%%%02X") },
	"percent, small":     func(s string) string { return bytesBy(s, "%%%02x") },
	"percent twice":      func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"quoted-printable":   func(s string) string { return bytesBy(s, "=%02X") },
	"HTML":               html.EscapeString,
	"HTML by numbers":    func(s string) string { return runesBy(s, "&#%d;") },
	"HTML in hex":        func(s string) string { return runesBy(s, "&#x%x;") },
	"hex":                func(s string) string { return hex.EncodeToString([]byte(s)) },
	"hex, big":           func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"hex with colons":    func(s string) string { return bytesBy(s, "%02x:") },
	"hex with spaces":    func(s string) string { return bytesBy(s, "%02x ") },
	"base64":             std,
	"base64 for URLs":    func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64 unpadded":    func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64 upper case":  func(s string) string { return strings.ToUpper(std(s)) },
	"base64 of upper":    func(s string) string { return std(strings.ToUpper(s)) },
	"base64 at 1":        func(s string) string { return std("x" + s + "tail") },
	"base64 at 2":        func(s string) string { return std("xy" + s + "tail") },
	"base64 at 3":        func(s string) string { return std("xyz" + s) },
	"base64 in a URL":    func(s string) string { return url.QueryEscape(std(s)) },
	"base64 of PLAIN":    func(s string) string { return std("\x00bob\x00" + s) },
	"base64 of query":    func(s string) string { return std("id:" + url.QueryEscape(s)) },
	"base64 of quoted":   func(s string) string { return std(`LOGIN "bob" "` + quoted(s) + `"`) },
	"base64 of JSON":     func(s string) string { return std(`{"status":` + inJSON(s) + `}`) },
	"base64 on lines":    func(s string) string { return wrapped(std("user=bob\x01auth=Bearer " + s + "\x01\x01")) },
}

func quoted(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }

func inJSON(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// escapedBy writes each unit of UTF-16 in a format.
func escapedBy(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		if r > 0xFFFF {
			r -= 0x10000
			fmt.Fprintf(&b, format, 0xD800+r>>10)
			r = 0xDC00 + r&0x3FF
		}
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func runesBy(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func bytesBy(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

func wrapped(s string) string {
	var b strings.Builder
	for ; len(s) > 20; s = s[20:] {
		b.WriteString(s[:20] + "\r\n ")
	}
	return b.String() + s
}

func hiderOf(secret string) *Hider {
	return New(Sent{Secrets: []string{secret}, Messages: []string{std("\x00bob\x00" + secret)},
		Logins: []string{"LOGIN bob "}, Known: []string{"bob", "imap.example.com"}})
}

func TestText_HidesEverySpelling(t *testing.T) {
	for _, secret := range secrets {
		h := hiderOf(secret)
		for name, spell := range spellings {
			if len(secret) < within && strings.HasPrefix(name, "base64 ") {
				continue // too short for what is beside it
			}
			form := spell(secret)
			for _, before := range []string{"", "bad command: ", "I dislike \""} {
				got := h.Text(before + form + " !")
				assert.True(t, strings.HasPrefix(got, before), "%s of %.20q: %q", name, secret, got)
				rest := strings.TrimSuffix(strings.TrimPrefix(got, before), " !")
				assert.NotEmpty(t, strings.Count(rest, Hole), "%s of %.20q: %q", name, secret, got)
				left := strings.ReplaceAll(rest, Hole, "")
				most := 6 // quotes, and what the edges of base64 leave
				if strings.HasPrefix(name, "base64 ") {
					most = 60 // what is encoded beside it, on lines of their own
				}
				assert.LessOrEqual(t, len(left), most, "%s of %.20q: %q", name, secret, got)
			}
		}
	}
}

// A piece of a token is hidden wherever the server has cut it.
func TestText_HidesPieces(t *testing.T) {
	h := hiderOf(token)
	for _, form := range []string{token, std(token), std("x" + token), hex.EncodeToString([]byte(token))} {
		for at := 0; at+piece <= len(form); at += 7 {
			for _, n := range []int{piece, 40, 300} {
				cut := form[at:min(at+n, len(form))]
				if len(cut) >= piece+4 { // base64 has some characters of its surroundings
					assert.Equal(t, "cut: [redacted] (end)", h.Text("cut: "+cut+" (end)"), cut)
				}
			}
		}
	}
}

func TestText_LeavesTheRest(t *testing.T) {
	for _, secret := range secrets {
		h := hiderOf(secret)
		for _, text := range []string{"", "Authentication failed.", "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
			"Your IP 2001:db8::1 is blocked; see https://example.com/a?b=c%20d&e=%2F",
			"AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/== deadbeefcafe0123", "ünïcödé \\ \" %zz =zz &bogus; \\u12",
			"\xff\xfe\x00 broken \\", "LOGIN bob failed", `{"status":"400","schemes":"Bearer"}`,
			"%", "=", "&", `\`, `\u`, `\x4`} {
			assert.Equal(t, text, h.Text(text), "%.20q", secret)
			assert.False(t, h.Has(text))
		}
	}
}

func TestText_HidesShortSecretsAsWords(t *testing.T) {
	h := hiderOf("x7!z")
	assert.Equal(t, "you said [redacted], bob", h.Text("you said X7!Z, bob"))
	assert.Equal(t, "ax7!zb", h.Text("ax7!zb"))
	assert.Equal(t, "what is [redacted]?", h.Text("what is "+std("x7!z")+"?"))
}

func TestHasID(t *testing.T) {
	for _, secret := range secrets {
		h := hiderOf(secret)
		for name, spell := range spellings {
			if form := spell(secret); len(secret) >= within && len(form) < longest {
				assert.True(t, h.HasID([]byte("7-"+form)), "%s of %.20q", name, secret)
			}
		}
		for _, id := range []string{"", "1", "000012345678abcd5f3a9b1c000017c4", "GmailId18f3a2b4c5d6e7f8",
			"AQ_b-c", "%zz", "é"} {
			assert.False(t, h.HasID([]byte(id)), "%q", id)
		}
	}
	h := hiderOf("hunter2")
	id := []byte("000012345678ABCD5f3a9b1c000017c4")
	h.HasID(id)
	assert.Zero(t, testing.AllocsPerRun(100, func() { h.HasID(id) }))
}

// The cost of a long text is bounded, and a secret at the cut is not shown in part.
func TestText_CutsLongText(t *testing.T) {
	for _, secret := range secrets {
		h := hiderOf(secret)
		for at := longest - len(secret) - 2; at < longest+2; at++ {
			got := h.Text(strings.Repeat("-", max(at, 0)) + secret + strings.Repeat("-", 1<<20))
			assert.LessOrEqual(t, len(got), longest-margin+2*len(Hole))
			assert.Empty(t, strings.Trim(strings.ReplaceAll(got, Hole, ""), "-"), "%.20q at %d", secret, at)
		}
	}
}

// fmt prints what is behind a pointer for a verb that does not fit.
func TestHider_IsNotPrinted(t *testing.T) {
	h := hiderOf("hunter2")
	h.Text("builds the forms")
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%d", "%q", "%x"} {
		text := fmt.Sprintf(format, h) + fmt.Sprintf(format, *h) + fmt.Sprintf(format, struct{ h *Hider }{h})
		assert.NotContains(t, text, "hunter2", format)
		assert.NotContains(t, text, std("\x00bob\x00hunter2"), format)
	}
}

func FuzzText(f *testing.F) {
	f.Add("hunter2", `bad: \u0068unter2 %68unter2 =68`)
	f.Add(`hun"ter\`, `\"\\`)
	f.Fuzz(func(t *testing.T, secret, text string) {
		h := hiderOf(secret)
		if got := h.Text(text); !h.Has(text) && len(text) <= longest {
			assert.Equal(t, text, got)
		}
	})
}
