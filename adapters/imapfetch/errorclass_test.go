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
		op   string
		kind imap.StatusResponseType
		code imap.ResponseCode
		text string
		want errorClass
	}{
		{opLogIn, no, "UNAVAILABLE", "Temporary authentication failure", temporary},
		{opLogIn, no, "inuse", "", temporary},
		{opLogIn, no, "LIMIT", "", throttled},
		{"list", bad, "THROTTLED", "", throttled},
		{opLogIn, no, "AUTHENTICATIONFAILED", "Invalid credentials (Failure)", login},
		{opLogIn, no, "WEBALERT", "Web login required.", login},
		{"list", no, "EXPIRED", "", login},
		{opLogIn, no, "ALERT", "Too many simultaneous connections. (Failure)", throttled},
		{opLogIn, no, "ALERT", "Application-specific password required", appPassword},
		{opLogIn, no, "", "LOGIN failed.", login},
		{opLogIn, no, "", "Server Unavailable. 15", temporary},
		{opLogIn, bad, "", "unknown command", notUnderstood},
		{"list", bad, "", "Request is throttled. Suggested Backoff Time: 299961 milliseconds", throttled},
		{"list", bad, "", "User is authenticated but not connected.", noMailbox},
		{"open folder", no, "NONEXISTENT", "", noFolder},
		{"open folder", no, "", "no such folder", noFolder},
		{"open folder", no, "", "try again", temporary},
		{"delete", no, "NOPERM", "", permanent},
		{"read", no, "", "Some messages could not be FETCHed (Failure)", temporary},
	} {
		got := classify(tt.op, &imap.Error{Type: tt.kind, Code: tt.code, Text: tt.text}, login)
		assert.Equal(t, tt.want, got, "%s: %s [%s] %s", tt.op, tt.kind, tt.code, tt.text)
	}
	later := errorClass{inbound.ErrTemporary, "of the login"}
	refused := &imap.Error{Type: no, Code: "AUTHENTICATIONFAILED"}
	assert.Equal(t, unauthenticated, classify(opLogIn, refused, later), "the code is definite")
}
