package imapfetch

import (
	"errors"

	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/internal/escape"
	"github.com/postroom/postroom/internal/refusal"
)

// alerted returns what a refused login means by the alerts that came before it, where
// they say more than the refusal, which means r, and the words of the alert; "" if they do
// not. Gmail has said "* NO [ALERT] Application-specific password required" and then
// "NO Invalid credentials".
func (c *conn) alerted(op inbound.Op, r refusal.Refusal) (why refusal.Refusal, words string) {
	if op != inbound.OpLogin || r.Known && r.Cause != inbound.CauseCredentials {
		return r, ""
	}
	for _, a := range c.wire.Alerts() {
		code, text := c.credential.Redact(a.Code), c.credential.Redact(a.Text)
		why := refusal.Read(inbound.IMAP, refusal.Login, code, text)
		passes := errors.Is(why.Class, inbound.ErrThrottled)
		if !why.Known || !aboutLogins(why) && (!a.Failure || r.Known && !passes) {
			continue
		}
		if code != "" {
			text = "[" + code + "] " + text
		}
		return why, escape.Text(text, escape.Most)
	}
	return r, ""
}

// aboutLogins reports a meaning that no alert about something else has, such as one that
// announces maintenance or says that the mailbox is full.
func aboutLogins(r refusal.Refusal) bool {
	switch r.Cause {
	case inbound.CauseAppPassword, inbound.CauseOAuth2, inbound.CauseBlocked:
		return errors.Is(r.Class, inbound.ErrAuth)
	}
	return r.Cause == inbound.CauseProtocolOff
}
