package inbound

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWithGrace(t *testing.T) {
	for name, tc := range map[string]struct {
		stop, want time.Duration // when the parent ends, and when the context is to end
	}{
		"the limit":           {time.Hour, 30 * time.Second},
		"a stop":              {10 * time.Second, 13 * time.Second},
		"a stop at the start": {0, 3 * time.Second},
		"a stop at the end":   {29 * time.Second, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, cancelParent := context.WithTimeout(t.Context(), tc.stop)
				defer cancelParent()
				began := time.Now()
				ctx, cancel := withGrace(parent, 30*time.Second, 3*time.Second)
				defer cancel()
				<-ctx.Done()
				assert.Equal(t, tc.want, time.Since(began))
			})
		})
	}
}

func TestKeychain_AsksNothingAfterTheEnd(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	account := Account{ID: "shop", OAuth2: OAuth2{ClientID: "c", TokenURL: server.URL}}
	_, err := newKeychain(nil).accessToken(ctx, account, Secrets{RefreshToken: "r"})
	assert.ErrorIs(t, err, ErrTemporary)
	assert.ErrorIs(t, err, context.Canceled)
	assert.False(t, asked)
}
