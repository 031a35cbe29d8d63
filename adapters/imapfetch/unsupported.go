package imapfetch

import (
	"errors"
	"regexp"

	"github.com/emersion/go-imap/v2"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/refusal"
)

var (
	// unknownCommand is what servers say about a command or a mechanism that they do
	// not have.
	unknownCommand = regexp.MustCompile(`(?i)(\blogin\b|\bplain\b|authenticate|command|mechanism|method)[^.]{0,40}` +
		`(not (yet )?(support|available|enabled|permitted|allowed|implemented|recogni|known)|unsupported|unknown|` +
		`unimplemented|unrecogni|disabled)|(unknown|unsupported|unrecogni[sz]ed|invalid|bad|no such) ` +
		`(command|mechanism|method|authentication)|use authenticate|use login|not implemented`)
	// aboutAccount is what they say about an account, a password or a client instead.
	aboutAccount = regexp.MustCompile(
		`(?i)password|credential|incorrect|wrong|user|account|mailbox|access|\bfrom\b|try again`)
)

// unsupported reports a login that the server has refused because it does not know or
// support the command or the mechanism. A wrong password, a limit, and trouble of the
// server are other reasons: the password is not sent again.
func (c *conn) unsupported(err error) bool {
	var status *imap.Error
	if _, words := c.alerted(inbound.OpLogin, refusal.Refusal{}); words != "" || !errors.As(err, &status) {
		return false
	}
	r := refusal.Read(inbound.IMAP, refusal.Login, string(status.Code), status.Text)
	switch {
	case errors.Is(r.Class, inbound.ErrThrottled), aboutAccount.MatchString(status.Text):
		return false
	case unknownCommand.MatchString(status.Text):
		switch status.Code {
		case imap.ResponseCodeAuthenticationFailed, imap.ResponseCodeAuthorizationFailed, imap.ResponseCodeExpired,
			imap.ResponseCodeUnavailable, imap.ResponseCodeLimit:
			return false
		}
		return true
	}
	return status.Type == imap.StatusResponseTypeBad && (!r.Known || r.Cause == inbound.CauseSettings)
}
