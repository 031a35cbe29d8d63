package imapfetch

import (
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

func TestClassify_ByCodeAndWords(t *testing.T) {
	const no, bad = imap.StatusResponseTypeNo, imap.StatusResponseTypeBad
	login := errorClass{inbound.ErrAuth, "of the login"}
	for _, tt := range []struct {
		op   inbound.Op
		kind imap.StatusResponseType
		code imap.ResponseCode
		text string
		want errorClass
	}{
		{inbound.OpLogin, no, "UNAVAILABLE", "Temporary authentication failure", temporary},
		{inbound.OpLogin, no, "inuse", "", temporary},
		{inbound.OpLogin, no, "LIMIT", "", throttled},
		{inbound.OpList, bad, "THROTTLED", "", throttled},
		{inbound.OpLogin, no, "AUTHENTICATIONFAILED", "Invalid credentials (Failure)", login},
		{inbound.OpLogin, no, "WEBALERT", "Web login required.", login},
		{inbound.OpList, no, "EXPIRED", "", login},
		{inbound.OpLogin, no, "ALERT", "Too many simultaneous connections. (Failure)", throttled},
		{inbound.OpLogin, no, "ALERT", "Application-specific password required", appPassword},
		{inbound.OpLogin, no, "", "LOGIN failed.", login},
		{inbound.OpLogin, no, "", "Server Unavailable. 15", temporary},
		{inbound.OpLogin, bad, "", "unknown command", notUnderstood},
		{inbound.OpList, bad, "", "Request is throttled. Suggested Backoff Time: 299961 milliseconds", throttled},
		{inbound.OpList, bad, "", "User is authenticated but not connected.", noMailbox},
		{inbound.OpOpenFolder, no, "NONEXISTENT", "", noFolder},
		{inbound.OpOpenFolder, no, "", "no such folder", noFolder},
		{inbound.OpOpenFolder, no, "", "try again", temporary},
		{inbound.OpDelete, no, "NOPERM", "", permanent},
		{inbound.OpRead, no, "", "Some messages could not be FETCHed (Failure)", temporary},
	} {
		got := classify(tt.op, &imap.Error{Type: tt.kind, Code: tt.code, Text: tt.text}, login)
		assert.Equal(t, tt.want, got, "%s: %s [%s] %s", tt.op, tt.kind, tt.code, tt.text)
	}
	later := errorClass{inbound.ErrTemporary, "of the login"}
	refused := &imap.Error{Type: no, Code: "AUTHENTICATIONFAILED"}
	assert.Equal(t, unauthenticated, classify(inbound.OpLogin, refused, later), "the code is definite")
}
