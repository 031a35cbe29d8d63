package oauth2token

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/postroom/postroom/internal/dialguard"
)

// A redirect is not followed: with 307 and 308, the request would be sent again as it is.
func TestRefresh_FollowsNoRedirect(t *testing.T) {
	var stolen []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stolen = append(stolen, r.Method)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"Bearer"}`) // the client checks it
	}))
	t.Cleanup(other.Close)
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
		for name, style := range map[string]oauth2.AuthStyle{"auto": oauth2.AuthStyleAutoDetect,
			"header": oauth2.AuthStyleInHeader, "params": oauth2.AuthStyleInParams} {
			asked := 0
			config := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
				asked++
				w.Header().Set("Location", other.URL+"/s3cr3t/first")
				w.WriteHeader(status)
			})
			config.Endpoint.AuthStyle = style
			follow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
			_, err := Refresh(context.WithValue(t.Context(), oauth2.HTTPClient, follow), config, "first")
			var e *Error
			require.ErrorAs(t, err, &e, "%d %s", status, name)
			assert.Equal(t, Misconfigured, e.Class, "%d %s", status, name)
			assert.Contains(t, e.Error(), "a redirect, which is not followed")
			assert.Contains(t, e.Hint, "token URL")
			assert.NotContains(t, e.Error(), "s3cr3t")
			assert.Equal(t, 1, asked, "%d %s: the secrets are not sent a second time", status, name)
		}
	}
	assert.Empty(t, stolen)
}

func TestClient_DialsByRules(t *testing.T) {
	asked := false
	config := endpoint(t, func(w http.ResponseWriter, _ *http.Request) {
		asked = true
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"Bearer"}`) // the client checks it
	})
	local := config.Endpoint.TokenURL
	t.Setenv("HTTP_PROXY", strings.Replace(local, "127.0.0.1", "localhost", 1))
	for _, tt := range []struct {
		url   string
		rules dialguard.Rules
		cause error
	}{
		{local, dialguard.Rules{Ports: []int{443}}, dialguard.ErrPrivate},
		{strings.Replace(local, "127.0.0.1", "localhost", 1), dialguard.Rules{Ports: []int{443}}, dialguard.ErrPrivate},
		{"http://8.8.8.8:444/token", dialguard.Rules{Ports: []int{443}, AllowPrivate: true}, dialguard.ErrPort},
		{"http://8.8.8.8/token", dialguard.Rules{Ports: []int{443}}, dialguard.ErrPort},
		{"http://[64:ff9b::7f00:1]:443/", dialguard.Rules{Ports: []int{443}}, dialguard.ErrPrivate},
		{local, dialguard.Rules{Ports: []int{443}, AllowPrivate: true}, nil},
	} {
		asked = false
		config.Endpoint.TokenURL = tt.url
		ctx := context.WithValue(t.Context(), oauth2.HTTPClient, Client(tt.rules, nil, 10*time.Second))
		token, err := Refresh(ctx, config, "first")
		if tt.cause == nil {
			require.NoError(t, err)
			assert.Equal(t, "t", token.AccessToken)
			continue
		}
		require.ErrorIs(t, err, tt.cause, tt.url)
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, Misconfigured, e.Class, tt.url)
		assert.NotEmpty(t, e.Hint)
		assert.False(t, asked, tt.url)
	}
}
