package mailauth

import (
	"slices"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// offering returns a server's list of mechanisms.
func offering(mechanisms ...string) func(string) bool {
	return func(m string) bool { return slices.Contains(mechanisms, m) }
}

func byToken(t *testing.T, username string) Credential {
	t.Helper()
	a := account
	a.Username = username
	c, err := New(a, "", "t0ken")
	require.NoError(t, err)
	return c
}

func TestBearer_Response(t *testing.T) {
	for _, tt := range []struct {
		name     string
		username string
		offers   []string
		mech     string
		response string
	}{
		{"XOAUTH2", "shop@example.com", []string{"PLAIN", "XOAUTH2"}, "XOAUTH2",
			"user=shop@example.com\x01auth=Bearer t0ken\x01\x01"},
		{"OAUTHBEARER", "shop@example.com", []string{"OAUTHBEARER"}, "OAUTHBEARER",
			"n,a=shop@example.com,\x01host=imap.example.com\x01port=993\x01auth=Bearer t0ken\x01\x01"},
		{"the standard one first", "shop@example.com", []string{"XOAUTH2", "OAUTHBEARER"}, "OAUTHBEARER",
			"n,a=shop@example.com,\x01host=imap.example.com\x01port=993\x01auth=Bearer t0ken\x01\x01"},
		{"encoded name", "a=b,c", []string{"OAUTHBEARER"}, "OAUTHBEARER",
			"n,a=a=3Db=2Cc,\x01host=imap.example.com\x01port=993\x01auth=Bearer t0ken\x01\x01"},
		{"name as it is", "a=b,c", []string{"XOAUTH2"}, "XOAUTH2", "user=a=b,c\x01auth=Bearer t0ken\x01\x01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mech, response, err := byToken(t, tt.username).Bearer(offering(tt.offers...)).Start()
			require.NoError(t, err)
			assert.Equal(t, tt.mech, mech)
			assert.Equal(t, tt.response, string(response))
		})
	}
	assert.Nil(t, byToken(t, "bob").Bearer(offering("PLAIN", "LOGIN")))
}

func TestBearer_AnswersErrorChallenge(t *testing.T) {
	for mech, answer := range map[string][]byte{"XOAUTH2": {}, "OAUTHBEARER": {1}} {
		client := byToken(t, "bob").Bearer(offering(mech))
		assert.Nil(t, client.Refusal())
		got, err := client.Next([]byte(`{"status":"401"}`))
		require.NoError(t, err)
		assert.Equal(t, answer, got)
		assert.Equal(t, &Refusal{Mechanism: mech, Status: "401"}, client.Refusal())

		_, err = client.Next([]byte(`{"status":"500"}`))
		require.ErrorIs(t, err, sasl.ErrUnexpectedServerChallenge, "a server cannot go on forever")
		assert.Equal(t, "401", client.Refusal().Status)
	}
}

func TestPlain_Response(t *testing.T) {
	c, err := New(account, "correct horse", "")
	require.NoError(t, err)
	client := c.Plain()
	mech, response, err := client.Start()
	require.NoError(t, err)
	assert.Equal(t, "PLAIN", mech)
	assert.Equal(t, "\x00shop@example.com\x00correct horse", string(response))
	_, err = client.Next(nil)
	require.ErrorIs(t, err, sasl.ErrUnexpectedServerChallenge)
	assert.Nil(t, client.Refusal())
}
