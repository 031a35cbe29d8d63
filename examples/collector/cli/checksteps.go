package cli

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
)

// checkStep is a line of the screen of check.
type checkStep struct {
	mark  rune   // one of the marks below
	label string // a word
	text  string
	more  []string // further lines below the text
	hint  string
}

// The marks of a step. A line without a mark says what will happen.
const (
	markGood    = '✓'
	markBad     = '✗'
	markWarning = '!'
	markNone    = ' '
)

const (
	shownAddresses = 3
	shownNames     = 4 // of a certificate
	shownFolders   = 6
)

// checkSteps returns the steps of a check, in their order. The last one is that
// which failed, if one did.
func checkSteps(a inbound.Account, r inbound.CheckResult, err error) []checkStep {
	var steps []checkStep
	add := func(mark rune, label, text string) {
		steps = append(steps, checkStep{mark: mark, label: label, text: text})
	}
	if a.Inactive {
		add(markWarning, "inactive", "run does not collect from this account (active: false)")
	}
	if len(r.Addresses) > 0 {
		add(markGood, "name", plainText(a.Host)+" is "+someOf(texts(r.Addresses), shownAddresses))
	}
	if r.Reached {
		add(markGood, "connection", connectionText(r.Address))
	}
	switch {
	case r.Encrypted:
		add(markGood, "encryption", encryptionText(a, r))
		if r.Certificate != nil {
			add(markGood, "certificate", certificateText(r.Certificate))
		}
	case r.Reached && a.Security == inbound.Plain:
		add(markWarning, "encryption", "none (security: none); others on the network can read the password")
	}
	if r.LoggedIn {
		add(markGood, "login", loginText(a))
	}
	if err != nil {
		return append(steps, failedStep(a, r, err))
	}
	if a.Protocol != inbound.POP3 {
		add(markGood, "folders", foldersText(r))
	}
	messages, size := waitingOf(r)
	add(markGood, "messages", messagesText(r, messages, size))
	steps = append(steps, startStep(a, messages, time.Now()))
	if e := a.EstimateUpload(int(messages), size); e.Duration > 0 && !a.Start.Now {
		add(markNone, "limits", e.Provider+" makes the first upload last: "+e.String())
	}
	return steps
}

// failedStep returns the line of the step that failed.
func failedStep(a inbound.Account, r inbound.CheckResult, err error) checkStep {
	s := checkStep{mark: markBad, label: failedLabel(a, r, err), text: reasonText(err), hint: inbound.HintOf(err)}
	switch {
	case s.label == "certificate":
		s.more = append(s.more, "the certificate is "+certificateText(r.Certificate))
	case s.label == "folders" && len(r.Folders) > 0:
		s.more = append(s.more, "the server has: "+someOf(byDepth(r.Folders), 2*shownFolders))
	}
	return s
}

// failedLabel says which step failed: the first one that the check did not complete.
func failedLabel(a inbound.Account, r inbound.CheckResult, err error) string {
	var op inbound.Op
	if e := new(inbound.Error); errors.As(err, &e) {
		op = e.Op
	}
	switch {
	case op == inbound.OpSettings, op == inbound.OpCredentials:
		return "settings"
	case op == inbound.OpToken:
		return "token"
	case !r.Reached && errors.As(err, new(*net.DNSError)):
		return "name"
	case !r.Reached && op == inbound.OpLogin:
		return "login"
	case !r.Reached:
		return "connection"
	case !r.Encrypted && !r.LoggedIn && a.Security != inbound.Plain && r.Certificate != nil:
		return "certificate"
	case !r.Encrypted && !r.LoggedIn && a.Security != inbound.Plain:
		return "encryption"
	case !r.LoggedIn && op == inbound.OpLogin:
		return "login"
	case !r.LoggedIn:
		return "greeting"
	case op == inbound.OpServerInfo:
		return "server"
	case a.Protocol == inbound.POP3:
		return "messages"
	}
	return "folders"
}

