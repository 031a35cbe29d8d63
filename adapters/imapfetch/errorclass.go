package imapfetch

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
)

// errorClass is the class of a failure, with what the operator can do about it.
type errorClass struct {
	class error
	hint  string
}

const hintFolder = "check the folder's name; it has to be written as the server lists it"

var (
	temporary = errorClass{inbound.ErrTemporary, ""}
	permanent = errorClass{inbound.ErrPermanent, ""}
	noFolder  = errorClass{inbound.ErrPermanent, hintFolder}
	throttled = errorClass{inbound.ErrThrottled,
		"the provider limits connections or traffic; retried automatically, sooner if other programs use the mailbox less"}
	noMailbox = errorClass{inbound.ErrPermanent,
		"the provider knows the user but gives no mailbox; check its license and whether IMAP is allowed for it"}
	appPassword = errorClass{inbound.ErrAuth,
		"the provider requires an app password; make one in its account settings and enter it here"}
	unauthenticated = errorClass{inbound.ErrAuth, "check the username and the password, or sign in again"}
	notUnderstood   = errorClass{inbound.ErrPermanent,
		"the server does not understand the login; check host, port and security"}
)

// Response codes of RFC 5530, RFC 9051, section 7.1, and of providers.
var (
	codesTemporary = []string{"UNAVAILABLE", "INUSE", "SERVERBUG", "CORRUPTION"}
	codesThrottled = []string{"LIMIT", "OVERQUOTA", "THROTTLED"}
	codesAuth      = []string{
		"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "WEBALERT", "CONTACTADMIN",
	}
	codesPermanent = []string{"NOPERM", "NONEXISTENT", "CANNOT"}
)

// classify returns the class of a NO or BAD by its code and, since many servers
// send none, by its words. login is what the refusal of a login means that says
// nothing else.
func classify(op inbound.Op, status *imap.Error, login errorClass) errorClass {
	code := strings.ToUpper(string(status.Code))
	selecting := op == "open folder"
	switch {
	case slices.Contains(codesTemporary, code):
		return temporary
	case slices.Contains(codesThrottled, code):
		return throttled
	case slices.Contains(codesAuth, code) && login.class == inbound.ErrAuth:
		return login
	case slices.Contains(codesAuth, code):
		return unauthenticated
	case slices.Contains(codesPermanent, code) && selecting:
		return noFolder
	case slices.Contains(codesPermanent, code):
		return permanent
	}
	text := strings.ToLower(status.Text)
	switch {
	case isThrottled(text):
		return throttled
	case strings.Contains(text, "not connected"):
		return noMailbox
	case containsAny(text, "temporar", "try again", "unavailable", "internal error"):
		return temporary
	case op == inbound.OpLogin && strings.Contains(text, "app") && strings.Contains(text, "password"):
		return appPassword
	case op == inbound.OpLogin && status.Type == imap.StatusResponseTypeNo:
		return login
	case op == inbound.OpLogin:
		return notUnderstood
	case selecting:
		return noFolder
	}
	return temporary
}

// isThrottled reports the words, in lower case, of a server that is asked for too
// much.
func isThrottled(text string) bool {
	return containsAny(text, "too many", "throttl", "rate limit", "limit exceeded", "exceeded limit", "bandwidth", "quota")
}

func containsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
