package oauth2token

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
)

func TestChecked_RefusesUnusableToken(t *testing.T) {
	for name, tt := range map[string]struct {
		token *oauth2.Token
		text  string
	}{
		"nil":        {nil, "empty"},
		"empty":      {&oauth2.Token{}, "empty"},
		"line break": {&oauth2.Token{AccessToken: "t\r\nDELE 1"}, "character"},
		"space":      {&oauth2.Token{AccessToken: "a b"}, "space"},
		"separator":  {&oauth2.Token{AccessToken: "a\x01b"}, "character"},
		"not ASCII":  {&oauth2.Token{AccessToken: "tökén"}, "ASCII"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := checked(t.Context(), tt.token, nil, asItIs)
			assert.Nil(t, got)
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, Denied, e.Class)
			assert.Contains(t, e.Hint, "sign in")
			assert.Contains(t, err.Error(), tt.text)
			assert.NotContains(t, err.Error(), "DELE")
		})
	}
}

func TestChecked_EndedContextIsNotDenied(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := checked(ctx, nil, refusal(400, "invalid_grant"), asItIs)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, Temporary, e.Class)
	require.ErrorIs(t, err, context.Canceled)

	token, err := checked(ctx, &oauth2.Token{AccessToken: "good"}, nil, asItIs)
	require.NoError(t, err)
	assert.Equal(t, "good", token.AccessToken)
}

// endpoint is an authorization server.
func endpoint(t *testing.T, answer http.HandlerFunc) *oauth2.Config {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return &oauth2.Config{ClientID: "shop", ClientSecret: "s3cr3t", Endpoint: oauth2.Endpoint{
		TokenURL: server.URL, AuthStyle: oauth2.AuthStyleInParams}}
}

func TestRefresh_ReturnsBothTokens(t *testing.T) {
	for answer, want := range map[string]string{
		`{"access_token":"new","token_type":"Bearer","expires_in":3600,"refresh_token":"second"}`: "second",
		`{"access_token":"new","token_type":"Bearer","expires_in":3600}`:                          "first",
	} {
		config := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "refresh_token", r.FormValue("grant_type"))
			assert.Equal(t, "first", r.FormValue("refresh_token"))
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer) // the client checks it
		})
		token, err := Refresh(t.Context(), config, "first")
		require.NoError(t, err)
		assert.Equal(t, "new", token.AccessToken)
		assert.Equal(t, want, token.RefreshToken)
	}
}

func TestRefresh_ClassifiesAnswer(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		class  Class
		code   string
	}{
		{400, `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`, Denied, "invalid_grant"},
		{401, `{"error":"invalid_client"}`, Denied, "invalid_client"},
		{429, `{"error":"invalid_request"}`, Throttled, "invalid_request"},
		{503, `<html>down</html>`, Temporary, ""},
		{200, `{"error":"invalid_grant"}`, Denied, "invalid_grant"},
		{200, `{"token_type":"Bearer"}`, Temporary, ""},
		{200, `not JSON`, Temporary, ""},
	} {
		config := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body) // the client checks it
		})
		_, err := Refresh(t.Context(), config, "first")
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, tt.class, e.Class, "%d %s", tt.status, tt.body)
		assert.Equal(t, tt.code, e.Code)
	}
}

// A client that does not know the form in which the server wants its secret tries both,
// but not where the server wants to be left alone.
func TestRefresh_TriesBothForms(t *testing.T) {
	for _, tt := range []struct {
		status     int
		retryAfter string
		forms      []string
	}{
		{400, "", []string{"header", "params"}},
		{500, "", []string{"header", "params"}},
		{429, "", []string{"header"}},
		{429, "60", []string{"header"}},
		{503, "60", []string{"header"}},
	} {
		var forms []string
		config := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
			form := "params"
			if _, _, ok := r.BasicAuth(); ok {
				form = "header"
			}
			if forms = append(forms, form); form == "params" {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"access_token":"new","token_type":"Bearer"}`) // the client checks it
				return
			}
			w.Header().Set("Retry-After", tt.retryAfter)
			w.WriteHeader(tt.status)
		})
		config.Endpoint.AuthStyle = oauth2.AuthStyleAutoDetect
		token, err := Refresh(t.Context(), config, "first")
		assert.Equal(t, tt.forms, forms, "%d %q", tt.status, tt.retryAfter)
		if len(tt.forms) == 2 {
			require.NoError(t, err)
			assert.Equal(t, "new", token.AccessToken)
			continue
		}
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, tt.retryAfter == "60", e.RetryAfter == time.Minute)
	}
}

func TestRefresh_HidesSecrets(t *testing.T) {
	config := endpoint(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"what is `+
			r.FormValue("refresh_token")+` with `+r.FormValue("client_secret")+`?"}`) // the client checks it
	})
	_, err := Refresh(t.Context(), config, "1//0refresh")
	require.Error(t, err)
	assert.Contains(t, err.Error(), `"what is [redacted] with [redacted]?"`)
	assert.False(t, errors.As(err, new(*oauth2.RetrieveError)), "whose text is the whole answer")
}

func TestRefresh_FailsWithoutRefreshToken(t *testing.T) {
	_, err := Refresh(t.Context(), &oauth2.Config{}, "")
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, Denied, e.Class)
	assert.Contains(t, e.Hint, "sign in")
}

func TestRefresh_EndsWithContext(t *testing.T) {
	reached := make(chan struct{})
	config := endpoint(t, func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // only with its body read does the server notice that the client leaves
		close(reached)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	_, err := Refresh(ctx, config, "first")
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, Temporary, e.Class)
	require.ErrorIs(t, err, context.Canceled)
}

// What an endpoint says is bounded as it is shown.
func TestRefresh_BoundsText(t *testing.T) {
	long := strings.Repeat(`\u202e`, 1000)
	config := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"`+long+`","error_description":"`+long+`"}`) // the client checks it
	})
	_, err := Refresh(t.Context(), config, "first")
	require.ErrorContains(t, err, `\u202e`)
	assert.Less(t, len(err.Error()), 600)
}