// reasonText returns what an error says, without what the screen shows elsewhere: the
// account, the step and the hint.
func reasonText(err error) string {
	folder := ""
	for {
		e, ok := err.(*inbound.Error)
		if !ok || e.Err == nil {
			break
		}
		folder, err = cmp.Or(e.Folder, folder), e.Err
	}
	text := strings.TrimPrefix(oneLine(err), inbound.ErrDirty.Error()+": ")
	text = strings.TrimPrefix(text, "tls: failed to verify certificate: ")
	if dns := new(net.DNSError); errors.As(err, &dns) {
		text = dns.Name + ": " + dns.Err
	}
	if folder != "" {
		text = folder + ": " + text
	}
	return plainText(strings.TrimPrefix(text, "inbound: "))
}

func connectionText(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "the server was reached"
	}
	return host + ", port " + port
}

func encryptionText(a inbound.Account, r inbound.CheckResult) string {
	text := "by TLS"
	if r.TLSVersion != 0 {
		text = tls.VersionName(r.TLSVersion)
	}
	if a.Security == inbound.StartTLS {
		text += ", by STARTTLS"
	}
	return text
}

func certificateText(c *x509.Certificate) string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = []string{cmp.Or(c.Subject.CommonName, "no name")}
	}
	issuer := "issued by itself"
	if !bytes.Equal(c.RawIssuer, c.RawSubject) {
		by := strings.Join(append(append([]string(nil), c.Issuer.Organization...), c.Issuer.CommonName), " ")
		issuer = "issued by " + plainText(strings.TrimSpace(by))
	}
	return fmt.Sprintf("for %s; %s; valid until %s", someOf(names, shownNames), issuer,
		c.NotAfter.UTC().Format(time.DateOnly))
}

func loginText(a inbound.Account) string {
	by := "by password"
	if a.OAuth2.ClientID != "" {
		by = "by OAuth2"
	}
	return "as " + plainText(a.Username) + ", " + by
}

// foldersText names the folders that were opened, and then others of the server.
func foldersText(r inbound.CheckResult) string {
	opened := make(map[string]bool)
	var names, others []string
	for _, folder := range r.Waiting {
		names = append(names, folder.Folder)
		opened[strings.ToLower(folder.Folder)] = true
	}
	for _, name := range r.Folders {
		if !opened[strings.ToLower(name)] {
			others = append(others, name)
		}
	}
	text := someOf(names, shownFolders)
	if len(others) > 0 {
		text += "; not collected from: " + someOf(byDepth(others), shownFolders)
	}
	return text
}

// byDepth returns folders so that those within other folders come last.
func byDepth(folders []string) []string {
	depth := func(name string) int { return strings.Count(name, "/") + strings.Count(name, ".") }
	return slices.SortedFunc(slices.Values(folders), func(a, b string) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), cmp.Compare(a, b))
	})
}

func messagesText(r inbound.CheckResult, messages, size int64) string {
	switch {
	case messages < 0:
		return "the server does not say how many there are"
	case messages == 0:
		return "none on the server"
	}
	text := groupedText(messages) + " on the server"
	if size >= 0 {
		text += ", " + terminal.Size(size)
	}
	if len(r.Waiting) == 1 {
		return text
	}
	var each []string
	for _, folder := range r.Waiting {
		each = append(each, fmt.Sprintf("%s %s", folder.Folder, groupedText(int64(folder.Messages))))
	}
	return text + ": " + someOf(each, shownFolders)
}

// startStep returns the line about the account's start.
func startStep(a inbound.Account, messages int64, now time.Time) checkStep {
	if since := a.Start.Since; since.After(now) {
		return checkStep{mark: markWarning, label: "start",
			text: dateText(since) + " is in the future; what arrives before is left where it is"}
	}
	return checkStep{mark: markNone, label: "start", text: startText(a, messages)}
}

// startText says what the first run does with the messages on the server. It must also
// be true of an account that was collected from before.
func startText(a inbound.Account, messages int64) string {
	uploaded := "those of known customers are uploaded"
	if a.CreateCustomer {
		uploaded = "those of customers and of new people who write are uploaded"
	}
	switch since := a.Start.Since; {
	case a.Start.Now && messages == 0:
		return "what arrives from the first run on is looked at (start: now)"
	case a.Start.Now:
		return "they are left where they are; only what arrives from the first run on is looked at (start: now)"
	case messages == 0:
		return "what arrives from now on is looked at"
	case !since.IsZero():
		return "those that arrived since " + dateText(since) + " are looked at, " + uploaded +
			"; the others are left where they are"
	}
	return "each is looked at once, " + uploaded + " (start: all)"
}
